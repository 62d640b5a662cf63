"""Read CODA, the Belgian coded statement of account (Febelfin), versions 1 and 2, with the detail of direct debits.

Lines of 128 characters: 0 header, 1 old balance, 21/22/23 a movement, 31/32/33 information, 8 new balance, 9 trailer.
A movement with detail number 0000 is booked; those that follow with the same sequence number are its details. The
facts of a SEPA direct debit stand in a structured communication of type 127 that runs over 21, 22 and 23.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from bankfiles.answers import Answer, Unreadable
from bankfiles.coda_answers import answer_of
from bankfiles.coda_lines import Movement, add_line, movement_of, signed_amount
from bankfiles.identifiers import belgian_iban
from bankfiles.lines import lines_of
from bankfiles.repeats import Repeats
from bankfiles.texts import Misread

_LINE_LENGTH = 128
_VERSIONS = frozenset({"1", "2"})
_WITH_DETAILS = "3"  # type of a movement: one amount whose details are its parts, e.g. charges


@dataclass(slots=True)
class _Statement:
    version: str
    account: str | None = None
    currency: str = "EUR"
    opening: Decimal | None = None
    moved: Decimal = Decimal(0)
    complete: bool = True


def read_coda(source: BinaryIO) -> Iterator[Answer | Unreadable]:
    """Yield the answers of a CODA file in its order; a line that cannot be read is told, and the rest goes on."""
    reader = _Reader()
    for number, line in lines_of(source):
        if not line.strip():
            continue
        try:
            yield from reader.take(number, line)
        except Misread as error:
            reader.spoil()
            yield Unreadable(
                number,
                line[:60],
                str(error),
                "Look this movement up in the bank's own screen; the others were read.",
            )
    yield from reader.end()


class _Reader:
    def __init__(self) -> None:
        self._statement: _Statement | None = None
        self._pending: Movement | None = None
        self._last: Movement | None = None  # the movement or detail that 22, 23 and 3x add to
        self._repeats = Repeats()
        self._spoiled = False  # a movement could not be read: what continues it is passed over
        self._ended = True

    def take(self, number: int, line: str) -> Iterator[Answer | Unreadable]:
        """Yield what is complete once this line is there."""
        kind = line[0]
        if kind == "0":
            yield from self.flush()
            yield from self._header(line)
        elif self._statement is None:
            return  # of a version that was refused, told with its header
        elif len(line) < _LINE_LENGTH - 1:
            raise Misread(f"The line has {len(line)} characters, not {_LINE_LENGTH}.")
        elif kind == "1":
            self._old_balance(line, self._statement)
        elif kind == "2":
            yield from self._movement(number, line, self._statement)
        elif kind == "8":
            yield from self.flush()
            yield from self._new_balance(number, line, self._statement)
        elif kind == "9":
            yield from self.flush()
            self._ended = True
        elif kind not in "34":
            raise Misread(f"The line starts with {kind!r}, which no CODA record does.")

    def spoil(self) -> None:
        """Remember that something could not be read: the balance cannot be checked."""
        if self._statement is not None:
            self._statement.complete = False
        self._last, self._spoiled = None, True

    def end(self) -> Iterator[Answer | Unreadable]:
        """Yield what was waiting for more, and tell of a file that was cut off."""
        yield from self.flush()
        if not self._ended:
            yield Unreadable(
                None, "", "The file ends without its last record (9): it was cut off.", "Fetch the file again."
            )

    def _header(self, line: str) -> Iterator[Unreadable]:
        version = line.rstrip()[-1:] if len(line) >= _LINE_LENGTH else ""
        if version in _VERSIONS:
            self._statement = _Statement(version)
            self._ended = False
            return
        self._statement = None
        yield Unreadable(
            1, line[:60], f"This is CODA of version {version!r}; 1 and 2 are known.", "Ask the bank for version 2."
        )

    def _old_balance(self, line: str, statement: _Statement) -> None:
        structure = line[1]
        if statement.version == "1" or structure == "0":
            statement.account, statement.currency = belgian_iban(line[5:17].strip()), line[17:21].strip() or "EUR"
        else:
            statement.account, statement.currency = line[5:39].strip(), line[39:42].strip() or "EUR"
        statement.opening = signed_amount(line[42], line[43:58])

    def _new_balance(self, number: int, line: str, statement: _Statement) -> Iterator[Unreadable]:
        closing = signed_amount(line[41], line[42:57])
        if statement.opening is None or not statement.complete:
            return
        if statement.opening + statement.moved != closing:
            yield Unreadable(
                number,
                f"old {statement.opening} + movements {statement.moved} is not new {closing}",
                "The movements of the statement do not add up to its new balance.",
                "Ask the bank for the statement again: movements are missing or stand twice.",
            )

    # ------------------------------------------------------------------------------------------- movements

    def _movement(self, number: int, line: str, statement: _Statement) -> Iterator[Answer]:
        article = line[1]
        if article == "1":
            self._spoiled = False
            movement = movement_of(number, line)
            if movement.detail != "0000" and self._pending is not None:
                self._pending.details.append(movement)
                self._last = movement
                if len(self._pending.details) > 1 and not self._is_one_amount(self._pending):
                    yield answer_of(
                        self._pending.details.pop(0),
                        self._pending,
                        statement.account,
                        statement.currency,
                        self._repeats,
                    )
                return
            yield from self.flush()
            self._pending = self._last = movement
            statement.moved += movement.amount if movement.is_credit else -movement.amount
        elif self._last is not None and line[2:6] == self._last.sequence:
            add_line(self._last, line, statement.version)
        elif not self._spoiled:
            raise Misread("The line continues a movement that is not there.")

    def _is_one_amount(self, movement: Movement) -> bool:
        return movement.code[0] == _WITH_DETAILS

    def flush(self) -> Iterator[Answer]:
        """Yield the movement that waited for its details."""
        movement, self._pending, self._last = self._pending, None, None
        statement = self._statement
        if movement is None or statement is None:
            return
        if not movement.details or self._is_one_amount(movement):
            yield answer_of(movement, None, statement.account, statement.currency, self._repeats)
        else:
            for detail in movement.details:
                yield answer_of(detail, movement, statement.account, statement.currency, self._repeats)
