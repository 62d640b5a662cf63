"""Fitness: may a record that was read be kept as it is; and if not, what is wrong with it.

Packages hold what people typed and what other programs wrote. What our database or a bank can't take is found here,
before it is stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from operator import attrgetter

from bankfiles.identifiers import mask_iban, normalise_iban
from connector.model.customer import Customer, PostalAddress
from connector.model.invoice import Invoice
from connector.model.reason import Reason, ReasonCode

_CENT, _NOTHING = Decimal("0.01"), Decimal(0)
_KEY_LENGTH_MAX = 200
_REFERENCE_LENGTH_MAX = 35  # of a mandate, ISO Max35Text
_AMOUNT_MAX = Decimal(10) ** 15
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def _texts_of(noun: type[Customer | Invoice]) -> Callable[[Customer | Invoice], tuple[str | None, ...]]:
    """A function that gives all texts of a record."""

    def names(part: type) -> list[str]:
        return [field.name for field in fields(part) if field.type in ("str", "str | None")]

    address = [f"address.{name}" for name in names(PostalAddress)] if noun is Customer else []
    return attrgetter("key.id", *names(noun), *address)


_TEXTS = {noun: _texts_of(noun) for noun in (Customer, Invoice)}


def why_unfit(record: Customer | Invoice) -> Reason | None:
    """Why a record can't be kept at all; None if it can."""
    if not record.key.id or len(record.key.id) > _KEY_LENGTH_MAX or len(record.number) > _KEY_LENGTH_MAX:
        return _unreadable(
            record, record.key.id[:60], f"Its id or number is empty or over {_KEY_LENGTH_MAX} characters."
        )
    if "\x00" in "".join(filter(None, _TEXTS[type(record)](record))):
        return _unreadable(record, "NUL", "A text in it holds a NUL character.")
    return _why_unfit_invoice(record) if isinstance(record, Invoice) else None


def _why_unfit_invoice(invoice: Invoice) -> Reason | None:
    for amount in (invoice.total, invoice.open_amount):
        if not _is_in_cents(amount) or not _NOTHING <= amount < _AMOUNT_MAX:
            return _unreadable(
                invoice, str(amount)[:40], "An amount must not be negative and have at most two decimals."
            )
    if not _CURRENCY.fullmatch(invoice.currency):
        return _unreadable(invoice, invoice.currency[:20], "Its currency is not a code of three letters such as EUR.")
    if len(invoice.mandate_reference or "") > _REFERENCE_LENGTH_MAX:
        why = f"The mandate reference on it is over {_REFERENCE_LENGTH_MAX} characters."
        return _unreadable(invoice, (invoice.mandate_reference or "")[:60], why)
    return None


def _is_in_cents(amount: Decimal) -> bool:
    """Most are written with two decimals, which is seen at once."""
    if amount.same_quantum(_CENT):
        return True
    return amount.is_finite() and abs(amount) < _AMOUNT_MAX and amount == amount.quantize(_CENT)


def with_sound_iban(customer: Customer) -> tuple[Customer, Reason | None]:
    """The customer with the IBAN as banks write it; without it, and why, if no such account can exist."""
    if not customer.iban:
        return customer, None
    try:
        iban = normalise_iban(customer.iban)
    except ValueError as error:
        facts = {"where": customer.name, "seen": mask_iban(customer.iban), "why": str(error)}
        return replace(customer, iban=None), Reason(ReasonCode.IBAN_INVALID, facts)
    return customer if iban == customer.iban else replace(customer, iban=iban), None


def with_sound_country(customer: Customer) -> Customer:
    """The customer; a country that is no code is left for the debtor to fill in."""
    if not customer.address.country or _COUNTRY.fullmatch(customer.address.country):
        return customer
    return replace(customer, address=replace(customer.address, country=""))


def _unreadable(record: Customer | Invoice, seen: str, why: str) -> Reason:
    where = f"{type(record).__name__.lower()} {record.key}"[:120]
    remedy = "Correct it in the accounting package."
    return Reason(ReasonCode.RECORD_UNREADABLE, {"where": where, "seen": seen, "why": why, "remedy": remedy})
