"""Read camt.052, camt.053 and camt.054: reports, statements and notifications of an account.

One reader for every version: the differences that matter here (status as a choice, parties under Pty, the amount of
a detail) are alternative paths. See ISO 20022 and the EPC's camt.053 recommendations for SDD.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from bankfiles.answers import Answer, AnswerKind, Reason, Scope, Unreadable, answer_key
from bankfiles.bank_transaction_codes import Movement, movement_of
from bankfiles.texts import Misread, Texts, amount, amount_sum, day, first, joined, provided, whole_number
from bankfiles.xml_stream import BrokenXml, flatten, line_of, namespace_of, records

_CONTAINERS = ("Stmt", "Rpt", "Ntfctn")
_TAGS = ("TxDtls", "Ntry", *_CONTAINERS)
_REFUND_REASONS = frozenset({"MD06", "MD01"})  # after settlement: asked for by the debtor


@dataclass(slots=True)
class _Statement:
    """What is known of the statement that is being read."""

    account: str | None = None
    balances: dict[str, Decimal] = field(default_factory=dict)  # code -> signed amount
    moved: Decimal = Decimal(0)
    complete: bool = True  # every booked entry could be read
    is_open: bool = False


@dataclass(slots=True)
class _Entry:
    """One Ntry: what all its details share."""

    texts: Texts
    line: int | None
    amount: Decimal
    is_credit: bool
    is_booked: bool
    batch: Texts
    waiting: Texts | None = None  # the first detail, until it is known whether it is the only one
    waiting_line: int | None = None
    details: int = 0


def read_camt(source: BinaryIO) -> Iterator[Answer | Unreadable]:
    """Yield the answers of a camt file in its order; what cannot be read is an Unreadable, and the rest goes on."""
    reader = _Reader()
    try:
        for element in records(source, _TAGS):
            yield from reader.take(element)
    except BrokenXml as error:
        yield Unreadable(error.line, "", f"The XML cannot be read on: {error}", "Ask the bank for the file again.")


class _Reader:
    def __init__(self) -> None:
        self._cut = 0
        self._statement = _Statement()
        self._entry: _Entry | None = None
        self._entry_is_bad = False
        self._repeats: Counter[str] = Counter()

    def take(self, element: etree._Element) -> Iterator[Answer | Unreadable]:
        tag = str(element.tag)
        if not self._cut:
            namespace = namespace_of(tag)
            self._cut = len(namespace) + 2 if namespace else 0
        name = tag[self._cut :]
        if name == "TxDtls":
            yield from self._detail(element)
        elif name == "Ntry":
            yield from self._end_of_entry(element)
        else:
            yield from self._end_of_statement(element)

    # ------------------------------------------------------------------------------------------- statement

    def _open_statement(self, container: etree._Element) -> None:
        statement = self._statement = _Statement(is_open=True)
        for child in container:
            name = child.tag[self._cut :]
            if name == "Acct":
                texts = flatten(child, self._cut)
                statement.account = texts.get("Id/IBAN") or texts.get("Id/Othr/Id")
            elif name == "Bal":
                texts = flatten(child, self._cut)
                code = texts.get("Tp/CdOrPrtry/Cd", "")
                balance = amount(texts, "Amt") or Decimal(0)
                if texts.get("CdtDbtInd") == "DBIT":
                    balance = -balance
                statement.balances.setdefault(code, balance)
            elif name == "Ntry":
                break

    def _end_of_statement(self, container: etree._Element) -> Iterator[Answer | Unreadable]:
        if not self._statement.is_open:
            self._open_statement(container)
        statement = self._statement
        self._statement = _Statement()
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

    def _open_entry(self, ntry: etree._Element) -> _Entry:
        if not self._statement.is_open:
            container = ntry.getparent()
            if container is not None:
                self._open_statement(container)
        texts = flatten(ntry, self._cut, skip="NtryDtls")
        booked = amount(texts, "Amt")
        if booked is None:
            raise Misread("The entry has no amount.")
        indicator = texts.get("CdtDbtInd", "").strip()
        if indicator not in {"CRDT", "DBIT"}:
            raise Misread(f"The entry is neither CRDT nor DBIT but {indicator!r}.")
        status = first(texts, "Sts/Cd", "Sts", "Sts/Prtry") or "BOOK"
        entry = _Entry(texts, line_of(ntry), booked, indicator == "CRDT", status == "BOOK", {})
        if entry.is_booked:
            self._statement.moved += booked if entry.is_credit else -booked
        return entry

    def _entry_of(self, ntry: etree._Element) -> _Entry | None:
        """The entry that is being read; None, once told, if it cannot be understood."""
        if self._entry is None and not self._entry_is_bad:
            try:
                self._entry = self._open_entry(ntry)
            except Misread:
                self._entry_is_bad = True
                self._statement.complete = False
                raise
        return self._entry

    def _detail(self, element: etree._Element) -> Iterator[Answer | Unreadable]:
        details = element.getparent()
        ntry = details.getparent() if details is not None else None
        if details is None or ntry is None:
            return
        try:
            entry = self._entry_of(ntry)
            if entry is None:
                return
            if entry.details == 0 or details[0].tag[self._cut :] == "Btch":
                entry.batch = self._batch(details)
            entry.details += 1
            texts = flatten(element, self._cut)
            if entry.details == 1:
                entry.waiting, entry.waiting_line = texts, line_of(element)
                return
            if entry.waiting is not None:
                waiting, entry.waiting = entry.waiting, None
                yield self._answer(entry, waiting, entry.waiting_line, sole=False)
            yield self._answer(entry, texts, line_of(element), sole=False)
        except Misread as error:
            yield _unreadable(element, error)

    def _batch(self, details: etree._Element) -> Texts:
        for child in details:
            if child.tag[self._cut :] == "Btch":
                return flatten(child, self._cut)
        return {}

    def _end_of_entry(self, element: etree._Element) -> Iterator[Answer | Unreadable]:
        try:
            entry = self._entry_of(element)
            if entry is None:
                return
            if entry.details == 0:
                for details in element:
                    if details.tag[self._cut :] == "NtryDtls":
                        entry.batch = self._batch(details)
            if entry.details <= 1:
                # Children after the details are only there now; they tell of this one thing.
                entry.texts = flatten(element, self._cut, skip="NtryDtls")
                yield self._answer(entry, entry.waiting or {}, entry.line, sole=True)
        except Misread as error:
            yield _unreadable(element, error)
        finally:
            self._entry = None
            self._entry_is_bad = False

    # ---------------------------------------------------------------------------------------------- answer

    def _answer(self, entry: _Entry, detail: Texts, line: int | None, *, sole: bool) -> Answer:
        own = entry.texts
        credit = detail.get("CdtDbtInd")
        is_credit = entry.is_credit if credit is None else credit == "CRDT"
        amounts = _amounts(entry, detail, sole)
        code = first(detail, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
        end_to_end_id = provided(detail, "Refs/EndToEndId")
        mandate = provided(detail, "Refs/MndtId")
        batch_id = provided(detail, "Refs/PmtInfId") or entry.batch.get("PmtInfId")
        creditor_id = _creditor_identifier(detail)
        of_ours = bool(mandate or batch_id or creditor_id)
        kind = _kind(entry, detail, is_credit, code, of_ours)
        scope = Scope.TRANSACTION if end_to_end_id or mandate else Scope.ENTRY
        count = None
        if scope is Scope.ENTRY and batch_id and (sole or not detail):
            scope = Scope.BATCH
            count = whole_number(entry.batch, "NbOfTxs")
        bank_reference = first(detail, "Refs/AcctSvcrRef") or first(own, "AcctSvcrRef")
        booked_on = day(own, "BookgDt")
        text = joined(detail, "RtrInf/AddtlInf") or joined(detail, "AddtlTxInf")
        if not text and sole:
            text = joined(own, "AddtlNtryInf")
        key = answer_key(
            self._statement.account, bank_reference, end_to_end_id, mandate, batch_id, kind, booked_on,
            amounts.booked,
        )  # fmt: skip
        if end_to_end_id is None:
            key = self._distinct(key)
        return Answer(
            kind=kind,
            scope=scope,
            key=key,
            end_to_end_id=end_to_end_id,
            mandate_reference=mandate,
            creditor_identifier=creditor_id,
            message_id=first(detail, "Refs/MsgId") or entry.batch.get("MsgId"),
            batch_id=batch_id,
            amount=amounts.booked,
            original_amount=amounts.original,
            charges=amounts.charges,
            compensation=amounts.compensation,
            currency=amounts.currency,
            count=count,
            reason=Reason((code or "").upper(), text) if code or text else None,
            status=first(own, "Sts/Cd", "Sts", "Sts/Prtry") or "",
            bank_reference=bank_reference,
            account_iban=self._statement.account,
            booked_on=booked_on,
            value_on=day(own, "ValDt"),
            reference=first(detail, "RmtInf/Strd/CdtrRefInf/Ref"),
            remittance=joined(detail, "RmtInf/Ustrd"),
            counterparty=_counterparty(detail, is_credit),
            line=line,
        )

    def _distinct(self, key: str) -> str:
        """Tell apart the n-th of several equal answers that carry no end-to-end id."""
        self._repeats[key] += 1
        times = self._repeats[key]
        return key if times == 1 else answer_key(key, times)


# ------------------------------------------------------------------------------------------------- pieces


@dataclass(slots=True)
class _Amounts:
    booked: Decimal
    original: Decimal | None
    charges: Decimal | None
    compensation: Decimal | None
    currency: str


def _amounts(entry: _Entry, detail: Texts, sole: bool) -> _Amounts:
    """Take booked and original amount, charges and compensation apart.

    A detail without an amount inherits the entry's only if it is the only one. A booked return may exceed what was
    collected by the bank's charge and, for a refund, by interest (AT-R6).
    """
    told = amount(detail, "Amt")
    if told is None:
        told = amount(detail, "AmtDtls/TxAmt/Amt")
    instructed = amount(detail, "AmtDtls/InstdAmt/Amt")
    charges = amount_sum(detail, "Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt")
    compensation = amount_sum(detail, "Intrst/TtlIntrstAndTaxAmt", "Intrst/Rcrd/Amt", "Intrst/Amt")
    if sole:
        booked = entry.amount
        if charges is None:
            charges = amount_sum(entry.texts, "Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt")
    elif told is not None:
        booked = told
    elif instructed is not None:
        booked = instructed
    else:
        raise Misread("One of several details of an entry has no amount.")
    original = instructed
    if original is None:
        extra = (charges or Decimal(0)) + (compensation or Decimal(0))
        original = told if told is not None and told != booked else booked - extra
    if compensation is None and original < booked:
        rest = booked - original - (charges or Decimal(0))
        compensation = rest if rest > 0 else None
    currency = detail.get("Amt@") or detail.get("AmtDtls/TxAmt/Amt@") or entry.texts.get("Amt@", "")
    return _Amounts(booked, original, charges, compensation, currency)


def _kind(entry: _Entry, detail: Texts, is_credit: bool, reason: str | None, of_ours: bool) -> AnswerKind:
    """Decide what happened from reversal mark, reason and bank transaction code; never from the sign alone."""
    if not entry.is_booked:
        return AnswerKind.PENDING
    movement = movement_of(
        _codes(detail, "BkTxCd") or _codes(entry.texts, "BkTxCd"),
        first(detail, "BkTxCd/Prtry/Cd") or first(entry.texts, "BkTxCd/Prtry/Cd") or "",
    )
    is_reversal = entry.texts.get("RvslInd", "").strip() in {"true", "1"}
    if movement is Movement.CHARGE:
        return AnswerKind.CHARGE
    if movement is Movement.CREDITOR_REVERSAL and not reason:
        return AnswerKind.REVERSED
    if reason or movement is Movement.RETURN or (is_reversal and (of_ours or movement is Movement.COLLECTION)):
        if is_credit:
            return AnswerKind.OTHER  # a return of something that we paid
        refund = (reason or "").upper() in _REFUND_REASONS
        return AnswerKind.REFUNDED if refund else AnswerKind.RETURNED
    if is_credit and (of_ours or movement is Movement.COLLECTION):
        return AnswerKind.SETTLED
    return AnswerKind.OTHER


def _codes(texts: Texts, path: str) -> tuple[str, str, str] | None:
    domain = texts.get(f"{path}/Domn/Cd")
    if domain is None:
        return None
    return (
        domain.strip(),
        texts.get(f"{path}/Domn/Fmly/Cd", "").strip(),
        texts.get(f"{path}/Domn/Fmly/SubFmlyCd", "").strip(),
    )


def _creditor_identifier(detail: Texts) -> str | None:
    return first(detail, "RltdPties/Cdtr/Id/PrvtId/Othr/Id", "RltdPties/Cdtr/Pty/Id/PrvtId/Othr/Id")


def _counterparty(detail: Texts, is_credit: bool) -> str:
    # A return is a debit whose debtor is still the customer: banks keep the roles of the collection.
    sides = ("Dbtr", "Cdtr") if is_credit or "Refs/MndtId" in detail else ("Cdtr", "Dbtr")
    for side in sides:
        name = first(detail, f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm")
        if name:
            return name
    return ""


def _unreadable(element: etree._Element, error: Misread) -> Unreadable:
    return Unreadable(
        line_of(element),
        etree.tostring(element, encoding="unicode")[:120],
        str(error),
        "Look this entry up in the bank's own screen and book it by hand; the others were read.",
    )
