"""A bank that answers: takes pain.008 files as strictly as a real one, and writes pain.002 and camt.053.

For every collection it follows a fate that the caller gives by end-to-end id; without one the debtor pays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from io import BytesIO

from lxml import etree

from bankfiles.identifiers import is_iban
from connector.testing.bank_messages import Detail, Entry, Report, Status, account_report, status_report


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
    """One collection that the bank took in. `new_account`: it says that the mandate was for another account before."""

    message_id: str
    batch_id: str
    end_to_end_id: str
    mandate_reference: str
    amount: Decimal
    collection_date: date
    debtor_name: str
    creditor_iban: str
    debtor_iban: str = ""
    sequence_type: str = ""
    remittance: str = ""
    new_account: bool = False


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
        orders = list(orders_of(pain008))
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
        return self._statement(day, at, batch_entries(due, day), due[0].creditor_iban) if due else None

    def returns(self, day: date, at: datetime) -> bytes | None:
        """The camt.053 that takes back what is to be returned; None if there is nothing."""
        back = [order for order in self._orders.values() if self._fate_of(order).fate is Fate.RETURNED]
        entries = [return_entry(order, self._fate_of(order).reason, day) for order in back]
        return self._statement(day, at, entries, back[0].creditor_iban) if back else None

    def _status_report(self, message_id: str, orders: Sequence[Order], at: datetime) -> bytes:
        told = [(order, self._fate_of(order)) for order in orders]
        statuses = [
            Status(order.batch_id, order.end_to_end_id, "RJCT", one.reason)
            if one.fate is Fate.REJECTED
            else Status(order.batch_id, order.end_to_end_id, "ACCP")
            for order, one in told
        ]
        group = "PART" if any(one.fate is Fate.REJECTED for _, one in told) else "ACCP"
        return status_report(message_id, f"STS-{message_id}", statuses, at, group)

    def _statement(self, day: date, at: datetime, entries: Sequence[Entry], account: str) -> bytes:
        self._statements += 1
        name = f"STM-{day:%Y%m%d}-{self._statements}"
        return account_report(Report.STATEMENT, name, account, day, entries, at)


def batch_entries(orders: Iterable[Order], day: date) -> list[Entry]:
    """One credit for each batch, with its collections as details."""
    batches: dict[tuple[str, str], list[Order]] = {}
    for order in orders:
        batches.setdefault((order.message_id, order.batch_id), []).append(order)
    return [
        Entry(
            amount=sum((order.amount for order in of_batch), Decimal(0)),
            debit=False,
            day=day,
            reference=f"B{batch[1]}",
            details=tuple(_detail(order) for order in of_batch),
            batch=batch,
        )
        for batch, of_batch in batches.items()
    ]


def return_entry(order: Order, reason: str, day: date) -> Entry:
    """One debit that takes a collection back."""
    reference = f"R{order.end_to_end_id}"[:35]
    return Entry(order.amount, True, day, reference, ("IDDT", "UPDD"), (_detail(order),), reason=reason)


def _detail(order: Order) -> Detail:
    return Detail(order.amount, order.end_to_end_id, order.mandate_reference, order.debtor_name)


def orders_of(pain008: bytes) -> Iterator[Order]:
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
                debtor_iban=text(node, "p:DbtrAcct/p:Id/p:IBAN"),
                sequence_type=text(batch, "p:PmtTpInf/p:SeqTp"),
                remittance=text(node, "p:RmtInf/p:Ustrd") or text(node, "p:RmtInf/p:Strd/p:CdtrRefInf/p:Ref"),
                new_account=text(node, "p:DrctDbtTx/p:MndtRltdInf/p:AmdmntInd") == "true",
            )
