"""Read camt.052, camt.053 and camt.054: reports, statements and notifications of an account, as a stream.

Each detail is answered for as it ends, so that an entry of any number of details takes no memory; the first one waits
until it is known whether it is the only one, since only then the entry's own facts hold for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import BinaryIO

from bankfiles.answers import Answer, AnswerKind, Reason, Scope, Unreadable, entry_key, new_answer
from bankfiles.camt_fields import (
    BALANCE_FIELDS,
    BATCH_FIELDS,
    DETAIL_FIELDS,
    ENTRY_FIELDS,
    STATEMENT_FIELDS,
    amounts_of,
    kind_of,
)
from bankfiles.fields import Fields, Texts
from bankfiles.repeats import Repeats
from bankfiles.texts import Misread, amount, day, joined, provided, whole_number
from bankfiles.usual_records import usual_records
from bankfiles.xml_stream import Record, read_records

_STATEMENTS = ("Stmt", "Rpt", "Ntfctn")


def read_camt(source: BinaryIO) -> Iterator[Answer | Unreadable]:
    """Yield the answers of a camt file in its order; what cannot be read is an Unreadable, and the rest goes on."""
    reader = _Reader()
    yield from read_records(source, usual_records(source, "Ntry", reader.fields), reader)


@dataclass(slots=True)
class _Statement:
    """What is known of the statement that is being read."""

    account: str | None = None
    balances: dict[str, Decimal] = field(default_factory=dict)  # code -> signed amount
    moved: Decimal = Decimal(0)
    complete: bool = True  # every booked entry could be read


@dataclass(slots=True)
class _Entry:
    """One Ntry: what all its details share."""

    texts: Texts
    amount: Decimal


@dataclass(slots=True)
class _Detail:
    """One TxDtls, or what stands for it in an entry without any; and the batch (Btch) before it."""

    record: Record
    texts: Texts
    batch: Texts


class _Reader:
    def __init__(self) -> None:
        self._entry_fields = Fields(ENTRY_FIELDS)
        self._detail_fields = Fields(DETAIL_FIELDS)
        self._batch_fields = Fields(BATCH_FIELDS)
        self._statement_fields = Fields(STATEMENT_FIELDS)
        self._balance_fields = Fields(BALANCE_FIELDS)
        self.fields = {  # that are asked of each record
            "TxDtls": self._detail_fields,
            "Btch": self._batch_fields,
            "Ntry": self._entry_fields,
            "Bal": self._balance_fields,
            **dict.fromkeys(_STATEMENTS, self._statement_fields),
        }
        self._statement: _Statement | None = None
        self._entry: _Entry | None = None
        self._entry_is_bad = False
        self._batch: Texts = {}
        self._waiting: _Detail | None = None  # the first detail, until it is known whether it is the only one
        self._details = 0
        self._repeats = Repeats()

    def take(self, record: Record) -> Iterable[Answer | Unreadable]:
        """Return what the record tells, in the moment in which it ends."""
        try:
            if record.name == "TxDtls":
                return self._detail(record)
            if record.name == "Ntry":
                return self._end_of_entry(record)
            if record.name == "Btch":
                self._batch = record.texts(self._batch_fields)
            elif record.name == "Bal":
                self._balance(record)
            else:
                return self._end_of_statement(record)
        except Misread as error:
            return [_unreadable(record if self._entry is not None else record.within("Ntry") or record, error)]
        return []

    # ------------------------------------------------------------------------------------------- statement

    def _statement_of(self, record: Record) -> _Statement:
        """The statement that is being read, `record` being it or in it."""
        if self._statement is None:
            self._statement = _Statement()
            around: Record | None = record
            while around is not None and around.name not in _STATEMENTS:
                around = around.outer
            if around is not None:
                self._statement.account = around.texts(self._statement_fields).get("account")
        return self._statement

    def _balance(self, record: Record) -> None:
        texts = record.texts(self._balance_fields)
        balance = amount(texts, "amount") or Decimal(0)
        if texts.get("side") == "DBIT":
            balance = -balance
        self._statement_of(record).balances.setdefault(texts.get("code", ""), balance)

    def _end_of_statement(self, record: Record) -> list[Unreadable]:
        statement = self._statement_of(record)
        self._statement = None
        opening = statement.balances.get("OPBD", statement.balances.get("PRCD"))
        closing = statement.balances.get("CLBD")
        if opening is None or closing is None or not statement.complete or opening + statement.moved == closing:
            return []
        return [
            Unreadable(
                record.line,
                f"opening {opening} + entries {statement.moved} is not closing {closing}",
                "The entries of the statement do not add up to its closing balance.",
                "Ask the bank for the statement again: entries are missing or stand twice.",
            )
        ]

    # ----------------------------------------------------------------------------------------------- entry

    def _entry_of(self, ntry: Record) -> _Entry | None:
        """The entry that is being read; None, once told, if it cannot be understood."""
        if self._entry is None and not self._entry_is_bad:
            statement = self._statement_of(ntry)
            try:
                self._entry = self._open_entry(ntry, statement)
            except Misread:
                self._entry_is_bad = True
                statement.complete = False
                raise
        return self._entry

    def _open_entry(self, ntry: Record, statement: _Statement) -> _Entry:
        texts = ntry.texts(self._entry_fields)
        booked = amount(texts, "amount")
        if booked is None:
            raise Misread("The entry has no amount.")
        if texts.get("side") not in {"CRDT", "DBIT"}:
            raise Misread(f"The entry is neither CRDT nor DBIT but {texts.get('side')!r}.")
        if texts.get("status", "BOOK") == "BOOK":
            statement.moved += booked if texts["side"] == "CRDT" else -booked
        return _Entry(texts, booked)

    def _detail(self, record: Record) -> list[Answer | Unreadable]:
        self._details += 1
        detail = _Detail(record, record.texts(self._detail_fields), self._batch)
        if self._details == 1:
            self._waiting = detail
            return []
        ntry = record.within("Ntry")
        entry = self._entry_of(ntry) if ntry is not None else None
        if entry is None:
            return []
        details = [detail] if self._waiting is None else [self._waiting, detail]
        self._waiting = None
        return [self._told(entry, one, sole=False) for one in details]

    def _end_of_entry(self, record: Record) -> list[Answer | Unreadable]:
        try:
            entry = self._entry_of(record)
            if entry is None or self._details > 1:
                return []
            sole = self._waiting or _Detail(record, {}, self._batch)
            sole.record = record  # it stands for the whole entry
            return [self._told(entry, sole, sole=True)]
        finally:
            self._entry, self._entry_is_bad = None, False
            self._details, self._waiting, self._batch = 0, None, {}

    # ---------------------------------------------------------------------------------------------- answer

    def _told(self, entry: _Entry, detail: _Detail, *, sole: bool) -> Answer | Unreadable:
        try:
            return self._answer(entry, detail, sole=sole)
        except Misread as error:
            return _unreadable(detail.record, error)

    def _answer(self, entry: _Entry, of: _Detail, *, sole: bool) -> Answer:
        own, detail, batch = entry.texts, of.texts, of.batch
        account = self._statement.account if self._statement is not None else None
        amounts = amounts_of(own, entry.amount, detail, sole)
        end_to_end_id = provided(detail, "end_to_end_id")
        mandate = provided(detail, "mandate_reference")
        batch_id = provided(detail, "batch_id") or provided(batch, "batch_id")
        creditor_identifier = detail.get("creditor_identifier")
        is_credit = detail.get("side", own["side"]) == "CRDT"
        status = own.get("status", "BOOK")
        if status == "BOOK":
            side = "credit" if is_credit else "debit"
            kind = kind_of(own, detail, is_credit, bool(mandate or batch_id or creditor_identifier))
        else:
            side, kind = "pending", AnswerKind.PENDING
        count = None
        if end_to_end_id or mandate:
            scope = Scope.TRANSACTION
        elif batch_id and sole:
            scope, count = Scope.BATCH, whole_number(batch, "count")
        else:
            scope = Scope.ENTRY
        bank_reference = detail.get("bank_reference") or own.get("bank_reference")
        booked_on = day(own, "booked_on")
        key = entry_key(account, bank_reference, end_to_end_id, mandate, side, booked_on, amounts.booked)
        return new_answer(  # by position: to match 22 names takes Python longer than to read the entry's amounts
            kind,
            scope,
            key if end_to_end_id else self._repeats.apart(key),
            end_to_end_id,
            mandate,
            creditor_identifier,
            provided(detail, "message_id") or provided(batch, "message_id"),
            batch_id,
            amounts.booked,
            amounts.original,
            amounts.charges,
            amounts.compensation,
            detail.get("amount@") or own["amount@"],
            count,
            _reason(own, detail, sole),
            status,
            bank_reference,
            account,
            booked_on,
            day(own, "value_on"),
            detail.get("reference"),
            joined(detail, "remittance"),
            _counterparty(detail, is_credit),
            of.record.line,
        )


def _unreadable(record: Record, error: Misread) -> Unreadable:
    return Unreadable(
        line=record.line,
        seen=record.shown(),
        why=str(error),
        remedy="Look this entry up in the bank's own screen and book it by hand; the others were read.",
    )


def _reason(entry: Texts, detail: Texts, sole: bool) -> Reason | None:
    code = detail.get("reason", "")
    text = joined(detail, "reason_text") or joined(detail, "text")
    if not text and sole:
        text = joined(entry, "text")
    return _reason_of(code.upper(), text) if code or text else None


_reason_of = lru_cache(maxsize=256)(Reason)  # banks give few reasons, and many times


def _counterparty(detail: Texts, is_credit: bool) -> str:
    # A return is a debit whose debtor is still the customer: banks keep the roles of the collection.
    if is_credit or "mandate_reference" in detail:
        return detail.get("debtor") or detail.get("creditor", "")
    return detail.get("creditor") or detail.get("debtor", "")
