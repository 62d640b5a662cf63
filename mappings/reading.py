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

    It looks at the first path; where that holds nothing, at the next; after the last, at the default.

    Args:
        convert: takes the place of the converter of the rule's type.
    """
    if rule.constant is not MISSING:
        return _always(rule.constant)
    read = _missing(rule) if rule.required else _always(rule.default)
    understand = rule.looked_up if rule.table else convert or CONVERTERS[rule.type]
    for path in reversed(rule.paths):
        read = _at(path.split(".") if rule.nested else [path], rule, understand, read)
    return read


def _always(value: object) -> Read:
    def read(record: Record) -> object:  # noqa: ARG001 - a reader takes the record
        return value

    return read


def _missing(rule: FieldRule) -> Read:
    def read(record: Record) -> object:  # noqa: ARG001 - a reader takes the record
        raise rule.error("", "This is missing.", "Fill in {path}.")

    return read


def _at(path: Sequence[str], rule: FieldRule, understand: Convert, otherwise: Read) -> Read:
    """What stands at a path, understood; `otherwise` where nothing does, only space, or the path leads nowhere."""
    first, *below = path
    nothing = nothing_beside_none(rule)

    def read_below(record: Record) -> object:
        value = record.get(first)
        for step in below:
            value = value.get(step) if isinstance(value, dict) else step_into(value, step)
        if value is None or value is nothing or (isinstance(value, str) and (not value or value.isspace())):
            return otherwise(record)
        try:
            return understand(value)
        except ValueError as error:
            raise _told(rule, value, error) from error

    def read(record: Record) -> object:  # the same, without looking for steps: most fields stand at the top
        value = record.get(first)
        if value is None or value is nothing or (isinstance(value, str) and (not value or value.isspace())):
            return otherwise(record)
        try:
            return understand(value)
        except ValueError as error:
            raise _told(rule, value, error) from error

    return read_below if below else read


def nothing_beside_none(rule: FieldRule) -> object:
    """Some packages say False where they have nothing; only where yes or no is asked it is an answer."""
    return None if rule.type in ("bool", "any") or rule.table else False


def _told(rule: FieldRule, value: object, error: ValueError) -> MappingError:
    """The error of a field; of a table, which has told what is wrong, its own."""
    return error if isinstance(error, MappingError) else rule.error(value, str(error), "Correct {path}.")


def step_into(value: object, step: str) -> object:
    """One step of a path into something else than a dict: a number counts in a list."""
    if value is None or isinstance(value, str):
        return None
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and step.isdecimal() and int(step) < len(value):
        found: object = value[int(step)]
        return found
    return None
