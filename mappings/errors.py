"""What can be wrong with a mapping: its own file, or a record that does not fit it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a mapping file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class MappingFileError(ValueError):
    """A mapping file is wrong. Adapters turn it into a ConfigError.

    Attributes:
        place: file, line and column.
        key: the key it is about, e.g. "records.customer.name"; empty for the file as a whole.
        what: what is wrong.
        remedy: what to write.
    """

    def __init__(self, place: Place, key: str, what: str, remedy: str) -> None:
        super().__init__(f"{place}: {key + ': ' if key else ''}{what} {remedy}")
        self.place = place
        self.key = key
        self.what = what
        self.remedy = remedy


class MappingError(ValueError):
    """A record does not fit its mapping. Adapters turn it into a Fault.

    Attributes:
        kind: kind of record, e.g. "invoice".
        field: our name of the field.
        path: the package's name of it: a path or a column; several are joined by "or".
        seen: the value that was seen, shortened; an IBAN is masked.
        why: what is wrong with it.
        remedy: what to change.
    """

    def __init__(self, kind: str, field: str, path: str, *, seen: str, why: str, remedy: str) -> None:
        self._remedy = remedy
        super().__init__(f"{kind}.{field} ({path}): {why} {self.remedy_at(path)}")
        self.kind = kind
        self.field = field
        self.path = path
        self.seen = seen
        self.why = why
        self.remedy = self.remedy_at(path)

    def remedy_at(self, place: str) -> str:
        """The remedy with another name for where the value stands, such as the heading of a column."""
        return self._remedy.replace("{path}", place)


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice for a word that is not known: the nearest that is, or all of them."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known are: {', '.join(names)}." if names else "None is known here."
