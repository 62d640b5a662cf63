"""What tests of the Odoo adapter write: mandates, payments, returns and remarks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bankfiles.pain008.model import Scheme
from connector.model.customer import Language, RecordKey
from connector.model.mandate import Mandate, MandateState, MandateType
from connector.ports import Document, Feed, Payment, PaymentReturn, Remark, RemarkKind, SignedMandate
from tests.counterparts.odoo.fields import Row
from tests.counterparts.odoo.world import OdooWorld

IBAN = "BE71096123456769"
OTHER_IBAN = "BE43068999999501"


def key(id_: int) -> RecordKey:
    """The key of a record in Odoo."""
    return RecordKey("books", str(id_))


def mandate(contact: int, reference: str = "UMR-1", **changes: Any) -> Mandate:
    """A mandate of a contact, signed and active."""
    made = Mandate(
        reference=reference,
        creditor="main",
        customer=key(contact),
        scheme=Scheme.CORE,
        type=MandateType.RECURRENT,
        state=MandateState.ACTIVE,
        language=Language.DUTCH,
        debtor_name="Zoë Peeters",
        iban=IBAN,
        signed_on=date(2026, 11, 2),
        method="mail-code",
    )
    return replace(made, **changes)


def signed(contact: int, reference: str = "UMR-1", **changes: Any) -> SignedMandate:
    """The same, with its document."""
    content = f"%PDF-1.7 {reference}".encode()
    document = Document(f"{reference}.pdf", "application/pdf", content, hashlib.sha256(content).hexdigest())
    return SignedMandate(mandate(contact, reference, **changes), document)


def payment(invoice: Row, **changes: Any) -> Payment:
    """All of an invoice."""
    made = Payment(
        key="E2E-1/1",
        customer=key(invoice["commercial_partner_id"]),
        invoice=key(invoice["id"]),
        invoice_number=invoice["name"],
        amount=invoice["amount_residual"],
        paid_on=date(2026, 11, 20),
        mandate_reference="UMR-1",
        end_to_end_id="E2E-1",
        bank_reference="B-1",
    )
    return replace(made, **changes)


def returned(invoice: Row, **changes: Any) -> PaymentReturn:
    """The same payment, taken back."""
    made = PaymentReturn(
        key="E2E-1/1/R",
        payment="E2E-1/1",
        payment_id="",
        customer=key(invoice["commercial_partner_id"]),
        invoice=key(invoice["id"]),
        invoice_number=invoice["name"],
        amount=invoice["amount_total"],
        returned_on=date(2026, 11, 23),
        reason_code="AM04",
        reason_text="Not enough money on the account.",
        end_to_end_id="E2E-1",
        charges=Decimal("1.50"),
    )
    return replace(made, **changes)


def attention(contact: int, **changes: Any) -> Remark:
    """A matter for a person, on a contact."""
    made = Remark(
        key="no_email:books/7",
        kind=RemarkKind.ATTENTION,
        feed=Feed.CUSTOMERS,
        on=key(contact),
        title="Direct debit: no e-mail address",
        text="Add the e-mail address.",
        open=True,
    )
    return replace(made, **changes)


def planned(invoice: int, **changes: Any) -> Remark:
    """A collection to come, on an invoice."""
    made = Remark(
        key="collection:E2E-1",
        kind=RemarkKind.COLLECTION,
        feed=Feed.INVOICES,
        on=key(invoice),
        title="Direct debit on 3 December 2026",
        text="€121.00 under mandate UMR-1.",
        open=True,
        mandate_reference="UMR-1",
        collection_date=date(2026, 12, 3),
        amount=Decimal("121.00"),
    )
    return replace(made, **changes)


def rows(office: OdooWorld, model: str, /, **values: Any) -> list[Row]:
    """The records of a model whose fields have these values."""
    found = office.town.instance.rows(model)
    return [row for row in found if all(row.get(name) == value for name, value in values.items())]


def only(office: OdooWorld, model: str, /, **values: Any) -> Row:
    """The only one of them."""
    (row,) = rows(office, model, **values)
    return row
