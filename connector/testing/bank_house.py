"""A bank that answers: takes pain.008 files as strictly as a real one, and writes pain.002 and camt.053.

For every collection it follows a fate that the caller gives by end-to-end id; without one the debtor pays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from io import BytesIO

from lxml import etree

from bankfiles.identifiers import is_iban

_PAIN002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
_CAMT053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


class Fate(Enum):
    """What becomes of a collection."""

    PAID = "paid"
    REJECTED = "rejected"  # before settlement, told in the pain.002
    RETURNED = "returned"  # paid first, taken back on a later statement


@dataclass(frozen=True, slots=True)
class Told:
    """A fate with its reason code, e.g. AM04."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One collection that the bank took in."""

    message_id: str
    batch_id: str
    end_to_end_id: str
    mandate_reference: str
    amount: Decimal
    collection_date: date
    debtor_name: str
    creditor_iban: str


class Refused(ValueError):
    """The bank does not take this file."""


class BankHouse:
    """Keeps what it took in, and answers."""

    def __init__(self, fate_of: Callable[[Order], Told]) -> None:
        self._fate_of = fate_of
        self._orders: dict[str, Order] = {}
        self._messages: set[str] = set()
        self._statements = 0

    @property
    def orders(self) -> Sequence[Order]:
        """All collections taken in."""
        return list(self._orders.values())

    def take(self, pain008: bytes, at: datetime) -> bytes:
        """Take a file in. Returns the pain.002 about it.

        Raises:
            Refused: not a file, a message or collection that was handed in before, a wrong total or IBAN.
        """
        orders = list(_orders(pain008))
        message_id = orders[0].message_id
        if message_id in self._messages:
            raise Refused(f"Message {message_id} was handed in before.")
        for order in orders:
            if order.end_to_end_id in self._orders:
                raise Refused(f"Collection {order.end_to_end_id} was handed in before.")
        self._messages.add(message_id)
        self._orders |= {order.end_to_end_id: order for order in orders}
        return self._status_report(message_id, orders, at)

    def statement(self, day: date, at: datetime) -> bytes | None:
        """The camt.053 of collections due on a day; None if there are none."""
        due = [
            order
            for order in self._orders.values()
            if order.collection_date == day and self._fate_of(order).fate is not Fate.REJECTED
        ]
        return self._statement(day, at, due, returned=()) if due else None

    def returns(self, day: date, at: datetime) -> bytes | None:
        """The camt.053 that takes back what is to be returned; None if there is nothing."""
        back = [order for order in self._orders.values() if self._fate_of(order).fate is Fate.RETURNED]
        return self._statement(day, at, (), returned=back) if back else None

    def _status_report(self, message_id: str, orders: Sequence[Order], at: datetime) -> bytes:
        rejected = [order for order in orders if self._fate_of(order).fate is Fate.REJECTED]
        root, report = _document(_PAIN002, "CstmrPmtStsRpt")
        header = _add(report, "GrpHdr")
        _add(header, "MsgId", f"STS-{message_id}")
        _add(header, "CreDtTm", _instant(at))
        original = _add(report, "OrgnlGrpInfAndSts")
        _add(original, "OrgnlMsgId", message_id)
        _add(original, "OrgnlMsgNmId", "pain.008.001.08")
        _add(original, "GrpSts", "PART" if rejected else "ACCP")
        for batch_id in dict.fromkeys(order.batch_id for order in orders):
            batch = _add(report, "OrgnlPmtInfAndSts")
            _add(batch, "OrgnlPmtInfId", batch_id)
            for order in orders:
                if order.batch_id == batch_id:
                    self._transaction_status(batch, order)
        return _bytes(root)

    def _transaction_status(self, batch: etree._Element, order: Order) -> None:
        told = self._fate_of(order)
        status = _add(batch, "TxInfAndSts")
        _add(status, "OrgnlEndToEndId", order.end_to_end_id)
        _add(status, "TxSts", "RJCT" if told.fate is Fate.REJECTED else "ACCP")
        if told.fate is Fate.REJECTED:
            _add(_add(_add(status, "StsRsnInf"), "Rsn"), "Cd", told.reason)

    def _statement(self, day: date, at: datetime, due: Sequence[Order], returned: Sequence[Order]) -> bytes:
        self._statements += 1
        root, report = _document(_CAMT053, "BkToCstmrStmt")
        header = _add(report, "GrpHdr")
        _add(header, "MsgId", f"STM-{self._statements:05}")
        _add(header, "CreDtTm", _instant(at))
        statement = _add(report, "Stmt")
        _add(statement, "Id", f"STM-{day:%Y%m%d}-{self._statements}")
        _add(statement, "CreDtTm", _instant(at))
        account = (*due, *returned)[0].creditor_iban
        _add(_add(_add(statement, "Acct"), "Id"), "IBAN", account)
        amount = sum((order.amount for order in due), Decimal(0)) - sum(
            (order.amount for order in returned), Decimal(0)
        )
        _balance(statement, "OPBD", Decimal(0), day)
        _balance(statement, "CLBD", amount, day)
        for batch_id in dict.fromkeys(order.batch_id for order in due):
            _batch_entry(statement, [order for order in due if order.batch_id == batch_id], day)
        for order in returned:
            _return_entry(statement, order, self._fate_of(order).reason, day)
        return _bytes(root)


