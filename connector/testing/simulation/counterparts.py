"""The others in a simulated world: the doubles at the far end of the wire, and what they remember for the checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.errors import Fatal, Skippable, UnknownOutcome
from connector.model.customer import Customer, RecordKey
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import MandateEvent
from connector.ports import (
    AdapterSettings,
    Batch,
    Document,
    Feed,
    IncomingFile,
    Invitation,
    InvitationRequest,
    Mail,
    OutgoingFile,
    Payment,
    PaymentReturn,
    Remark,
    SignedMandate,
    Surroundings,
)
from connector.testing.accounting import MemoryPackage
from connector.testing.bank import MemoryBank
from connector.testing.mail import MemoryMailer
from connector.testing.mandates import MemoryMandateService
from connector.testing.simulation.bank_desk import BankDesk
from connector.testing.simulation.wire import Wire


@dataclass
class Account:
    """What a package knows of one invoice, apart from what the connector books: for the checks.

    Attributes:
        otherwise: paid by other ways or credited.
    """

    total: Decimal
    otherwise: Decimal = Decimal(0)


class WiredPackage(MemoryPackage):
    """The package. Money beyond what is open stays on the customer's account: nothing is open below zero."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings, wire: Wire) -> None:
        super().__init__(settings, surroundings)
        self._wire = wire
        self.accounts: dict[str, Account] = {}
        self.booked: list[Payment | PaymentReturn] = []
        self.known_events: dict[str, int] = {}  # moment at which the connector said that it has them

    def post(self, invoice: Invoice, otherwise: Decimal = Decimal(0)) -> None:
        """Post or change an invoice; what was paid or credited otherwise comes on top of what was before."""
        account = self.accounts.setdefault(invoice.key.id, Account(invoice.total))
        account.total = invoice.total
        account.otherwise += otherwise
        self.put_invoice(replace(invoice, open_amount=self._still_open(invoice.key)))

    def open_invoices(self) -> list[Invoice]:
        """All invoices of which something is open."""
        return [one for _, one in self._invoices.records.values() if one.open_amount > 0]

    def all_invoices(self) -> list[Invoice]:
        """All invoices and credit notes."""
        return [one for _, one in self._invoices.records.values()]

    def all_customers(self) -> list[Customer]:
        """All customers."""
        return [one for _, one in self._customers.records.values()]

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        """Over the wire."""
        yield from self._wire.read(self.name, f"read_customers {cursor}", lambda: list(self._customers.batches(cursor)))

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        """Over the wire."""
        yield from self._wire.read(self.name, f"read_invoices {cursor}", lambda: list(self._invoices.batches(cursor)))

    def read_mandates(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """Over the wire. Asking from a cursor says that all before it is stored."""
        self._note_known(cursor)
        batches = super().read_mandates(cursor)
        yield from self._wire.read(self.name, f"read_mandates {cursor}", lambda: list(batches))

    def handled(self, feed: Feed, cursor: str) -> None:
        """Note what the connector says that it has."""
        self._wire.tick(after=False)
        if feed is Feed.MANDATES:
            self._note_known(cursor)

    def store_mandates(self, signed: Sequence[SignedMandate]) -> Iterator[str | Skippable]:
        """Over the wire; the connection may break between two answers."""
        names = ", ".join(f"{one.mandate.reference} {one.mandate.state}" for one in signed)
        answers = self._wire.change(
            self.name, f"store_mandates {names}", lambda: list(super(WiredPackage, self).store_mandates(signed))
        )
        for number, answer in enumerate(answers):
            if number and self._wire.broken_off():
                raise UnknownOutcome(f"{self.name} stopped answering.", where=self.name)
            yield answer

    def register_payment(self, payment: Payment) -> str:
        """Over the wire."""

        def book() -> str:
            if payment.key not in self.payments:
                self.booked.append(payment)
            return super(WiredPackage, self).register_payment(payment)

        return self._wire.change(self.name, f"register_payment {payment.key} {payment.amount}", book)

    def register_return(self, returned: PaymentReturn) -> str:
        """Over the wire."""

        def book() -> str:
            if returned.key not in self.returns and returned.payment in self.payments:
                self.booked.append(returned)
            return super(WiredPackage, self).register_return(returned)

        return self._wire.change(self.name, f"register_return {returned.key} {returned.amount}", book)

    def show(self, remark: Remark) -> str:
        """Over the wire."""
        return self._wire.change(
            self.name, f"show {remark.key} {remark.open}", lambda: super(WiredPackage, self).show(remark)
        )

    def look_up(self, kind: EffectKind, key: str) -> str | None:
        """Over the wire."""
        return self._wire.read(self.name, f"look_up {key}", lambda: super(WiredPackage, self).look_up(kind, key))

    def _note_known(self, cursor: str) -> None:
        for event in self.mandate_events[: int(cursor or 0)]:
            self.known_events.setdefault(event.id, self._wire.trace.moment)

    def _move_open_amount(self, key: RecordKey, by: Decimal) -> None:  # noqa: ARG002  told by what is booked
        super()._move_open_amount(key, Decimal(0))  # refuses an invoice that it does not know
        invoice = self._invoices.records[key][1]
        self.put_invoice(replace(invoice, open_amount=self._still_open(key)))

    def _still_open(self, key: RecordKey) -> Decimal:
        account = self.accounts[key.id]
        booked = sum(
            (
                one.amount if isinstance(one, PaymentReturn) else -one.amount
                for one in self.booked
                if one.invoice == key
            ),
            Decimal(0),
        )
        return max(Decimal(0), account.total - account.otherwise + booked)


class WiredService(MemoryMandateService):
    """The mandate service."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings, wire: Wire) -> None:
        super().__init__(settings, surroundings)
        self._wire = wire
        self.known_events: dict[str, int] = {}  # moment at which the connector said that it has them

    def invite(self, request: InvitationRequest) -> Invitation:
        """Over the wire."""
        return self._wire.change(
            self.name, f"invite {request.reference}", lambda: super(WiredService, self).invite(request)
        )

    def look_up(self, reference: str) -> Invitation | None:
        """Over the wire."""
        return self._wire.read(self.name, f"look_up {reference}", lambda: super(WiredService, self).look_up(reference))

    def read_events(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """Over the wire; now and then events come again. Asking from a cursor says that all before it is stored."""
        self._note_known(cursor)
        again = self._wire.chance.number(0, 2)
        start = str(max(0, int(cursor or 0) - again))
        yield from self._wire.read(
            self.name, f"read_events {cursor}", lambda: list(super(WiredService, self).read_events(start))
        )

    def handled(self, cursor: str) -> None:
        """Note what the connector says that it has."""
        self._wire.tick(after=False)
        self._note_known(cursor)

    def cancel(self, reference: str, reason: str) -> None:
        """Over the wire."""
        self._wire.change(self.name, f"cancel {reference}", lambda: super(WiredService, self).cancel(reference, reason))

    def document(self, reference: str) -> Document:
        """Over the wire."""
        return self._wire.read(
            self.name, f"document {reference}", lambda: super(WiredService, self).document(reference)
        )

    def _note_known(self, cursor: str) -> None:
        for event in self.events[: int(cursor or 0)]:
            self.known_events.setdefault(event.id, self._wire.trace.moment)


class WiredMailer(MemoryMailer):
    """The mailer. A mail that is sent twice is two mails, so the wire never doubles one nor brings it late."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings, wire: Wire) -> None:
        super().__init__(settings, surroundings)
        self._wire = wire

    def send(self, mail: Mail) -> str:
        """Over the wire."""
        return self._wire.change(
            self.name,
            f"send {mail.key} to {mail.to}",
            lambda: super(WiredMailer, self).send(mail),
            repeatable=False,
            late=False,
        )

    def look_up(self, key: str) -> str | None:
        """Over the wire."""
        return self._wire.read(self.name, f"look_up {key}", lambda: super(WiredMailer, self).look_up(key))


class WiredBank(MemoryBank):
    """The bank's channel. A file may arrive by half; only a whole one is taken in, at once."""

    def __init__(
        self,
        settings: AdapterSettings,
        surroundings: Surroundings,
        wire: Wire,
        desk: BankDesk,
    ) -> None:
        super().__init__(settings, surroundings)
        self._wire = wire
        self._desk = desk

    def send(self, file: OutgoingFile) -> str:
        """Over the wire. What is late is what was on its way, not what the file has become since."""
        content = file.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise Fatal(f"The file {file.name} is not what was written.", where=str(file.path))
        if self._wire.broken_off():
            self._wire.trace.note(self.name, f"send {file.name}", "half of it arrived")
            raise UnknownOutcome("The connection broke.", where=self.name)

        def take() -> str:
            known = self.received.get(file.name)
            if known is None:
                self.received[file.name] = content
                self._desk.take_in(file.name, content)
            elif known != content:
                raise Fatal(f"The bank has another file named {file.name}.", where=self.name)
            return file.name

        return self._wire.change(self.name, f"send {file.name} {file.sha256[:12]}", take)

    def look_up(self, name: str, sha256: str) -> str | None:
        """Over the wire."""
        return self._wire.read(self.name, f"look_up {name}", lambda: super(WiredBank, self).look_up(name, sha256))

    def fetch(self) -> Iterator[IncomingFile]:
        """Over the wire."""
        for file in self._wire.read(self.name, "fetch", lambda: list(super(WiredBank, self).fetch())):
            self._desk.given(file.name)
            yield file

    def handled(self, file: IncomingFile) -> None:
        """The connector has it; unless it dies before it says so, it is not given again."""
        self._wire.tick(after=False)
        self._desk.handled(file.name)
        super().handled(file)
