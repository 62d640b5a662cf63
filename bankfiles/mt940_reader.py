"""Read MT940 (and MT942) statements, as a stream, with the dialects that banks write.

The statement line (:61:) and the German structured information (:86:) are taken apart by the `mt-940` library; the
slash-coded information of Dutch and Belgian banks here. An entry that cannot be read is told, and the next one is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import BinaryIO

from mt940.models import Transactions
from mt940.tags import Statement, StatementASNB

from bankfiles.answers import Answer, Reason, Scope, Unreadable, entry_key, new_answer
from bankfiles.lines import lines_of
from bankfiles.mt940_information import Information, information_of, kind_of
from bankfiles.repeats import Repeats
from bankfiles.texts import Misread

_TAG = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.DOTALL)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]{1,18})")
_MOST_FIELD_LINES = 64
_STATEMENT_LINES = (Statement(), StatementASNB())  # the second where the first does not fit


@dataclass(slots=True)
class _Entry:
    """One :61:, waiting for its :86:."""

    line: int
    is_credit: bool
    is_reversal: bool
    amount: Decimal
    value_on: date | None
    booked_on: date | None
    code: str  # transaction type, e.g. NDDT
    customer_reference: str
    bank_reference: str


def read_mt940(source: BinaryIO) -> Iterator[Answer | Unreadable]:
    """Yield the answers of an MT940 file in its order; what cannot be read is an Unreadable, and the rest goes on."""
    reader = _Reader()
    for number, tag, text in _fields(source):
        try:
            yield from reader.take(number, tag, text)
        except Misread as error:
            reader.spoil()
            yield Unreadable(
                number,
                f":{tag}:{text}"[:80],
                str(error),
                "Look this entry up in the bank's own screen and book it by hand; the others were read.",
            )
    yield from reader.end_of_entry()


def _fields(source: BinaryIO) -> Iterator[tuple[int, str, str]]:
    """Yield line, tag and text of each field; its lines are joined by a line break."""
    start, tag, lines = 0, "", [""]
    for number, line in lines_of(source):
        found = _TAG.match(line)
        is_end = line.startswith(("-", "{")) and (line.strip() in {"-", "-}"} or line.startswith("{"))
        if found or is_end:
            if tag:
                yield start, tag, "\n".join(lines)
            start, tag, lines = (number, found.group(1), [found.group(2)]) if found else (number, "", [""])
        elif tag and len(lines) < _MOST_FIELD_LINES:
            lines.append(line)
    if tag:
        yield start, tag, "\n".join(lines)


class _Reader:
    def __init__(self) -> None:
        self._account: str | None = None
        self._currency = "EUR"
        self._opening: Decimal | None = None
        self._moved = Decimal(0)
        self._complete = True
        self._entry: _Entry | None = None
        self._repeats = Repeats()
        self._context = Transactions()

    def take(self, line: int, tag: str, text: str) -> Iterator[Answer | Unreadable]:
        """Yield what is complete once this field is there."""
        if tag == "86" and self._entry is not None:
            entry, self._entry = self._entry, None
            yield self._answer(entry, information_of(text))
            return
        yield from self.end_of_entry()
        if tag == "20":
            self._account, self._opening, self._moved, self._complete = None, None, Decimal(0), True
        elif tag == "25":
            self._account = _account(text)
        elif tag in {"60F", "60M"}:
            self._currency, self._opening = _balance(text)
        elif tag == "61":
            self._entry = self._statement_line(line, text)
            self._moved += self._entry.amount if self._entry.is_credit else -self._entry.amount
        elif tag in {"62F", "62M"}:
            yield from self._closing(line, text)

    def spoil(self) -> None:
        """Remember that something could not be read: the balance cannot be checked."""
        self._complete = False
        self._entry = None

    def end_of_entry(self) -> Iterator[Answer]:
        """Yield the entry that waited for an :86: that did not come."""
        entry, self._entry = self._entry, None
        if entry is not None:
            yield self._answer(entry, information_of(""))

    def _closing(self, line: int, text: str) -> Iterator[Unreadable]:
        _, closing = _balance(text)
        opening, self._opening = self._opening, None
        if opening is not None and self._complete and opening + self._moved != closing:
            yield Unreadable(
                line,
                f"opening {opening} + entries {self._moved} is not closing {closing}",
                "The entries of the statement do not add up to its closing balance.",
                "Ask the bank for the statement again: entries are missing or stand twice.",
            )

    def _statement_line(self, line: int, text: str) -> _Entry:
        facts = None
        for tag in _STATEMENT_LINES:
            found = tag.re.match(text)  # not tag.parse: that logs the text of what it cannot read
            if found is not None:
                try:
                    facts = tag(self._context, found.groupdict())
                except (ValueError, InvalidOperation) as error:
                    raise Misread(f"The statement line has an impossible date or amount ({error}).") from error
                break
        if facts is None:
            raise Misread("The statement line (:61:) is in no form that is known.")
        status = str(facts["status"]).upper()
        return _Entry(
            line=line,
            is_credit=status in {"C", "RD"},
            is_reversal=status.startswith("R"),
            amount=_decimal(str(found["amount"] if found else "")),
            value_on=_date(facts.get("date")),
            booked_on=_date(facts.get("entry_date")) or _date(facts.get("date")),
            code=str(facts.get("id") or "").strip(),
            customer_reference=str(facts.get("customer_reference") or "").strip(),
            bank_reference=str(facts.get("bank_reference") or "").strip(),
        )

    def _answer(self, entry: _Entry, info: Information) -> Answer:
        kind = kind_of(entry.code, entry.is_credit, entry.is_reversal, info)
        end_to_end_id = info.end_to_end_id
        scope = Scope.TRANSACTION if end_to_end_id or info.mandate_reference else Scope.ENTRY
        if scope is Scope.ENTRY and info.batch_id:
            scope = Scope.BATCH
        bank_reference = entry.bank_reference or None
        side = "credit" if entry.is_credit else "debit"
        key = entry_key(
            self._account, bank_reference, end_to_end_id, info.mandate_reference, side, entry.booked_on, entry.amount
        )
        original = info.original_amount if info.original_amount is not None else entry.amount
        rest = entry.amount - original - (info.compensation or Decimal(0))
        return new_answer(
            kind=kind,
            scope=scope,
            key=key if end_to_end_id else self._repeats.apart(key),
            end_to_end_id=end_to_end_id,
            mandate_reference=info.mandate_reference,
            creditor_identifier=info.creditor_identifier,
            batch_id=info.batch_id,
            amount=entry.amount,
            original_amount=original,
            charges=rest if rest > 0 else None,
            compensation=info.compensation,
            currency=self._currency,
            reason=Reason(info.reason, info.reason_text) if info.reason or info.reason_text else None,
            status=f"{entry.code}+{info.code}" if info.code else entry.code,
            bank_reference=bank_reference,
            account_iban=self._account,
            booked_on=entry.booked_on,
            value_on=entry.value_on,
            reference=info.reference,
            remittance=info.remittance,
            counterparty=info.counterparty,
            line=entry.line,
        )


def _account(text: str) -> str | None:
    """An IBAN with its currency left out, or bank code/account as it stands."""
    account = text.strip().split("\n")[0]
    found = re.match(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}?(?=[A-Z]{3}$|$| )", account)
    return found.group() if found else account or None


def _balance(text: str) -> tuple[str, Decimal]:
    found = _BALANCE.match(text.strip())
    if found is None:
        raise Misread("The balance is in no form that is known.")
    amount = _decimal(found.group(4))
    return found.group(3), amount if found.group(1) == "C" else -amount


def _decimal(text: str) -> Decimal:
    whole, _, cents = text.partition(",")
    if not (text.isascii() and whole.isdigit()) or "," in cents:
        raise Misread(f"{text[:40]!r} is not an amount.")
    return Decimal(f"{whole}.{cents or '00'}")


def _date(value: object) -> date | None:
    return date(value.year, value.month, value.day) if isinstance(value, date) else None
