"""What is given in these tests: our nouns about customers and invoices that the office made.

Ids of Odoo's own records make every name unique: a database may be used for these tests as often as one likes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import schwifty

from adapters.accounting.odoo.adapter import OdooPackage
from bankfiles.pain008.model import Scheme
from connector.model.customer import Language, RecordKey
from connector.model.mandate import Mandate, MandateState, MandateType
from connector.ports import Document, Feed, Payment, PaymentReturn, Remark, RemarkKind, SignedMandate
from tests.live.odoo.office import Office

SOURCE = "odoo"
AMOUNT = Decimal("121.00")
CHARGES = Decimal("3.50")
DAYS_UNTIL_DUE = 8

Open = Callable[..., OdooPackage]
"""Opens the package, with settings that differ from the usual ones."""


@dataclass(frozen=True)
class Case:
    """A customer with one open invoice of `AMOUNT`.

    Attributes:
        iban: an account of nobody else.
        reference: of the mandate.
    """

    name: str
    customer: int
    invoice: int
    number: str
    today: date

    @property
    def iban(self) -> str:
        return iban_of(self.customer)

    @property
    def reference(self) -> str:
        return f"M-{self.customer}"

    @property
    def key(self) -> RecordKey:
        return RecordKey(SOURCE, str(self.customer))

    @property
    def invoice_key(self) -> RecordKey:
        return RecordKey(SOURCE, str(self.invoice))


def new_case(office: Office, name: str, **facts: object) -> Case:
    """A customer who pays by direct debit, with an invoice that is due soon."""
    today = office.now().date()
    customer = office.make_customer(name, email="debtor@example.org", lang="en_US", **facts)
    invoice = office.make_invoice(customer, str(AMOUNT), today + timedelta(days=DAYS_UNTIL_DUE))
    return Case(name, customer, invoice, office.invoice(invoice).number, today)


def iban_of(number: int) -> str:
    """A right IBAN of its own for each number."""
    return str(schwifty.IBAN.generate("DE", "37040044", f"{number:010d}"))


def signed(case: Case, **changes: object) -> SignedMandate:
    """The customer's mandate, signed today, with its document."""
    document = document_of(case.reference)
    mandate = Mandate(
        reference=case.reference,
        creditor="main",
        customer=case.key,
        scheme=Scheme.CORE,
        type=MandateType.RECURRENT,
        state=MandateState.ACTIVE,
        language=Language.ENGLISH,
        debtor_name=case.name,
        iban=case.iban,
        signed_on=case.today,
        method="mail-code",
        document=document.sha256,
    )
    return SignedMandate(replace(mandate, **changes), document)  # type: ignore[arg-type]


def document_of(reference: str) -> Document:
    """A signed document."""
    content = f"%PDF-1.7 signed {reference}".encode()
    return Document(f"{reference}.pdf", "application/pdf", content, hashlib.sha256(content).hexdigest())


def paid(case: Case, amount: Decimal = AMOUNT, part: int = 1) -> Payment:
    """Money that arrived for the invoice."""
    return Payment(
        key=f"E-{case.invoice}/{part}",
        customer=case.key,
        invoice=case.invoice_key,
        invoice_number=case.number,
        amount=amount,
        paid_on=case.today,
        mandate_reference=case.reference,
        end_to_end_id=f"E-{case.invoice}",
        bank_reference="B-1",
    )


def taken_back(payment: Payment, payment_id: str, charges: Decimal | None = CHARGES) -> PaymentReturn:
    """The same money, taken back the next day."""
    return PaymentReturn(
        key=f"{payment.key}/R",
        payment=payment.key,
        payment_id=payment_id,
        customer=payment.customer,
        invoice=payment.invoice,
        invoice_number=payment.invoice_number,
        amount=payment.amount,
        returned_on=payment.paid_on + timedelta(days=1),
        reason_code="AM04",
        reason_text="Insufficient funds",
        end_to_end_id=payment.end_to_end_id,
        charges=charges,
    )


def planned(case: Case) -> Remark:
    """The invoice is going to be collected."""
    return Remark(
        key=f"collection:{case.invoice}",
        kind=RemarkKind.COLLECTION,
        feed=Feed.INVOICES,
        on=case.invoice_key,
        title="Will be collected",
        text=f"{AMOUNT} EUR will be collected under mandate {case.reference}.",
        open=True,
        mandate_reference=case.reference,
        collection_date=case.today + timedelta(days=DAYS_UNTIL_DUE),
        amount=AMOUNT,
    )


def wanted(case: Case, feed: Feed) -> Remark:
    """A person has to do something about the customer or the invoice."""
    on = case.key if feed is Feed.CUSTOMERS else case.invoice_key
    return Remark(
        key=f"attention:{feed}/{on.id}",
        kind=RemarkKind.ATTENTION,
        feed=feed,
        on=on,
        title="Collection came back twice",
        text="The bank returned it twice. Speak with the customer.",
        open=True,
    )
