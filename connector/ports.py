"""The ports: what an accounting package, a mandate service, a bank channel and a mailer must do.

The docstrings are the contract; the kits in tests/contract check it. Rules for every adapter:

- Two methods are required. What an adapter does not override raises `Unsupported`; `check` lists it.
- Reading never changes anything at the other side. `handled` is called once what was read is stored for good.
- A changing call carries a key. Called again with the same key it completes what is there and returns the same
  answer; it never makes a second one.
- Errors: `Retriable` only if the call surely had no effect; `UnknownOutcome` if it may have had one and the
  answer was lost; `Skippable` for this record alone; `Fatal` if the account, the rights or the address is wrong.
- An unreadable record is a `Fault` in its batch, never an exception and never left out.
- Mailers and mandate services are called from several threads: a pass, and debtors on the signing pages.
- An adapter reads no wall clock and makes no random value: both come from its `Surroundings`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, ClassVar, Generic, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict

from bankfiles.pain008.model import Scheme
from connector.errors import Skippable, Unsupported
from connector.model.customer import Customer, Language, PostalAddress, RecordKey
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import Mandate, MandateEvent, MandateType

Record = TypeVar("Record", covariant=True)


class AdapterSettings(BaseModel):
    """What a person writes in the config for one adapter. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the house gives an adapter.

    Attributes:
        name: name of the source, service, bank or mailer in the config; used in errors and record keys.
        clock: the time now, aware, UTC.
        folder: the installation's folder, against which relative paths of the settings are read.
        database_url: the installation's database, for services that live in it.
        secret: installation secret, from which tokens are derived; never logged.
    """

    name: str
    clock: Callable[[], datetime]
    folder: Path
    database_url: str = ""
    secret: bytes = b""


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that could not be read.

    Attributes:
        record: stable name of the record, e.g. "customers.csv row 7" or "invoice 4711": one fault, one Exception.
        where: file, line, column or field.
    """

    record: str
    where: str
    seen: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Batch(Generic[Record]):
    """Some records with the cursor to store together with them.

    A batch may be of any size; an adapter keeps it small enough to hold in memory (hundreds or thousands).

    Attributes:
        total: of the whole feed, where known: for progress.
        present: the ids of all records that the other side has now, where it was asked for them: what was read
            before and is not among them was deleted there. None if it was not asked.
    """

    records: tuple[Record, ...]
    cursor: str
    faults: tuple[Fault, ...] = ()
    total: int | None = None
    present: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """One finding of `check`: what was tried and how it went."""

    what: str
    ok: bool
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that an administrator asks of an adapter by hand, e.g. to make its fields in the package.

    Attributes:
        name: as typed on the command line, e.g. "install".
        what: one sentence for the help.
        do: does it, safe to repeat; yields what was done or refused.
    """

    name: str
    what: str
    do: Callable[[], Iterator[Probe]]


@dataclass(frozen=True, slots=True)
class Document:
    """A signed document as bytes, e.g. the PDF of a mandate."""

    name: str
    media_type: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class CreditorCard:
    """What a debtor sees of the creditor."""

    name: str
    identifier: str
    address: PostalAddress
    email: str = ""
    phone: str = ""
    logo: Path | None = None
    colour: str = "#1d4ed8"


class Adapter:
    """Common to all ports: how an adapter is made, asked about itself, and closed."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        self.settings = settings
        self.surroundings = surroundings

    @property
    def name(self) -> str:
        """The name that the config gives it."""
        return self.surroundings.name

    def check(self) -> Iterator[Probe]:
        """Try address, rights and settings, changing nothing. Yields at least one probe."""
        yield Probe(f"{self.name}: settings", ok=True)

    def chores(self) -> Sequence[Chore]:
        """What an administrator can ask of it by hand: `sepa-connector <kind> <chore>`."""
        return ()

    def close(self) -> None:
        """Let go of connections. Safe to call twice."""

    def unsupported(self, feature: str) -> NoReturn:
        """Raise `Unsupported` for a feature of the port."""
        raise Unsupported(self.name, feature)

    @classmethod
    def features(cls) -> Mapping[str, bool]:
        """The optional methods of the port, and whether this adapter has them."""
        port = next(base for base in cls.__mro__ if Adapter in base.__bases__)
        return {
            name: getattr(cls, name) is not method
            for name, method in vars(port).items()
            if getattr(method, "__optional__", False)
        }


Method = TypeVar("Method", bound=Callable[..., object])


def optional(method: Method) -> Method:
    """Mark a method of a port that an adapter may leave out."""
    method.__optional__ = True  # type: ignore[attr-defined]
    return method


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


@dataclass(frozen=True, slots=True)
class InvitationRequest:
    """Ask a debtor to sign a mandate.

    Attributes:
        reference: mandate reference, and the key of the invitation.
        expires_at: after this instant the link is dead.
    """

    reference: str
    creditor: CreditorCard
    customer: Customer
    language: Language
    scheme: Scheme
    type: MandateType
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that stands. The link is a secret of the debtor: never stored by the engine, never logged."""

    reference: str
    id: str
    link: str
    expires_at: datetime


class MandateService(Adapter, ABC):
    """Where debtors sign: our own pages, or a hosted service."""

    delivers_invitations: ClassVar[bool] = False
    """True if the service itself sends the link to the debtor; else the engine mails it."""

    @abstractmethod
    def invite(self, request: InvitationRequest) -> Invitation:
        """Prepare a mandate for signing (key: the reference)."""

    @abstractmethod
    def read_events(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """Events since the cursor, oldest first. An event may come again, with the same id."""

    def handled(self, cursor: str) -> None:
        """Events up to this cursor are stored for good."""

    @optional
    def look_up(self, reference: str) -> Invitation | None:
        """The invitation made under this reference, with its link; None if there surely is none."""
        self.unsupported("look_up")

    @optional
    def document(self, reference: str) -> Document:
        """The signed document of a mandate."""
        self.unsupported("document")

    @optional
    def cancel(self, reference: str, reason: str) -> None:
        """Withdraw an invitation or cancel a mandate."""
        self.unsupported("cancel")


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A finished bank file on our disk."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that the bank left for us. `id` is the channel's own; `open` gives its bytes."""

    id: str
    name: str
    open: Callable[[], BinaryIO]


class BankChannel(Adapter, ABC):
    """How files go to and come from one bank."""

    @abstractmethod
    def send(self, file: OutgoingFile) -> str:
        """Hand a file over whole (key: its name). A file of that name with other content is `Fatal`."""

    @abstractmethod
    def fetch(self) -> Iterator[IncomingFile]:
        """Files that wait for us, oldest first. A file that is still being written is not given."""

    def handled(self, file: IncomingFile) -> None:
        """The file is stored for good: move it away or note it, so that it is not given again."""

    @optional
    def look_up(self, name: str, sha256: str) -> str | None:
        """Receipt of a file that was handed over whole; None if it surely was not."""
        self.unsupported("look_up")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. `key` becomes the Message-ID, so that a repeat can be seen as one."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    language: Language | None = None


class Mailer(Adapter, ABC):
    """How mail leaves."""

    @abstractmethod
    def send(self, mail: Mail) -> str:
        """Send a mail. Returns its Message-ID."""

    @abstractmethod
    def message_id(self, key: str) -> str:
        """The Message-ID that a mail with this key bears, without the angle brackets."""

    @optional
    def look_up(self, key: str) -> str | None:
        """Message-ID of a mail that surely left; None if it surely did not."""
        self.unsupported("look_up")
