"""Read CODA, the Belgian coded statement of account (Febelfin), versions 1 and 2, with the detail of direct debits.

Lines of 128 characters: 0 header, 1 old balance, 21/22/23 a movement, 31/32/33 information, 8 new balance, 9 trailer.
A movement with detail number 0000 is booked; those that follow with the same sequence number are its details. The
facts of a SEPA direct debit stand in a structured communication of type 127 that runs over 21, 22 and 23.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import BinaryIO

from bankfiles.answers import Answer, AnswerKind, Reason, Scope, Unreadable, entry_key, new_answer
from bankfiles.coda_codes import direct_debit, is_charge, kind_of
from bankfiles.identifiers import belgian_iban
from bankfiles.lines import lines_of
from bankfiles.repeats import Repeats
from bankfiles.texts import Misread

_LINE_LENGTH = 128
_VERSIONS = frozenset({"1", "2"})
_BY_CUSTOMER = "1"  # type of a movement: one amount for what the customer sent as a batch
_WITH_DETAILS = "3"  # type of a movement: one amount whose details are its parts, e.g. charges
_NOT_PROVIDED = frozenset({"", "NOTPROVIDED"})


@dataclass(slots=True)
class _Movement:
    """One 21/22/23, and what 31/32/33 add."""

    line: int
    sequence: str
    detail: str
    bank_reference: str
    is_credit: bool
    amount: Decimal
    value_on: date | None
    code: str  # type, family, transaction, category: 8 digits
    booked_on: date | None
    structured: bool
    communication: str
    customer_reference: str = ""
    r_type: str = ""
    reason: str = ""
    counterparty: str = ""
    details: list[_Movement] = field(default_factory=list)


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
        self._pending: _Movement | None = None
        self._last: _Movement | None = None  # the movement or detail that 22, 23 and 3x add to
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
        statement.opening = _signed(line[42], line[43:58])

    def _new_balance(self, number: int, line: str, statement: _Statement) -> Iterator[Unreadable]:
        closing = _signed(line[41], line[42:57])
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
            movement = _movement_of(number, line)
            if movement.detail != "0000" and self._pending is not None:
                self._pending.details.append(movement)
                self._last = movement
                if len(self._pending.details) > 1 and not self._is_one_amount(self._pending):
                    yield self._answer(self._pending.details.pop(0), self._pending, statement)
                return
            yield from self.flush()
            self._pending = self._last = movement
            statement.moved += movement.amount if movement.is_credit else -movement.amount
        elif self._last is not None and line[2:6] == self._last.sequence:
            _continue(self._last, line, statement.version)
        elif not self._spoiled:
            raise Misread("The line continues a movement that is not there.")

    def _is_one_amount(self, movement: _Movement) -> bool:
        return movement.code[0] == _WITH_DETAILS

    def flush(self) -> Iterator[Answer]:
        """Yield the movement that waited for its details."""
        movement, self._pending, self._last = self._pending, None, None
        statement = self._statement
        if movement is None or statement is None:
            return
        if not movement.details or self._is_one_amount(movement):
            yield self._answer(movement, None, statement)
        else:
            for detail in movement.details:
                yield self._answer(detail, movement, statement)

    def _answer(self, movement: _Movement, whole: _Movement | None, statement: _Statement) -> Answer:
        told, charges = movement, Decimal(0)
        if whole is None:
            for detail in movement.details:
                if is_charge(detail.code):
                    charges += detail.amount
                else:
                    told = detail
        debit = direct_debit(told.communication) if told.structured else None
        reason = (debit.reason if debit else "") or told.reason
        kind = kind_of(told.code, movement.is_credit, debit, told.r_type, reason)
        end_to_end_id = _provided(told.customer_reference)
        batch_id = None
        scope = Scope.TRANSACTION if debit else Scope.ENTRY
        if whole is None and movement.code[0] == _BY_CUSTOMER and kind is AnswerKind.SETTLED:
            scope, batch_id, end_to_end_id = Scope.BATCH, end_to_end_id, None
        elif end_to_end_id:
            scope = Scope.TRANSACTION
        bank_reference = movement.bank_reference or (whole.bank_reference if whole else "")
        mandate = debit.mandate_reference if debit else None
        booked_on = movement.booked_on or (whole.booked_on if whole else None)
        side = "credit" if movement.is_credit else "debit"
        key = entry_key(
            statement.account, bank_reference or None, end_to_end_id, mandate, side, booked_on, movement.amount
        )
        return new_answer(  # by position: to match all the names takes Python longer than to read the lines
            kind,
            scope,
            key if end_to_end_id else self._repeats.apart(key),
            end_to_end_id,
            mandate,
            debit.creditor_identifier if debit else None,
            None,  # no message_id
            batch_id,
            movement.amount,
            movement.amount - charges,
            charges or None,
            None,  # no compensation apart
            statement.currency,
            None,  # no count
            _reason_of(reason) if reason else None,
            told.r_type or movement.code,
            bank_reference or None,
            statement.account,
            booked_on,
            movement.value_on,
            _reference(told),
            debit.communication if debit else _free_text(told),
            told.counterparty,
            movement.line,
        )


_reason_of = lru_cache(maxsize=256)(Reason)  # of four characters each


def _movement_of(number: int, line: str) -> _Movement:
    return _Movement(  # by position, in the order of the fields
        number,
        line[2:6],
        line[6:10],
        line[10:31].strip(),
        line[31] == "0",
        abs(_signed(line[31], line[32:47])),
        _day(line[47:53]),
        line[53:61],
        _day(line[115:121]),
        line[61] == "1",
        line[62:115],
    )


def _continue(movement: _Movement, line: str, version: str) -> None:
    if line[1] == "2":
        movement.communication += line[10:63]
        movement.customer_reference = line[63:98].strip()
        movement.r_type = line[112].strip().strip("0")
        movement.reason = line[113:117].strip()
    elif line[1] == "3" and version == "1":
        movement.counterparty = line[47:73].strip()
    elif line[1] == "3":
        movement.counterparty = line[47:82].strip()
        movement.communication += line[82:125]


def _signed(sign: str, digits: str) -> Decimal:
    """An amount of 15 digits, the last three of them decimals; sign 0 is credit, 1 debit."""
    if sign not in "01" or not (digits.isascii() and digits.isdigit()):
        raise Misread(f"{sign + digits!r} is not an amount.")
    amount = Decimal(f"{digits[:-3]}.{digits[-3:-1]}" if digits[-1] == "0" else f"{digits[:-3]}.{digits[-3:]}")
    return amount if sign == "0" else -amount


@lru_cache(maxsize=512)  # of six characters each
def _day(text: str) -> date | None:
    if not text.strip("0 "):
        return None
    try:
        return date(2000 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise Misread(f"{text!r} is not a date (DDMMYY).") from None


def _provided(reference: str) -> str | None:
    return None if reference.upper() in _NOT_PROVIDED else reference


def _reference(movement: _Movement) -> str | None:
    """A Belgian structured communication (types 101 and 102)."""
    if movement.structured and movement.communication[:3] in {"101", "102"}:
        return movement.communication[3:15].strip() or None
    return None


def _free_text(movement: _Movement) -> str:
    return "" if movement.structured else " ".join(movement.communication.split())
