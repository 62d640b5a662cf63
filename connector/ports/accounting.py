"""The port of an accounting package, and what goes through it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from connector.errors import Skippable
from connector.model.customer import Customer, RecordKey
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import Mandate, MandateEvent
from connector.ports.adapter import Adapter, Batch, Document, optional


class Feed(StrEnum):
    """What is read with a cursor of its own."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    MANDATES = "mandates"  # what users did to mandates in the package
    MANDATE_EVENTS = "mandate_events"  # what debtors did at the mandate service


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived for one invoice: book it as paid.

    Attributes:
        key: end-to-end id and part; the same for ever.
        batch_id: payment information id under which the bank credits it; "" if not known.
    """

    key: str
    customer: RecordKey
    invoice: RecordKey
    invoice_number: str
    amount: Decimal
    paid_on: date
    mandate_reference: str
    end_to_end_id: str
    bank_reference: str
    batch_id: str = ""


@dataclass(frozen=True, slots=True)
class PaymentReturn:
    """A payment that was booked and then taken back: open the invoice again.

    Attributes:
        key: of the return.
        payment: key of the payment that is undone.
        payment_id: what `register_payment` returned for it.
        charges: what the bank kept for it, apart from the amount; None if not told.
    """

    key: str
    payment: str
    payment_id: str
    customer: RecordKey
    invoice: RecordKey
    invoice_number: str
    amount: Decimal
    returned_on: date
    reason_code: str
    reason_text: str
    end_to_end_id: str
    charges: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SignedMandate:
    """A mandate as it stands now, with its signed document if there is one."""

    mandate: Mandate
    document: Document | None = None


def one_by_one(signed: Sequence[SignedMandate], store: Callable[[SignedMandate], str]) -> Iterator[str | Skippable]:
    """`store_mandates` of a package that takes one mandate at a time."""
    for one in signed:
        try:
            yield store(one)
        except Skippable as refused:
            yield refused


class RemarkKind(StrEnum):
    """What a remark tells the users of the package."""

    COLLECTION = "collection"  # the invoice will be collected on a date, under a mandate
    ATTENTION = "attention"  # a person has to do something


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the users of the package see on one of its records.

    Attributes:
        key: what the remark is, the same for ever; it is opened once and closed once.
        feed: CUSTOMERS or INVOICES: what `on` is.
        title, text: for a person, in the language of the finance users; plain text.
        open: True to show it, False to take it away: the collection was withdrawn or ended, the matter is solved.
        mandate_reference, collection_date, amount: of a planned collection.
    """

    key: str
    kind: RemarkKind
    feed: Feed
    on: RecordKey
    title: str
    text: str
    open: bool
    mandate_reference: str = ""
    collection_date: date | None = None
    amount: Decimal | None = None


class AccountingPackage(Adapter, ABC):
    """One company in one accounting package."""

    @abstractmethod
    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        """Customers created or changed since the cursor ("" = all), oldest change first.

        A record may come again; it must never be missed. The batch's cursor is opaque to the engine.
        """

    @abstractmethod
    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        """Posted invoices and credit notes created or changed since the cursor, paid ones included.

        An invoice that was paid, credited or cancelled comes with its new open amount.
        """

    def handled(self, feed: Feed, cursor: str) -> None:
        """What was read up to this cursor is stored for good. A folder may move its files to done/."""

    @optional
    def read_mandates(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """What users did to mandates in the package since the cursor: cancelled, suspended, resumed, or amended.

        Our own writing may come back as an event; the engine sees that it changes nothing. An event's id is the same
        each time it is read.
        """
        self.unsupported("read_mandates")

    @optional
    def store_mandates(self, signed: Sequence[SignedMandate]) -> Iterator[str | Skippable]:
        """Make the package show these mandates as they stand now (key: the reference), with their documents.

        Called again for a mandate, it brings state and account up to date and changes nothing else; a document that
        is there is not stored twice. Answers one by one, in the order given: the package's id of it, or why this one
        alone can't be stored. An error raised on the way stands for all that were not answered yet.
        """
        self.unsupported("store_mandates")

    @optional
    def register_payment(self, payment: Payment) -> str:
        """Book a payment (key: `payment.key`) on its invoice. Returns the package's id of it."""
        self.unsupported("register_payment")

    @optional
    def register_return(self, returned: PaymentReturn) -> str:
        """Undo a payment (key: `returned.key`), so that the invoice is open again. Returns an id."""
        self.unsupported("register_return")

    @optional
    def show(self, remark: Remark) -> str:
        """Show a remark on its record, or take it away (key: `remark.key` and `remark.open`). Returns an id."""
        self.unsupported("show")

    @optional
    def look_up(self, kind: EffectKind, key: str) -> str | None:
        """Id of a change that was completed under this key; None if it surely was not.

        The key is a mandate's reference, a payment's or a return's key, or a remark's key followed by "/open" or
        "/closed".
        """
        self.unsupported("look_up")
