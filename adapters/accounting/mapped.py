"""Our nouns from the fields that the mapping of a package gave, where a record of the package is one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from bankfiles.identifiers import InvalidReference, normalise_rf
from connector.model.customer import Customer, Language, PartyKind, PostalAddress, RecordKey
from connector.model.invoice import Invoice, InvoiceKind


def customer(source: str, ours: Mapping[str, object]) -> Customer:
    """A customer. An address of several lines stands on one."""

    def text(field: str) -> str:
        return str(ours.get(field) or "")

    language, iban, direct_debit = ours.get("language"), ours.get("iban"), ours.get("direct_debit")
    return Customer(
        key=RecordKey(source, text("id")),
        name=text("name"),
        number=text("number"),
        email=text("email"),
        language=Language(str(language)) if language else None,
        kind=PartyKind(text("kind")),
        address=PostalAddress(
            country=text("country").upper(),
            town=text("town"),
            postcode=text("postcode"),
            street=" ".join(text("street").splitlines()),
        ),
        enterprise_number=text("enterprise_number"),
        iban=str(iban) if iban else None,
        direct_debit=None if direct_debit is None else bool(direct_debit),
        active=bool(ours.get("active", True)),
    )


def invoice(source: str, ours: Mapping[str, object]) -> Invoice:
    """An invoice or a credit note, with total and open amount as they are mapped: without a sign."""
    issued_on, due_on, total, open_amount = (ours[field] for field in ("issued_on", "due_on", "total", "open_amount"))
    assert isinstance(issued_on, date)
    assert isinstance(due_on, date)
    assert isinstance(total, Decimal)
    assert isinstance(open_amount, Decimal)
    mandate_reference = ours.get("mandate_reference")
    return Invoice(
        key=RecordKey(source, str(ours["id"])),
        customer=RecordKey(source, str(ours["customer"])),
        number=str(ours["number"]),
        kind=InvoiceKind(str(ours["kind"])),
        issued_on=issued_on,
        due_on=due_on,
        total=total,
        open_amount=open_amount,
        currency=str(ours["currency"]),
        reference=str(ours.get("reference") or ""),
        mandate_reference=str(mandate_reference) if mandate_reference else None,
        announces_debit=bool(ours.get("announces_debit")),
    )


def reference(text: str) -> str:
    """A payment reference: RF ones as they are printed in bank files, others as they stand."""
    if text.lstrip()[:2].upper() != "RF":
        return text
    try:
        return normalise_rf(text)
    except InvalidReference:
        return text
