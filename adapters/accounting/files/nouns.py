"""Our nouns from the fields that a mapping gave: what is sensible, and what is no invoice that one may collect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connector.model.customer import Customer, Language, PartyKind, PostalAddress, RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from mappings import MappingError

_CURRENCY_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}


def customer_of(ours: Mapping[str, Any], source: str) -> Customer:
    """A customer.

    Raises:
        MappingError: a field says something that a customer can't have.
    """
    told: str = ours.get("country") or ""
    country = told.upper()
    if country and not (len(country) == 2 and country.isalpha() and country.isascii()):
        raise _misfit("customer", "country", told, "This is no country code.", "Write two letters, such as BE.")
    return Customer(
        key=RecordKey(source, ours["id"]),
        name=ours["name"],
        number=ours.get("number") or "",
        email=ours.get("email") or "",
        language=Language(language) if (language := ours.get("language")) else None,
        kind=_party_kind(ours),
        address=PostalAddress(country, ours.get("town") or "", ours.get("postcode") or "", ours.get("street") or ""),
        enterprise_number=ours.get("enterprise_number") or "",
        iban="".join((ours.get("iban") or "").split()) or None,
        direct_debit=ours.get("direct_debit"),
        active=ours.get("active") is not False,
    )


def _party_kind(ours: Mapping[str, Any]) -> PartyKind:
    if kind := ours.get("kind"):
        return PartyKind(kind)
    return PartyKind.COMPANY if ours.get("enterprise_number") else PartyKind.PERSON


def invoice_of(ours: Mapping[str, Any], source: str) -> Invoice:
    """An invoice or credit note.

    A negative total makes a credit note. Without a due date it is due when issued.

    Raises:
        MappingError: a field says something that an invoice can't have.
    """
    total, open_amount = _amount(ours, "total"), _amount(ours, "open_amount")
    kind = InvoiceKind(ours.get("kind") or InvoiceKind.INVOICE)
    if total < 0:
        kind, total, open_amount = InvoiceKind.CREDIT_NOTE, -total, -open_amount
    if kind is InvoiceKind.CREDIT_NOTE:
        open_amount = abs(open_amount)
    if open_amount > total:
        raise _misfit(
            "invoice", "open_amount", str(open_amount), f"More is open than the total of {total}.",
            "Check whether the two columns were exchanged.",
        )  # fmt: skip
    issued_on: date = ours["issued_on"]
    number: str = ours["number"]
    # Credit notes may be numbered in a row of their own, so that a bare number could mean two documents.
    own_id = ours.get("id") or (number if kind is InvoiceKind.INVOICE else f"{kind}:{number}")
    return Invoice(
        key=RecordKey(source, own_id),
        customer=RecordKey(source, ours["customer"]),
        number=number,
        kind=kind,
        issued_on=issued_on,
        due_on=ours.get("due_on") or issued_on,
        total=total,
        open_amount=max(open_amount, Decimal(0)),  # overpaid: nothing is open
        currency=_currency(ours.get("currency") or "EUR"),
        reference=ours.get("reference") or "",
        mandate_reference=ours.get("mandate_reference"),
        announces_debit=bool(ours.get("announces_debit")),
    )


def _amount(ours: Mapping[str, Any], field: str) -> Decimal:
    amount: Decimal | None = ours[field]
    if amount is None:
        raise _misfit("invoice", field, "", "This is empty.", "Write the amount, 0 if nothing is open.")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -2:
        return amount
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise _misfit("invoice", field, str(amount), "This has more than two decimals.", "Round it to cents.")
    return cents


def _currency(text: str) -> str:
    code = _CURRENCY_SIGNS.get(text, text.upper())
    if not (len(code) == 3 and code.isalpha() and code.isascii()):
        raise _misfit("invoice", "currency", text, "This is no currency.", "Write its code, such as EUR.")
    return code


def _misfit(kind: str, field: str, seen: str, why: str, remedy: str) -> MappingError:
    return MappingError(kind, field, "", seen=seen[:60], why=why, remedy=remedy)
