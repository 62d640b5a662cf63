"""Which of two readings the values of one file mean: told by those that can only mean one."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from adapters.accounting.files.refusal import Undecidable

Choice = TypeVar("Choice")


class Sighting(NamedTuple):
    """A value and where it stood."""

    text: str
    line: int
    column: str


class Evidence(Generic[Choice]):
    """Collects values and decides.

    Args:
        what: what the values are, e.g. "date".
        first, second: the two readings.
        each: the answer where every value of the file is clear by itself.
        remedy: what to do where nothing tells.
    """

    def __init__(self, what: str, first: Choice, second: Choice, each: Choice, remedy: str) -> None:
        self._what = what
        self._choices = (first, second, each)
        self._remedy = remedy
        self._first: Sighting | None = None
        self._second: Sighting | None = None
        self._unclear: Sighting | None = None

    def weigh(self, seen: Sighting, *, first: object | None, second: object | None) -> None:
        """Take a value into account by what it means in either reading; None where it means nothing."""
        if first == second:
            return
        if second is None:
            self._first = self._first or seen
        elif first is None:
            self._second = self._second or seen
        else:
            self._unclear = self._unclear or seen

    def decide(self) -> Choice:
        """The reading of the file.

        Raises:
            Undecidable: there are values with two meanings, and the others do not tell or contradict each other.
        """
        first, second, each = self._choices
        if self._unclear is None:
            return each
        if self._first and self._second:
            one, other = sorted((self._first, self._second), key=lambda seen: seen.line)
            raise self._undecidable(
                self._unclear, f"line {one.line} has {one.text}, line {other.line} has {other.text}"
            )
        if not self._first and not self._second:
            raise self._undecidable(self._unclear, f"no other {self._what} tells which")
        return first if self._first else second

    def _undecidable(self, seen: Sighting, proof: str) -> Undecidable:
        where = f"line {seen.line}, column {seen.column}"
        return Undecidable(where, seen.text, f"This {self._what} has two meanings: {proof}.", self._remedy)
