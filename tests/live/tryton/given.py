"""What is given in these tests: the books that Tryton is filled with, and our nouns about them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from adapters.accounting.tryton.adapter import TrytonPackage
from bankfiles.pain008.model import Scheme
from connector.model.customer import Language, RecordKey
from connector.model.mandate import Mandate, MandateState, MandateType
from connector.ports import Document, Payment, PaymentReturn
from tests.counterparts.tryton.server import Address, Books, CustomerSeed, InvoiceSeed, TrytonServer

SOURCE = "books"
TODAY = date(2026, 11, 24)
ISSUED, DUE = date(2026, 11, 1), date(2026, 12, 1)
HOME = Address("Kerkstraat 1", "2000", "Antwerpen", "BE")
IBAN = "BE71096123456769"


def books() -> Books:
    """A company with customers and invoices of every kind; the last ones are all alike."""
    customers = (
        CustomerSeed("ANNA", "Anna Peeters", "anna@example.org", "nl", HOME, IBAN, direct_debit=True),
        CustomerSeed(
            "BERNARD",
            "Bernard Dubois",
            language="fr",
            address=Address("Rue Haute 2", "1000", "Bruxelles", "BE"),
            category="Subscribers",
        ),
        CustomerSeed("CARLA", "Carla bv", "carla@example.org", "de", vat_number="BE0403019261"),
        *(CustomerSeed(f"C-{number}", f"Customer {number}", address=HOME) for number in range(1, 9)),
    )
    one = Decimal("121.00")
    invoices = (
        InvoiceSeed("ANNA", one, ISSUED, DUE),
        InvoiceSeed("ANNA", Decimal("-21.00"), ISSUED, DUE),
        InvoiceSeed("BERNARD", Decimal("50.00"), ISSUED, DUE, currency="USD"),
        InvoiceSeed("CARLA", Decimal("100.01"), ISSUED, DUE, parts=2),
        *(InvoiceSeed(f"C-{number}", one, ISSUED, DUE) for number in range(1, 9)),
    )
    return Books("Helder Energie", TODAY, customers, invoices)


Open = Callable[..., TrytonPackage]
"""Opens the package, with settings that differ from the server's own."""

PDF = b"%PDF-1.7 signed"


def document(reference: str) -> Document:
    """A signed document."""
    return Document(f"{reference}.pdf", "application/pdf", PDF, hashlib.sha256(PDF).hexdigest())


def mandate(
    server: TrytonServer,
    customer: str,
    reference: str,
    iban: str,
    *,
    state: MandateState = MandateState.ACTIVE,
    scheme: Scheme = Scheme.CORE,
    kind: MandateType = MandateType.RECURRENT,
) -> Mandate:
    """A signed mandate of a seeded customer."""
    return Mandate(
        reference=reference,
        creditor="main",
        customer=RecordKey(SOURCE, str(server.customers[customer])),
        scheme=scheme,
        type=kind,
        state=state,
        language=Language.DUTCH,
        debtor_name=customer,
        iban=iban,
        signed_on=date(2026, 11, 20),
    )


def payment(
    server: TrytonServer, invoice: int, key: str, amount: str = "121.00", mandate_reference: str = ""
) -> Payment:
    """Money that arrived for the invoice of that place in the books."""
    seed, posted = books().invoices[invoice], server.invoices[invoice]
    return Payment(
        key=key,
        customer=RecordKey(SOURCE, str(server.customers[seed.customer])),
        invoice=RecordKey(SOURCE, str(posted.id)),
        invoice_number=posted.number,
        amount=Decimal(amount),
        paid_on=date(2026, 12, 2),
        mandate_reference=mandate_reference,
        end_to_end_id=key.partition("/")[0],
        bank_reference="B-1",
    )


def returned(paid: Payment, payment_id: str, key: str) -> PaymentReturn:
    """The same money, taken back."""
    return PaymentReturn(
        key=key,
        payment=paid.key,
        payment_id=payment_id,
        customer=paid.customer,
        invoice=paid.invoice,
        invoice_number=paid.invoice_number,
        amount=paid.amount,
        returned_on=date(2026, 12, 9),
        reason_code="AM04",
        reason_text="Insufficient funds",
        end_to_end_id=paid.end_to_end_id,
        charges=Decimal("3.50"),
    )


def german_iban(number: int) -> str:
    """A right IBAN of its own for each number."""
    account = f"37040044{number:010d}"
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account}"
