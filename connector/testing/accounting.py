"""An accounting package in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from connector.errors import Skippable
from connector.model.customer import Customer, RecordKey
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import Mandate
from connector.ports import (
    AccountingPackage,
    AdapterSettings,
    Batch,
    Document,
    Fault,
    Payment,
    PaymentReturn,
    Surroundings,
)
from connector.testing.trouble import Trouble

_PAGE = 100
Record = TypeVar("Record", Customer, Invoice)


@dataclass(frozen=True, slots=True)
class StoredMandate:
    """A mandate as the package keeps it."""

    mandate: Mandate
    document: Document | None


class _Table(Generic[Record]):
    """Records with the revision at which each last changed: the cursor is a revision."""

    def __init__(self) -> None:
        self.records: dict[RecordKey, tuple[int, Record]] = {}
        self.faults: list[tuple[int, Fault]] = []
        self.revision = 0

    def put(self, record: Record) -> None:
        self.revision += 1
        self.records[record.key] = (self.revision, record)

    def put_fault(self, fault: Fault) -> None:
        self.revision += 1
        self.faults.append((self.revision, fault))

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


class MemoryPackage(AccountingPackage):
    """Keeps customers and invoices, and books payments as a real package does: open amounts follow."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        self._customers: _Table[Customer] = _Table()
        self._invoices: _Table[Invoice] = _Table()
        self.mandates: dict[str, StoredMandate] = {}
        self.payments: dict[str, Payment] = {}
        self.returns: dict[str, PaymentReturn] = {}
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

    def invoice(self, number: str) -> Invoice:
        """The invoice with this id."""
        return self._invoices.records[RecordKey(self.name, number)][1]

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        """Customers changed since the cursor."""
        yield from self.trouble.around("read_customers", lambda: self._customers.batches(cursor))

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        """Invoices changed since the cursor."""
        yield from self.trouble.around("read_invoices", lambda: self._invoices.batches(cursor))

    def store_mandate(self, mandate: Mandate, document: Document | None) -> str:
        """Keep a mandate, once."""

        def store() -> str:
            self.mandates.setdefault(mandate.reference, StoredMandate(mandate, document))
            return f"mandate-{mandate.reference}"

        return self.trouble.around("store_mandate", store)

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

    def look_up(self, kind: EffectKind, key: str) -> str | None:
        """Id of what was done under a key."""
        done: Mapping[EffectKind, tuple[str, Mapping[str, object]]] = {
            EffectKind.STORE_MANDATE: ("mandate", self.mandates),
            EffectKind.REGISTER_PAYMENT: ("payment", self.payments),
            EffectKind.REGISTER_RETURN: ("return", self.returns),
        }
        word, kept = done[kind]
        return self.trouble.around("look_up", lambda: f"{word}-{key}" if key in kept else None)

    def _move_open_amount(self, key: RecordKey, by: Decimal) -> None:
        if key not in self._invoices.records:
            raise Skippable(f"There is no invoice {key.id}.", where=self.name, remedy="Check the invoice.")
        invoice = self._invoices.records[key][1]
        self._invoices.put(replace(invoice, open_amount=invoice.open_amount + by))
