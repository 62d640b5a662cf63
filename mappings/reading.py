"""Reading, compiled: a rule becomes one function from the package's record to our value.

That is done once for a mapping. What a rule says is then not looked at again for each of many records, only for the
words of an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mappings.errors import MappingError
from mappings.rule import MISSING, FieldRule, Record
from mappings.values import CONVERTERS, Convert

Read = Callable[[Record], object]


def compiled(rule: FieldRule, convert: Convert | None = None) -> Read:
    """The function that reads the field of a rule; it raises a MappingError where a record does not fit.

    Args:
        convert: takes the place of the converter of the rule's type.
    """
    if rule.constant is not MISSING:
        return _always(rule.constant)
    if not rule.paths and not rule.required:
        return _always(rule.default)
    find = _finder(rule)
    understand = rule.looked_up if rule.table else convert or CONVERTERS[rule.type]
    default, required = rule.default, rule.required

    def read(record: Record) -> object:
        value = find(record)
        if value is None:
            if required:
                raise rule.error("", "This is missing.", "Fill in {path}.")
            return default
        try:
            return understand(value)
        except MappingError:
            raise  # the table has told what is wrong
        except ValueError as error:
            raise rule.error(value, str(error), "Correct {path}.") from error

    return read


def _always(value: object) -> Read:
    def read(record: Record) -> object:  # noqa: ARG001 - a reader takes the record
        return value

    return read


def _finder(rule: FieldRule) -> Read:
    """A function that gives what the first path that holds something holds; None if none does."""
    is_empty = _is_empty if rule.type in ("bool", "any") or rule.table else _is_empty_or_false
    at_paths = [_at(path.split(".") if rule.nested else [path], is_empty) for path in rule.paths]
    if len(at_paths) == 1:
        return at_paths[0]

    def find(record: Record) -> object:
        for at_path in at_paths:
            value = at_path(record)
            if value is not None:
                return value
        return None

    return find


def _at(path: Sequence[str], is_empty: Callable[[object], bool]) -> Read:
    """A function that gives what stands at a path; None if that is empty, or the path leads nowhere."""
    first, *below = path

    def at_top(record: Record) -> object:
        value = record.get(first)
        return None if is_empty(value) else value

    def at_path(record: Record) -> object:
        value = record.get(first)
        for step in below:
            value = value.get(step) if isinstance(value, dict) else _step(value, step)
        return None if is_empty(value) else value

    return at_path if below else at_top


def _step(value: object, step: str) -> object:
    """One step of a path into something else than a dict: a number counts in a list."""
    if value is None or isinstance(value, str):
        return None
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and step.isdecimal() and int(step) < len(value):
        found: object = value[int(step)]
        return found
    return None


def _is_empty(value: object) -> bool:
    """None, or blank text."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None


def _is_empty_or_false(value: object) -> bool:
    """Some packages say False where they have nothing; only where yes or no is asked it is an answer."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value is False
