"""Reading, a column at a time: one field of many records at once.

The records of a page are much alike: a column mostly holds values of one type, often few different ones. What a rule
says of a value is then asked once for each of these. Where a column is not like that, or something in it does not fit,
each record is read by itself, as reading.py does: values are the same either way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from types import NoneType
from typing import cast

from mappings.reading import compiled, nothing_beside_none, step_into
from mappings.rule import MISSING, FieldRule, Record
from mappings.values import CONVERTERS, Convert

ReadColumn = Callable[[Sequence[Record]], list[object]]

_FEW = frozenset({str, bool, NoneType})
"""Values of these types mean the same where they are equal. With numbers among them 1 would pass for True."""


def column_of(rule: FieldRule) -> ReadColumn:
    """The function that reads the field of a rule from many records, in their order.

    It raises the MappingError of a record that does not fit.
    """
    each = compiled(rule)
    if rule.constant is not MISSING:
        return partial(_always, rule.constant)

    def one_by_one(records: Sequence[Record]) -> list[object]:
        return [each(record) for record in records]

    understand = rule.looked_up if rule.table else CONVERTERS[rule.type]
    read: ReadColumn = one_by_one if rule.required else partial(_always, rule.default)
    may_lack = not rule.required
    for path in reversed(rule.paths):
        found = partial(_found, rule=rule, understand=understand, may_lack=may_lack)
        read = _at(path.split(".") if rule.nested else [path], rule, found, read, one_by_one)
        may_lack = False  # what one path lacks, the next may have
    return read


def _always(value: object, records: Sequence[Record]) -> list[object]:
    return [value] * len(records)


def _at(
    path: Sequence[str],
    rule: FieldRule,
    found: Callable[[list[object], set[type]], list[object] | None],
    otherwise: ReadColumn,
    one_by_one: ReadColumn,
) -> ReadColumn:
    """What stands at a path, understood; `otherwise` where it holds nothing for any record."""
    first, *below = path
    empty = {NoneType, type(nothing_beside_none(rule))}

    def read(records: Sequence[Record]) -> list[object]:
        values = [record.get(first) for record in records]
        for step in below:
            values = [value.get(step) if isinstance(value, dict) else step_into(value, step) for value in values]
        types = set(map(type, values))
        if types <= empty and not any(values):
            return otherwise(records)
        try:
            understood = found(values, types)
        except ValueError:
            understood = None  # one of them does not fit: its record says so, in the words of its rule
        return one_by_one(records) if understood is None else understood

    return read


def _found(
    values: list[object], types: set[type], *, rule: FieldRule, understand: Convert, may_lack: bool
) -> list[object] | None:
    """These values, understood; None if that takes more than a look at them."""
    if types in ({int}, {Decimal}):
        return list(map(understand, values))
    if not types <= _FEW:
        return None
    if types == {str} and rule.type == "text" and not rule.table:
        return _as_texts(values)
    nothing, known = nothing_beside_none(rule), {}
    for value in set(values):
        if value is None or value is nothing or (isinstance(value, str) and not value.strip()):
            if not may_lack:
                return None
            known[value] = rule.default
        else:
            known[value] = understand(value)
    return [known[value] for value in values]


def _as_texts(values: list[object]) -> list[object] | None:
    """Texts without surrounding space, if all stand on one line and none is empty."""
    stripped = list(map(str.strip, cast("list[str]", values)))
    written = "".join(stripped)
    return None if "\n" in written or "\r" in written or not all(stripped) else cast("list[object]", stripped)
