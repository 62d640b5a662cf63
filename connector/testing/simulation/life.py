"""Life: what customers, debtors and bookkeepers do in a day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from bankfiles.pain008.model import Scheme
from connector.model.customer import Customer, Language, RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import MandateEventKind
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.counterparts import WiredMailer, WiredPackage, WiredService
from connector.testing.simulation.scenario import Scenario
from connector.testing.simulation.trace import Trace

_AMOUNTS = ("121.00", "121.00", "60.50", "99.99", "12.34", "0.01", "640.00")
HELD = frozenset({MandateEventKind.SUSPENDED, MandateEventKind.RESUMED})
_CHANGES = (Decimal(1), Decimal(1), Decimal("0.5"), Decimal("1.5"))  # an invoice that is posted anew


def iban_of(number: int) -> str:
    """A Belgian account that can exist."""
    account = f"{539:03}{number:07}"
    account += f"{int(account) % 97 or 97:02}"
    check = 98 - int(f"{account}111400") % 97  # BE as digits
    return f"BE{check:02}{account}"


@dataclass
class Life:
    """Everybody who is not the connector, the bank or a finance user.

    Attributes:
        signs_on: when a debtor answers an invitation, by mandate reference; None if never.
        waits: mandates that wait for the debtor's bank, with the day of its word.
    """

    chance: Chance
    trace: Trace
    scenario: Scenario
    package: WiredPackage
    service: WiredService
    mailer: WiredMailer
    source: str
    signs_on: dict[str, date | None] = field(default_factory=dict)
    waits: dict[str, date] = field(default_factory=dict)
    _accounts: int = 0
    _signed: dict[str, str] = field(default_factory=dict)

    def begin(self, today: date) -> None:
        """The customers and invoices that are there before the first pass."""
        for number in range(1, self.scenario.customers + 1):
            self._new_customer(number)
            for _ in range(self.chance.number(0, 2)):
                self._new_invoice(today, f"c{number}")

    def day(self, today: date) -> None:
        """A day with its business, its payments, its mistakes; and debtors who sign, or do not."""
        for happening, percent in (
            (self._edit_customer, 10),
            (self._bill, self.scenario.busy),
            (self._pay_otherwise, 20),
            (self._edit_invoice, 15),
            (self._cancel_invoice, 4),
        ):
            if self.chance.happens(percent):
                happening(today)
        self.answers(today)
        if self._signed and self.chance.happens(12):
            self._change_mind(today)

    def while_a_pass_works(self, today: date) -> None:
        """A bookkeeper does something to an invoice that may be in a run already."""
        self.chance.pick((self._pay_otherwise, self._edit_invoice, self._cancel_invoice))(today)

    def answers(self, today: date) -> None:
        """Debtors answer the invitations that reached them; banks confirm B2B mandates."""
        for reference in self._mailed():
            if reference not in self.signs_on:
                never = self.chance.happens(15)
                self.signs_on[reference] = None if never else today + timedelta(days=self.chance.number(0, 6))
        for reference, day in self.signs_on.items():
            if day is not None and day <= today and reference not in self._signed:
                self._answer(reference, today)
        for reference, day in list(self.waits.items()):
            if day <= today:
                del self.waits[reference]
                self._tell(MandateEventKind.BANK_CONFIRMED, reference)

    @property
    def signed(self) -> list[str]:
        """References of the mandates that debtors signed, in order."""
        return sorted(reference for reference, account in self._signed.items() if account)

    def _mailed(self) -> list[str]:
        texts = [mail.text for mail in self.mailer.sent]
        return [reference for reference in self.service.invited if any(reference in text for text in texts)]

    def _answer(self, reference: str, today: date) -> None:
        if self.chance.happens(10):
            self._signed[reference] = ""
            self.signs_on[reference] = None
            return self._tell(MandateEventKind.REFUSED, reference)
        self._accounts += 1
        iban = iban_of(self._accounts)
        self._signed[reference] = iban
        if self.chance.happens(20):
            self._tell(MandateEventKind.VIEWED, reference)
        self.service.sign(reference, iban, today)
        self.trace.note("debtor", f"signs {reference}")
        if self.scenario.rules.invite.scheme is Scheme.B2B:
            self.waits[reference] = today + timedelta(days=self.chance.number(0, 4))
        return None

    def _change_mind(self, _today: date) -> None:
        reference = self.chance.pick(sorted(self._signed))
        if self._signed[reference] and reference not in self.waits:
            kind = self.chance.weighted(
                (
                    (4, MandateEventKind.CANCELLED),
                    (2, MandateEventKind.SUSPENDED),
                    (3, MandateEventKind.RESUMED),
                    (1, MandateEventKind.VIEWED),
                )
            )
            by_users = any(one.reference == reference and one.kind in HELD for one in self.package.mandate_events)
            if kind not in HELD or not by_users:
                self._tell(kind, reference)

    def _tell(self, kind: MandateEventKind, reference: str) -> None:
        self.service.tell(kind, reference)
        self.trace.note("debtor", f"{kind} {reference}")

    def _new_customer(self, number: int) -> None:
        email = "" if self.chance.happens(6) else f"c{number}@example.org"
        self.package.put_customer(
            Customer(
                key=RecordKey(self.source, f"c{number}"),
                name=f"Debtor {number}",
                email=email,
                language=self.chance.pick((None, *Language)),
                direct_debit=self.chance.weighted(((85, True), (10, None), (5, False))),
                active=not self.chance.happens(4),
            )
        )

    def _edit_customer(self, _today: date) -> None:
        customer = self.chance.pick(self.package.all_customers())
        changed = replace(customer, name=f"{customer.name}'", email=customer.email or f"{customer.key.id}@example.org")
        self.package.put_customer(changed)
        self.trace.note("bookkeeper", f"edits {customer.key.id}")

    def _bill(self, today: date) -> None:
        for _ in range(self.chance.number(1, 3)):
            self._new_invoice(today, self.chance.pick(self.package.all_customers()).key.id)

    def _new_invoice(self, today: date, customer: str) -> None:
        number = f"INV-{len(self.package.accounts) + 1}"
        amount = Decimal(self.chance.pick(_AMOUNTS))
        self.package.post(
            Invoice(
                key=RecordKey(self.source, number),
                customer=RecordKey(self.source, customer),
                number=number,
                kind=InvoiceKind.CREDIT_NOTE if self.chance.happens(5) else InvoiceKind.INVOICE,
                issued_on=today,
                due_on=today + timedelta(days=self.chance.number(-3, 20)),
                total=amount,
                open_amount=amount,
                currency="USD" if self.chance.happens(3) else "EUR",
                announces_debit=self.chance.happens(10),
            )
        )
        self.trace.note("bookkeeper", f"posts {number} of {amount} to {customer}")

    def _pay_otherwise(self, _today: date) -> None:
        if open_ones := self.package.open_invoices():
            invoice = self.chance.pick(open_ones)
            part = self.chance.pick((Decimal(1), Decimal("0.5"), Decimal("0.25")))
            amount = max(Decimal("0.01"), (invoice.open_amount * part).quantize(Decimal("0.01")))
            self.package.post(invoice, otherwise=amount)
            self.trace.note("bookkeeper", f"books {amount} on {invoice.number}, paid by other ways or credited")

    def _edit_invoice(self, _today: date) -> None:
        if open_ones := self.package.open_invoices():
            invoice = self.chance.pick(open_ones)
            due_on = invoice.due_on + timedelta(days=self.chance.number(-4, 6))
            total = (invoice.total * self.chance.pick(_CHANGES)).quantize(Decimal("0.01"))
            self.package.post(replace(invoice, due_on=due_on, total=total))
            self.trace.note("bookkeeper", f"makes {invoice.number} due on {due_on}, for {total}")

    def _cancel_invoice(self, _today: date) -> None:
        if open_ones := self.package.open_invoices():
            invoice = self.chance.pick(open_ones)
            self.package.post(invoice, otherwise=invoice.open_amount)
            self.trace.note("bookkeeper", f"cancels {invoice.number}")
