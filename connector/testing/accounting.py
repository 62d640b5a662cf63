"""An accounting package in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Generic, TypeVar

from connector.errors import Skippable
from connector.model.customer import Customer, RecordKey
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import MandateEvent, MandateEventKind
from connector.ports import (
    AccountingPackage,
    AdapterSettings,
    Batch,
    Fault,
    Payment,
    PaymentReturn,
    Remark,
    SignedMandate,
    Surroundings,
    one_by_one,
)
from connector.testing.trouble import Trouble

_PAGE = 100
_OPEN, _CLOSED = "open", "closed"
Record = TypeVar("Record", Customer, Invoice)


class _Table(Generic[Record]):
    """Records with the revision at which each last changed: the cursor is a revision."""

    def __init__(self) -> None:
        self.records: dict[RecordKey, tuple[int, Record]] = {}
        self.faults: list[tuple[int, Fault]] = []
        self.revision = 0
        self.deleted_at = 0

    def put(self, record: Record) -> None:
        self.revision += 1
        self.records[record.key] = (self.revision, record)

    def put_fault(self, fault: Fault) -> None:
        self.revision += 1
        self.faults.append((self.revision, fault))

    def delete(self, key: RecordKey) -> None:
        self.revision += 1
        self.deleted_at = self.revision
        del self.records[key]

    def batches(self, cursor: str) -> Iterator[Batch[Record]]:
        since = int(cursor or 0)
        changes: list[tuple[int, Record | Fault]] = [(at, one) for at, one in self.records.values() if at > since]
        changes.extend((at, fault) for at, fault in self.faults if at > since)
        changes.sort(key=lambda change: change[0])
        for start in range(0, len(changes), _PAGE):
            page = changes[start : start + _PAGE]
            yield Batch(
                records=tuple(one for _, one in page if not isinstance(one, Fault)),
                faults=tuple(one for _, one in page if isinstance(one, Fault)),
                cursor=str(page[-1][0]),
                total=len(changes),
            )
        if self.deleted_at > since:
            present = frozenset(key.id for key in self.records)
            yield Batch((), cursor=str(self.revision), total=len(changes), present=present)


class MemoryPackage(AccountingPackage):
    """Keeps customers and invoices, and books payments as a real package does: open amounts follow."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        self._customers: _Table[Customer] = _Table()
        self._invoices: _Table[Invoice] = _Table()
        self.mandates: dict[str, SignedMandate] = {}
        self.payments: dict[str, Payment] = {}
        self.returns: dict[str, PaymentReturn] = {}
        self.remarks: dict[str, Remark] = {}
        self.mandate_events: list[MandateEvent] = []
        self.trouble = Trouble()

    def put_customer(self, customer: Customer) -> None:
        """Create or change a customer."""
        self._customers.put(customer)

    def put_invoice(self, invoice: Invoice) -> None:
        """Post or change an invoice."""
        self._invoices.put(invoice)

    def put_fault(self, fault: Fault) -> None:
        """Keep a customer record that can't be read."""
        self._customers.put_fault(fault)

    def delete_customer(self, id_: str) -> None:
        """Delete a customer."""
        self._customers.delete(RecordKey(self.name, id_))

    def delete_invoice(self, id_: str) -> None:
        """Delete an invoice."""
        self._invoices.delete(RecordKey(self.name, id_))

    def change_mandate(self, reference: str, kind: MandateEventKind, iban: str | None = None) -> None:
        """A user cancels, suspends, resumes or amends a mandate."""
        number = len(self.mandate_events) + 1
        raw = f"{kind} {reference}"
        self.mandate_events.append(MandateEvent(str(number), kind, reference, iban=iban, reason="by a user", raw=raw))

    def invoice(self, number: str) -> Invoice:
        """The invoice with this id."""
        return self._invoices.records[RecordKey(self.name, number)][1]

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        """Customers changed since the cursor."""
        yield from self.trouble.around("read_customers", lambda: self._customers.batches(cursor))

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        """Invoices changed since the cursor."""
        yield from self.trouble.around("read_invoices", lambda: self._invoices.batches(cursor))

    def read_mandates(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """What users did since the cursor, which is how many events were read."""
        start = int(cursor or 0)
        events = self.trouble.around("read_mandates", lambda: tuple(self.mandate_events[start:]))
        if events:
            yield Batch(events, cursor=str(start + len(events)), total=len(events))

    def store_mandates(self, signed: Sequence[SignedMandate]) -> Iterator[str | Skippable]:
        """Keep mandates as they stand, each with the document that it came with first."""
        yield from self.trouble.around("store_mandates", lambda: list(one_by_one(signed, self._keep)))

    def register_payment(self, payment: Payment) -> str:
        """Lower the invoice's open amount, once."""

        def book() -> str:
            if payment.key not in self.payments:
                self._move_open_amount(payment.invoice, -payment.amount)
                self.payments[payment.key] = payment
            return f"payment-{payment.key}"

        return self.trouble.around("register_payment", book)

    def register_return(self, returned: PaymentReturn) -> str:
        """Raise the invoice's open amount again, once."""

        def book() -> str:
            if returned.payment not in self.payments:
                raise Skippable(f"There is no payment {returned.payment} to undo.", where=self.name)
            if returned.key not in self.returns:
                self._move_open_amount(returned.invoice, returned.amount)
                self.returns[returned.key] = returned
            return f"return-{returned.key}"

        return self.trouble.around("register_return", book)

    def show(self, remark: Remark) -> str:
        """Show a remark, or take it away; one that was taken away does not come back."""

        def show() -> str:
            kept = self.remarks.get(remark.key)
            if kept is None or kept.open:
                self.remarks[remark.key] = remark
            return f"remark-{remark.key}/{_OPEN if remark.open else _CLOSED}"

        return self.trouble.around("show", show)

    def shown(self) -> list[Remark]:
        """The remarks that users see now, in the order in which they came."""
        return [remark for remark in self.remarks.values() if remark.open]

    def look_up(self, kind: EffectKind, key: str) -> str | None:
        """Id of what was done under a key."""
        done: Mapping[EffectKind, tuple[str, Mapping[str, object]]] = {
            EffectKind.STORE_MANDATE: ("mandate", self.mandates),
            EffectKind.REGISTER_PAYMENT: ("payment", self.payments),
            EffectKind.REGISTER_RETURN: ("return", self.returns),
            EffectKind.SHOW: ("remark", self._remarks_by_state()),
        }
        word, kept = done[kind]
        return self.trouble.around("look_up", lambda: f"{word}-{key}" if key in kept else None)

    def _keep(self, signed: SignedMandate) -> str:
        reference = signed.mandate.reference
        if signed.mandate.signed_on is None:
            raise Skippable(f"The mandate {reference} is not signed.", where=self.name)
        kept = self.mandates.get(reference)
        self.mandates[reference] = replace(signed, document=kept.document) if kept and kept.document else signed
        return f"mandate-{reference}"

    def _remarks_by_state(self) -> dict[str, Remark]:
        opened = {f"{key}/{_OPEN}": remark for key, remark in self.remarks.items()}
        return opened | {f"{key}/{_CLOSED}": remark for key, remark in self.remarks.items() if not remark.open}

    def _move_open_amount(self, key: RecordKey, by: Decimal) -> None:
        if key not in self._invoices.records:
            raise Skippable(f"There is no invoice {key.id}.", where=self.name, remedy="Check the invoice.")
        invoice = self._invoices.records[key][1]
        self._invoices.put(replace(invoice, open_amount=invoice.open_amount + by))
