"""One field's rule: where its value stands in the package's record, and how it is read and written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from mappings.document import Scalar
from mappings.errors import MappingError
from mappings.values import shown, token

Record = Mapping[str, object]


class Missing(Enum):
    """Marks "not given", where None is a value of its own."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Table:
    """A look-up table, in both directions."""

    name: str
    ours_of: Mapping[str, object]  # by the package's value as a token
    theirs_of: Mapping[object, object]

    @classmethod
    def of(cls, name: str, entries: Mapping[Scalar, Scalar]) -> Table:
        """From entries of the package's value -> ours; the first entry for ours is written back."""
        theirs: dict[object, object] = {}
        for key, ours in entries.items():
            theirs.setdefault(ours, key)
        return cls(name, {table_token(key): ours for key, ours in entries.items()}, theirs)


def table_token(value: object) -> str:
    """How a value is looked up: no value is the same as empty text."""
    return "" if value is None else token(value)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one field of ours is read from and written to the package's record."""

    kind: str
    field: str
    paths: tuple[str, ...]
    type: str
    table: Table | None = None
    constant: object = MISSING
    default: object = None
    otherwise: object = MISSING
    keep_unknown: bool = False
    required: bool = False
    nested: bool = True

    @property
    def path(self) -> str:
        """The paths as a person reads them."""
        return " or ".join(self.paths)

    def error(self, seen: object, why: str, remedy: str) -> MappingError:
        """A mapping error about this field."""
        return MappingError(self.kind, self.field, self.path, seen=shown(seen, self.type), why=why, remedy=remedy)

    def looked_up(self, value: object) -> object:
        """What the table says that a value of the package means.

        Raises:
            MappingError: it says nothing about it, and the rule does not say what then.
        """
        assert self.table is not None
        ours = self.table.ours_of.get(token(value), self.otherwise)
        if ours is MISSING:
            if self.keep_unknown:
                return value
            raise self.error(
                value,
                f"{shown(value, self.type)!r} is not in the table {self.table.name}.",
                f"Correct it, or add it to tables.{self.table.name} of your mapping.",
            )
        return ours

    def write(self, ours: Record, theirs: dict[str, object]) -> None:
        """Put our value where the package has it. A value that we don't have is left out, not emptied."""
        if not self.paths:
            return
        value = self.constant if self.constant is not MISSING else ours.get(self.field)
        if value is not None and self.table is not None and self.constant is MISSING:
            value = self._theirs(value)
        if value is None:
            if self.required:
                raise self.error("", f"There is no {self.field} to write.", "Complete the record.")
            return
        _put(theirs, self.paths[0], value, nested=self.nested)

    def _theirs(self, value: object) -> object:
        assert self.table is not None
        if value not in self.table.theirs_of:
            raise self.error(
                value,
                f"No entry of the table {self.table.name} means {value!r}.",
                f"Add one to tables.{self.table.name} of your mapping.",
            )
        return self.table.theirs_of[value]


def _put(theirs: dict[str, object], path: str, value: object, *, nested: bool) -> None:
    *above, last = path.split(".") if nested else [path]
    place = theirs
    for step in above:
        below = place.setdefault(step, {})
        assert isinstance(below, dict), f"{path} goes through a value"
        place = below
    place[last] = value