def _batch_entry(statement: etree._Element, orders: Sequence[Order], day: date) -> None:
    """One credit for a batch, with its collections as details."""
    total = sum((order.amount for order in orders), Decimal(0))
    entry = _entry(statement, total, "CRDT", day, f"B{orders[0].batch_id}", "IDDT", "ESDD")
    details = _add(entry, "NtryDtls")
    batch = _add(details, "Btch")
    _add(batch, "MsgId", orders[0].message_id)
    _add(batch, "PmtInfId", orders[0].batch_id)
    _add(batch, "NbOfTxs", str(len(orders)))
    for order in orders:
        _transaction(details, order, "CRDT")


def _return_entry(statement: etree._Element, order: Order, reason: str, day: date) -> None:
    """One debit that takes a collection back."""
    entry = _entry(statement, order.amount, "DBIT", day, f"R{order.end_to_end_id}"[:35], "IDDT", "UPDD")
    transaction = _transaction(_add(entry, "NtryDtls"), order, "DBIT")
    _add(_add(_add(transaction, "RtrInf"), "Rsn"), "Cd", reason)


def _entry(
    statement: etree._Element,
    amount: Decimal,
    direction: str,
    day: date,
    reference: str,
    family: str,
    sub_family: str,
) -> etree._Element:
    entry = _add(statement, "Ntry")
    _add(entry, "Amt", f"{amount:.2f}").set("Ccy", "EUR")
    _add(entry, "CdtDbtInd", direction)
    _add(_add(entry, "Sts"), "Cd", "BOOK")
    _add(_add(entry, "BookgDt"), "Dt", day.isoformat())
    _add(_add(entry, "ValDt"), "Dt", day.isoformat())
    _add(entry, "AcctSvcrRef", reference)
    domain = _add(_add(entry, "BkTxCd"), "Domn")
    _add(domain, "Cd", "PMNT")
    code = _add(domain, "Fmly")
    _add(code, "Cd", family)
    _add(code, "SubFmlyCd", sub_family)
    return entry


def _transaction(details: etree._Element, order: Order, direction: str) -> etree._Element:
    transaction = _add(details, "TxDtls")
    references = _add(transaction, "Refs")
    _add(references, "EndToEndId", order.end_to_end_id)
    _add(references, "MndtId", order.mandate_reference)
    _add(transaction, "Amt", f"{order.amount:.2f}").set("Ccy", "EUR")
    _add(transaction, "CdtDbtInd", direction)
    party = _add(_add(_add(transaction, "RltdPties"), "Dbtr"), "Pty")
    _add(party, "Nm", order.debtor_name)
    return transaction


def _balance(statement: etree._Element, kind: str, amount: Decimal, day: date) -> None:
    balance = _add(statement, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", kind)
    _add(balance, "Amt", f"{abs(amount):.2f}").set("Ccy", "EUR")
    _add(balance, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")
    _add(_add(balance, "Dt"), "Dt", day.isoformat())


def _orders(pain008: bytes) -> Iterator[Order]:
    """Read a pain.008 and check what a bank's front door checks: totals, accounts."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.parse(BytesIO(pain008), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise Refused(f"Not a readable file: {error}.") from error
    ns = {"p": etree.QName(root).namespace or ""}

    def text(node: etree._Element, path: str) -> str:
        return str(node.findtext(path, default="", namespaces=ns))

    header = root.find(".//p:GrpHdr", ns)
    transactions = root.findall(".//p:DrctDbtTxInf", ns)
    if header is None or not transactions:
        raise Refused("The file holds no collection.")
    total = sum((Decimal(text(node, "p:InstdAmt")) for node in transactions), Decimal(0))
    if text(header, "p:NbOfTxs") != str(len(transactions)) or Decimal(text(header, "p:CtrlSum")) != total:
        raise Refused("Number or sum of the file does not fit its collections.")
    for batch in root.findall(".//p:PmtInf", ns):
        for node in batch.findall("p:DrctDbtTxInf", ns):
            if not is_iban(text(node, "p:DbtrAcct/p:Id/p:IBAN")):
                raise Refused("A debtor's account can't exist.")
            yield Order(
                message_id=text(header, "p:MsgId"),
                batch_id=text(batch, "p:PmtInfId"),
                end_to_end_id=text(node, "p:PmtId/p:EndToEndId"),
                mandate_reference=text(node, "p:DrctDbtTx/p:MndtRltdInf/p:MndtId"),
                amount=Decimal(text(node, "p:InstdAmt")),
                collection_date=date.fromisoformat(text(batch, "p:ReqdColltnDt")),
                debtor_name=text(node, "p:Dbtr/p:Nm"),
                creditor_iban=text(batch, "p:CdtrAcct/p:Id/p:IBAN"),
            )


def _document(namespace: str, message: str) -> tuple[etree._Element, etree._Element]:
    names: dict[str | None, str] = {None: namespace}
    root = etree.Element(etree.QName(namespace, "Document"), nsmap=names)  # type: ignore[arg-type]
    return root, _add(root, message)


def _add(parent: etree._Element, tag: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, etree.QName(etree.QName(parent).namespace, tag))
    child.text = text
    return child


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
