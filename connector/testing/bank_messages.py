"""The messages that a bank writes: pain.002, and camt.052, 053 and 054 out of the same entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from lxml import etree

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(frozen=True, slots=True)
class Status:
    """What a pain.002 says of one collection, or of a whole batch if it names none."""

    batch_id: str
    end_to_end_id: str
    word: str  # ACCP, RJCT, ...
    reason: str = ""


def status_report(message_id: str, name: str, statuses: Sequence[Status], at: datetime, group: str = "") -> bytes:
    """A pain.002 about one of our files.

    Args:
        message_id: of our file; `name` is the report's own.
        group: the word for the whole file, if there is one; its reason is that of a status without batch.
    """
    root, report = _document("pain.002.001.10", "CstmrPmtStsRpt")
    header = _add(report, "GrpHdr")
    _add(header, "MsgId", name)
    _add(header, "CreDtTm", _instant(at))
    original = _add(report, "OrgnlGrpInfAndSts")
    _add(original, "OrgnlMsgId", message_id)
    _add(original, "OrgnlMsgNmId", "pain.008.001.08")
    if group:
        _add(original, "GrpSts", group)
    for status in statuses:
        if not status.batch_id:
            _reason(original, status.reason)
    for batch_id in dict.fromkeys(status.batch_id for status in statuses if status.batch_id):
        batch = _add(report, "OrgnlPmtInfAndSts")
        _add(batch, "OrgnlPmtInfId", batch_id)
        for status in statuses:
            if status.batch_id == batch_id:
                _transaction_status(batch, status)
    return _bytes(root)


class Report(Enum):
    """A message about an account: its number, and the names of its two outer elements."""

    INTRADAY = ("camt.052.001.08", "BkToCstmrAcctRpt", "Rpt")
    STATEMENT = ("camt.053.001.08", "BkToCstmrStmt", "Stmt")
    NOTIFICATION = ("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn")


@dataclass(frozen=True, slots=True)
class Detail:
    """One transaction within an entry. Without an end-to-end id the bank writes NOTPROVIDED."""

    amount: Decimal
    end_to_end_id: str = ""
    mandate_reference: str = ""
    debtor_name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of the account.

    Attributes:
        reference: the bank's own, the same in all messages that tell this entry.
        code: family and sub-family of the movement: IDDT ESDD is a collection, IDDT UPDD its return.
        batch: message id and batch id of the file whose batch was credited in one amount, if it was.
        count: how many collections that amount holds.
        reason: why money went back.
    """

    amount: Decimal
    debit: bool
    day: date
    reference: str
    code: tuple[str, str] = ("IDDT", "ESDD")
    details: tuple[Detail, ...] = ()
    batch: tuple[str, str] | None = None
    count: int = 0
    reason: str = ""
    status: str = "BOOK"


def account_report(kind: Report, name: str, account: str, day: date, entries: Sequence[Entry], at: datetime) -> bytes:
    """A camt message about entries of one day; a statement comes with its balances."""
    message, outer, inner = kind.value
    root, document = _document(message, outer)
    header = _add(document, "GrpHdr")
    _add(header, "MsgId", name)
    _add(header, "CreDtTm", _instant(at))
    report = _add(document, inner)
    _add(report, "Id", name)
    _add(report, "CreDtTm", _instant(at))
    _add(_add(_add(report, "Acct"), "Id"), "IBAN", account)
    if kind is Report.STATEMENT:
        moved = sum((-entry.amount if entry.debit else entry.amount for entry in entries), Decimal(0))
        _balance(report, "OPBD", Decimal(0), day)
        _balance(report, "CLBD", moved, day)
    for entry in entries:
        _entry(report, entry)
    return _bytes(root)


def _transaction_status(batch: etree._Element, status: Status) -> None:
    if not status.end_to_end_id:
        _add(batch, "PmtInfSts", status.word)
        _reason(batch, status.reason)
        return
    told = _add(batch, "TxInfAndSts")
    _add(told, "OrgnlEndToEndId", status.end_to_end_id)
    _add(told, "TxSts", status.word)
    _reason(told, status.reason)


def _reason(parent: etree._Element, code: str) -> None:
    if code:
        _add(_add(_add(parent, "StsRsnInf"), "Rsn"), "Cd", code)


def _entry(report: etree._Element, entry: Entry) -> None:
    element = _add(report, "Ntry")
    _add(element, "Amt", f"{entry.amount:.2f}").set("Ccy", "EUR")
    _add(element, "CdtDbtInd", _side(entry))
    _add(_add(element, "Sts"), "Cd", entry.status)
    _add(_add(element, "BookgDt"), "Dt", entry.day.isoformat())
    _add(_add(element, "ValDt"), "Dt", entry.day.isoformat())
    _add(element, "AcctSvcrRef", entry.reference)
    domain = _add(_add(element, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    family, sub_family = entry.code
    code = _add(domain, "Fmly")
    _add(code, "Cd", family)
    _add(code, "SubFmlyCd", sub_family)
    details = _add(element, "NtryDtls")
    if entry.batch:
        batch = _add(details, "Btch")
        _add(batch, "MsgId", entry.batch[0])
        _add(batch, "PmtInfId", entry.batch[1])
        _add(batch, "NbOfTxs", str(entry.count or len(entry.details)))
    for detail in entry.details:
        _detail(details, entry, detail)


def _detail(details: etree._Element, entry: Entry, detail: Detail) -> None:
    transaction = _add(details, "TxDtls")
    references = _add(transaction, "Refs")
    _add(references, "EndToEndId", detail.end_to_end_id or "NOTPROVIDED")
    if detail.mandate_reference:
        _add(references, "MndtId", detail.mandate_reference)
    _add(transaction, "Amt", f"{detail.amount:.2f}").set("Ccy", "EUR")
    _add(transaction, "CdtDbtInd", _side(entry))
    if detail.debtor_name:
        party = _add(_add(_add(transaction, "RltdPties"), "Dbtr"), "Pty")
        _add(party, "Nm", detail.debtor_name)
    if entry.reason:
        _add(_add(_add(transaction, "RtrInf"), "Rsn"), "Cd", entry.reason)


def _side(entry: Entry) -> str:
    return "DBIT" if entry.debit else "CRDT"


def _balance(report: etree._Element, kind: str, amount: Decimal, day: date) -> None:
    balance = _add(report, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", kind)
    _add(balance, "Amt", f"{abs(amount):.2f}").set("Ccy", "EUR")
    _add(balance, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")
    _add(_add(balance, "Dt"), "Dt", day.isoformat())


def _document(message: str, outer: str) -> tuple[etree._Element, etree._Element]:
    namespace = _NAMESPACE + message
    names: dict[str | None, str] = {None: namespace}
    root = etree.Element(etree.QName(namespace, "Document"), nsmap=names)  # type: ignore[arg-type]
    return root, _add(root, outer)


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    namespace = str(parent.tag).partition("}")[0]
    child = etree.SubElement(parent, f"{namespace}}}{tag}")
    child.text = text
    return child


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
