"""Read camt.052, camt.053 and camt.054: reports, statements and notifications of an account, as a stream.

Each detail is answered for as it ends, so that an entry of any number of details takes no memory; the first one waits
until it is known whether it is the only one, since only then the entry's own facts hold for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from bankfiles.answers import Answer, AnswerKind, Reason, Scope, Unreadable, entry_key
from bankfiles.camt_fields import (
    ACCOUNT_FIELDS,
    BALANCE_FIELDS,
    BATCH_FIELDS,
    DETAIL_FIELDS,
    ENTRY_FIELDS,
    amounts_of,
    kind_of,
)
from bankfiles.fields import Fields, Texts
from bankfiles.repeats import Repeats
from bankfiles.texts import Misread, amount, day, joined, provided, whole_number
from bankfiles.xml_stream import Record, line_of, read_records

_TAGS = ("TxDtls", "Ntry", "Stmt", "Rpt", "Ntfctn")


def read_camt(source: BinaryIO) -> Iterator[Answer | Unreadable]:
    """Yield the answers of a camt file in its order; what cannot be read is an Unreadable, and the rest goes on."""
    yield from read_records(source, _TAGS, _Reader)


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
    line: int | None
    amount: Decimal
    batch: Texts
    waiting: Texts | None = None  # the first detail, until it is known whether it is the only one
    waiting_line: int | None = None
    details: int = 0


class _Reader:
    def __init__(self, namespace: str) -> None:
        self._prefix = f"{{{namespace}}}" if namespace else ""
        self._detail_tag, self._entry_tag = self._prefix + "TxDtls", self._prefix + "Ntry"
        self._entry_fields = Fields(ENTRY_FIELDS, namespace)
        self._detail_fields = Fields(DETAIL_FIELDS, namespace)
        self._batch_fields = Fields(BATCH_FIELDS, namespace)
        self._account_fields = Fields(ACCOUNT_FIELDS, namespace)
        self._balance_fields = Fields(BALANCE_FIELDS, namespace)
        self._statement: _Statement | None = None
        self._entry: _Entry | None = None
        self._entry_is_bad = False
        self._repeats = Repeats()

    def take(self, record: Record) -> Iterator[Answer | Unreadable]:
        """Yield what the element tells, in the moment in which it ends."""
        element = record.element
        try:
            if element.tag == self._detail_tag:
                yield from self._detail(record)
            elif element.tag == self._entry_tag:
                yield from self._end_of_entry(record)
            else:
                yield from self._end_of_statement(element)
        except Misread as error:
            yield Unreadable(
                line_of(element),
                etree.tostring(element, encoding="unicode")[:120],
                str(error),
                "Look this entry up in the bank's own screen and book it by hand; the others were read.",
            )

    # ------------------------------------------------------------------------------------------- statement

    def _open_statement(self, container: etree._Element | None) -> _Statement:
        statement = _Statement()
        for child in container if container is not None else ():
            if child.tag == self._prefix + "Acct":
                statement.account = self._account_fields.of(child).get("account")
            elif child.tag == self._prefix + "Bal":
                texts = self._balance_fields.of(child)
                balance = amount(texts, "amount") or Decimal(0)
                if texts.get("side") == "DBIT":
                    balance = -balance
                statement.balances.setdefault(texts.get("code", ""), balance)
            elif child.tag == self._prefix + "Ntry":
                break
        return statement

    def _end_of_statement(self, container: etree._Element) -> Iterator[Unreadable]:
        statement, self._statement = self._statement, None
        if statement is None:
            statement = self._open_statement(container)
        opening = statement.balances.get("OPBD", statement.balances.get("PRCD"))
        closing = statement.balances.get("CLBD")
        if opening is None or closing is None or not statement.complete:
            return
        if opening + statement.moved != closing:
            yield Unreadable(
                line_of(container),
                f"opening {opening} + entries {statement.moved} is not closing {closing}",
                "The entries of the statement do not add up to its closing balance.",
                "Ask the bank for the statement again: entries are missing or stand twice.",
            )

    # ----------------------------------------------------------------------------------------------- entry

    def _entry_of(self, ntry: etree._Element, source: str) -> _Entry | None:
        """The entry that is being read; None, once told, if it cannot be understood."""
        if self._entry is None and not self._entry_is_bad:
            if self._statement is None:
                self._statement = self._open_statement(ntry.getparent())
            try:
                self._entry = self._open_entry(ntry, source, self._statement)
            except Misread:
                self._entry_is_bad = True
                self._statement.complete = False
                raise
        return self._entry

    def _open_entry(self, ntry: etree._Element, source: str, statement: _Statement) -> _Entry:
        texts = self._entry_fields.of(ntry, source)
        booked = amount(texts, "amount")
        if booked is None:
            raise Misread("The entry has no amount.")
        if texts.get("side") not in {"CRDT", "DBIT"}:
            raise Misread(f"The entry is neither CRDT nor DBIT but {texts.get('side')!r}.")
        if texts.get("status", "BOOK") == "BOOK":
            statement.moved += booked if texts["side"] == "CRDT" else -booked
        return _Entry(texts, line_of(ntry), booked, {})

    def _detail(self, record: Record) -> Iterator[Answer]:
        element = record.element
        texts = self._detail_fields.of(element, record.source())
        line = line_of(element)
        batch = element.getprevious()
        details = element.getparent()
        ntry = details.getparent() if details is not None else None
        element.clear()  # so that the entry's own texts are found without walking through it
        entry = self._entry_of(ntry, record.source_around("Ntry", "NtryDtls")) if ntry is not None else None
        if entry is None:
            return
        if batch is not None:
            self._pick_batch(batch, entry)
        entry.details += 1
        if entry.details == 1:
            entry.waiting, entry.waiting_line = texts, line
            return
        if entry.waiting is not None:
            waiting, entry.waiting = entry.waiting, None
            yield self._answer(entry, waiting, entry.waiting_line, sole=False)
        yield self._answer(entry, texts, line, sole=False)

    def _pick_batch(self, element: etree._Element, entry: _Entry) -> None:
        if element.tag == self._prefix + "Btch":
            entry.batch = self._batch_fields.of(element)

    def _end_of_entry(self, record: Record) -> Iterator[Answer]:
        element = record.element
        try:
            entry = self._entry_of(element, record.source())
            if entry is None or entry.details > 1:
                return
            for child in reversed(element):  # what follows the details is only there now
                if child.tag == self._prefix + "NtryDtls":
                    if entry.details == 0 and len(child):
                        self._pick_batch(child[0], entry)
                    break
                if child.tag == self._prefix + "AddtlNtryInf":
                    entry.texts["text"] = child.text or ""
            yield self._answer(entry, entry.waiting or {}, entry.line, sole=True)
        finally:
            self._entry = None
            self._entry_is_bad = False

    # ---------------------------------------------------------------------------------------------- answer

    def _answer(self, entry: _Entry, detail: Texts, line: int | None, *, sole: bool) -> Answer:
        own = entry.texts
        account = self._statement.account if self._statement is not None else None
        amounts = amounts_of(own, entry.amount, detail, sole)
        end_to_end_id = provided(detail, "end_to_end_id")
        mandate = provided(detail, "mandate_reference")
        batch_id = provided(detail, "batch_id") or provided(entry.batch, "batch_id")
        creditor_identifier = detail.get("creditor_identifier")
        is_credit = detail.get("side", own["side"]) == "CRDT"
        status = own.get("status", "BOOK")
        kind = AnswerKind.PENDING
        if status == "BOOK":
            kind = kind_of(own, detail, is_credit, bool(mandate or batch_id or creditor_identifier))
        scope = Scope.TRANSACTION if end_to_end_id or mandate else Scope.ENTRY
        if scope is Scope.ENTRY and batch_id and sole:
            scope = Scope.BATCH
        bank_reference = detail.get("bank_reference") or own.get("bank_reference")
        booked_on = day(own, "booked_on")
        side = "pending" if kind is AnswerKind.PENDING else "credit" if is_credit else "debit"
        key = entry_key(account, bank_reference, end_to_end_id, mandate, side, booked_on, amounts.booked)
        return Answer(
            kind=kind,
            scope=scope,
            key=key if end_to_end_id else self._repeats.apart(key),
            end_to_end_id=end_to_end_id,
            mandate_reference=mandate,
            creditor_identifier=creditor_identifier,
            message_id=provided(detail, "message_id") or provided(entry.batch, "message_id"),
            batch_id=batch_id,
            amount=amounts.booked,
            original_amount=amounts.original,
            charges=amounts.charges,
            compensation=amounts.compensation,
            currency=detail.get("amount@") or own["amount@"],
            count=whole_number(entry.batch, "count") if scope is Scope.BATCH else None,
            reason=_reason(own, detail, sole),
            status=status,
            bank_reference=bank_reference,
            account_iban=account,
            booked_on=booked_on,
            value_on=day(own, "value_on"),
            reference=detail.get("reference"),
            remittance=joined(detail, "remittance"),
            counterparty=_counterparty(detail, is_credit),
            line=line,
        )


def _reason(entry: Texts, detail: Texts, sole: bool) -> Reason | None:
    code = detail.get("reason", "")
    text = joined(detail, "reason_text") or joined(detail, "text")
    if not text and sole:
        text = joined(entry, "text")
    return Reason(code.upper(), text) if code or text else None


def _counterparty(detail: Texts, is_credit: bool) -> str:
    # A return is a debit whose debtor is still the customer: banks keep the roles of the collection.
    if is_credit or "mandate_reference" in detail:
        return detail.get("debtor") or detail.get("creditor", "")
    return detail.get("creditor") or detail.get("debtor", "")
