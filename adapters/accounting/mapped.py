"""Our nouns from the fields that the mapping of a package gave, where a record of the package is one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import TypeVar

from bankfiles.identifiers import InvalidReference, normalise_rf
from connector.model.customer import Customer, Language, PartyKind, RecordKey, new_address, new_customer
from connector.model.invoice import Invoice, InvoiceKind, new_invoice
from mappings.errors import MappingError

Word = TypeVar("Word", bound=StrEnum)


def customer(source: str, ours: Mapping[str, object]) -> Customer:
    """A customer. An address of several lines stands on one.

    Raises:
        MappingError: the language or the kind is none of ours.
    """

    def text(field: str) -> str:
        return str(ours.get(field) or "")

    direct_debit = ours.get("direct_debit")
    return new_customer(
        key=_new_key((source, text("id"))),
        name=text("name"),
        number=text("number"),
        email=text("email"),
        language=_word("customer", "language", ours, _LANGUAGES) if ours.get("language") else None,
        kind=_word("customer", "kind", ours, _PARTY_KINDS),
        address=new_address(
            country=text("country").upper(),
            town=text("town"),
            postcode=text("postcode"),
            street=" ".join(text("street").splitlines()),
        ),
        enterprise_number=text("enterprise_number"),
        iban=text("iban") or None,
        direct_debit=None if direct_debit is None else bool(direct_debit),
        active=bool(ours.get("active", True)),
    )


def invoice(source: str, ours: Mapping[str, object]) -> Invoice:
    """An invoice or a credit note, with total and open amount as they are mapped: without a sign.

    Raises:
        MappingError: the kind is none of ours.
    """
    issued_on, due_on, total, open_amount = ours["issued_on"], ours["due_on"], ours["total"], ours["open_amount"]
    assert isinstance(issued_on, date)
    assert isinstance(due_on, date)
    assert isinstance(total, Decimal)
    assert isinstance(open_amount, Decimal)
    mandate_reference = ours.get("mandate_reference")
    return new_invoice(
        key=_new_key((source, str(ours["id"]))),
        customer=_new_key((source, str(ours["customer"]))),
        number=str(ours["number"]),
        kind=_word("invoice", "kind", ours, _INVOICE_KINDS),
        issued_on=issued_on,
        due_on=due_on,
        total=total,
        open_amount=open_amount,
        currency=str(ours["currency"]),
        reference=str(ours.get("reference") or ""),
        mandate_reference=str(mandate_reference) if mandate_reference else None,
        announces_debit=bool(ours.get("announces_debit")),
    )


_new_key = partial(tuple.__new__, RecordKey)  # of a pair, as `RecordKey(*pair)` in a third of its time
_LANGUAGES: Mapping[object, Language] = {word.value: word for word in Language}
_PARTY_KINDS: Mapping[object, PartyKind] = {word.value: word for word in PartyKind}
_INVOICE_KINDS: Mapping[object, InvoiceKind] = {word.value: word for word in InvoiceKind}


def _word(kind: str, field: str, ours: Mapping[str, object], words: Mapping[object, Word]) -> Word:
    """The one of our own words that a field holds."""
    seen = ours.get(field)
    word = words.get(seen)
    if word is None:
        raise MappingError(
            kind, field, field, seen=str(seen)[:60], why=f"This is none of {', '.join(map(str, words))}.",
            remedy=f"Give {field} a table in your mapping that says what it means.",
        )  # fmt: skip
    return word


def reference(text: str) -> str:
    """A payment reference: RF ones as they are printed in bank files, others as they stand."""
    if text.lstrip()[:2].upper() != "RF":
        return text
    try:
        return normalise_rf(text)
    except InvalidReference:
        return text
