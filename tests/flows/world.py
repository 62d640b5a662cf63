"""A small world: one creditor, one package in memory, a mandate service, a bank that answers, and a clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from connector.engine.one_pass import PassResult, run_pass
from connector.installation import Bank, Installation, Source
from connector.model.creditor import Creditor, CreditorAddress
from connector.model.customer import Customer, Language, RecordKey
from connector.model.deed import Step
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.rules import CollectRules, NotifyRules, Rules
from connector.ports import AdapterSettings, Surroundings
from connector.store.database import Store, open_store
from connector.testing.accounting import MemoryPackage
from connector.testing.bank import MemoryBank
from connector.testing.bank_house import BankHouse, Fate, Told
from connector.testing.clock import SettableClock
from connector.testing.mail import MemoryMailer
from connector.testing.mandates import MemoryMandateService

IBANS = {
    "ada": "BE68539007547034",
    "bob": "NL91ABNA0417164300",
    "cleo": "FR1420041010050500013M02606",
    "dirk": "DE89370400440532013000",
}

CREDITOR = Creditor(
    id="main",
    name="Brouwerij De Kroon",
    identifier="BE65ZZZ0403199702",
    iban="BE71096123456769",
    address=CreditorAddress(street="Grote Markt 1", postcode="9000", town="Gent", country="BE"),
    email="facturen@dekroon.example",
)


@dataclass
class World:
    """Everything that a flow needs, wired up."""

    store: Store
    folder: Path
    rules: Rules = field(default_factory=lambda: Rules(notify=NotifyRules(days=2), collect=CollectRules()))
    clock: SettableClock = field(default_factory=lambda: SettableClock(datetime(2026, 11, 24, 2, 30, tzinfo=UTC)))
    fates: dict[str, Told] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings = AdapterSettings()

        def around(name: str) -> Surroundings:
            return Surroundings(name=name, clock=self.clock, folder=self.folder)

        self.package = MemoryPackage(settings, around("books"))
        self.service = MemoryMandateService(settings, around("signing"))
        self.bank = MemoryBank(settings, around("bank"))
        self.mailer = MemoryMailer(settings, around("mail"))
        self.house = BankHouse(lambda order: self.fates.get(order.debtor_name, Told(Fate.PAID)))
        self._answered: set[str] = set()

    @property
    def installation(self) -> Installation:
        return Installation(
            creditors={"main": CREDITOR},
            sources={"books": Source("books", self.package, "main")},
            mandates=self.service,
            banks={"main": Bank(self.bank, "neutral")},
            mailer=self.mailer,
            rules=self.rules,
            clock=self.clock,
            folder=self.folder,
            time_zone=ZoneInfo("Europe/Brussels"),
            language=Language.ENGLISH,
            sleep=self.slept.append,
        )

    def walk(self, steps: Collection[Step] = tuple(Step)) -> PassResult:
        return run_pass(self.installation, self.store, steps=steps)

    def customer(self, name: str, /, **changes: Any) -> Customer:
        facts: dict[str, Any] = {
            "key": RecordKey("books", name),
            "name": name.title(),
            "email": f"{name}@example.org",
            "language": Language.DUTCH,
            "direct_debit": True,
        }
        customer = Customer(**(facts | changes))
        self.package.put_customer(customer)
        return customer

    def invoice(self, number: str, customer: str, amount: str = "121.00", /, **changes: Any) -> Invoice:
        facts: dict[str, Any] = {
            "key": RecordKey("books", number),
            "customer": RecordKey("books", customer),
            "number": number,
            "kind": InvoiceKind.INVOICE,
            "issued_on": date(2026, 11, 1),
            "due_on": date(2026, 12, 1),
            "total": Decimal(amount),
            "open_amount": Decimal(amount),
        }
        invoice = Invoice(**(facts | changes))
        self.package.put_invoice(invoice)
        return invoice

    def reference_of(self, customer: str) -> str:
        return next(r for r, request in self.service.invited.items() if request.customer.key.id == customer)

    def sign(self, customer: str, signed_on: date | None = date(2026, 11, 24)) -> str:
        reference = self.reference_of(customer)
        self.service.sign(reference, IBANS[customer], signed_on)
        return reference

    def with_mandate(self, *names: str) -> None:
        """Customers who signed, their mandates written back."""
        for name in names:
            self.customer(name)
        self.walk()
        for name in names:
            self.sign(name)
        self.walk()

    def nights(self, number: int) -> list[PassResult]:
        """Nights of one pass each; by day the bank takes our files and answers them."""
        results = []
        for _ in range(number):
            results.append(self.walk())
            self.bank_day()
            self.clock.forward(days=1)
        return results

    def bank_day(self) -> None:
        """The bank answers new files and gives the statement of today."""
        for name, content in self.bank.received.items():
            if name not in self._answered:
                self._answered.add(name)
                self.bank.put(f"status-{name}", self.house.take(content, self.clock.now))
        today = self.clock.now.date()
        if statement := self.house.statement(today, self.clock.now):
            self.bank.put(f"statement-{today}.xml", statement)

    def take_back(self) -> None:
        """The bank returns what is to be returned."""
        today = self.clock.now.date()
        if statement := self.house.returns(today, self.clock.now):
            self.bank.put(f"returns-{today}.xml", statement)


def new_world(url: str, folder: Path, **changes: object) -> World:
    """A world on a database whose tables are empty."""
    return World(open_store(url), folder, **changes)  # type: ignore[arg-type]
