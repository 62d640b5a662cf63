"""Our nouns from the fields that the mapping of a package gave, where a record of the package is one of ours.

Fields come as columns: each with its value for all records of a page. One record is a page of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import repeat
from typing import TypeVar, cast

from bankfiles.identifiers import InvalidReference, normalise_rf
from connector.model.customer import Customer, Language, PartyKind, RecordKey, new_address, new_customer
from connector.model.invoice import Invoice, InvoiceKind, new_invoice
from mappings.errors import MappingError

Columns = Mapping[str, list[object]]
Word = TypeVar("Word", bound=StrEnum)
Value = TypeVar("Value", date, Decimal)


def customer(source: str, ours: Mapping[str, object]) -> Customer:
    """A customer. An address of several lines stands on one.

    Raises:
        MappingError: the language or the kind is none of ours.
    """
    return customers(source, {field: [value] for field, value in ours.items()})[0]


def customers(source: str, ours: Columns) -> list[Customer]:
    """The customers of a page, as `customer` makes each.

    Raises:
        MappingError: the language or the kind of one of them is none of ours.
    """
    nothing: list[object] = [None] * len(ours["id"])

    def texts(field: str) -> Sequence[str]:
        return _texts(ours.get(field, nothing))

    addresses = map(
        new_address,
        map(str.upper, texts("country")),
        texts("town"),
        texts("postcode"),
        (" ".join(street.splitlines()) for street in texts("street")),
    )
    return list(
        map(
            new_customer,
            _keys(source, ours["id"]),
            texts("name"),
            texts("number"),
            texts("email"),
            (_word("customer", "language", _LANGUAGES, seen) if seen else None for seen in texts("language")),
            _words("customer", "kind", _PARTY_KINDS, ours.get("kind", nothing)),
            addresses,
            texts("enterprise_number"),
            (iban or None for iban in texts("iban")),
            (None if debit is None else bool(debit) for debit in ours.get("direct_debit", nothing)),
            map(bool, ours["active"]) if "active" in ours else repeat(True),
        )
    )


def invoice(source: str, ours: Mapping[str, object]) -> Invoice:
    """An invoice or a credit note, with total and open amount as they are mapped: without a sign.

    Raises:
        MappingError: the kind is none of ours.
    """
    return invoices(source, {field: [value] for field, value in ours.items()})[0]


def invoices(source: str, ours: Columns) -> list[Invoice]:
    """The invoices and credit notes of a page, as `invoice` makes each.

    Raises:
        MappingError: the kind of one of them is none of ours.
    """
    nothing: list[object] = [None] * len(ours["id"])
    return list(
        map(
            new_invoice,
            _keys(source, ours["id"]),
            _keys(source, ours["customer"]),
            _texts(ours["number"]),
            _words("invoice", "kind", _INVOICE_KINDS, ours.get("kind", nothing)),
            all_of(date, ours["issued_on"]),
            all_of(date, ours["due_on"]),
            all_of(Decimal, ours["total"]),
            all_of(Decimal, ours["open_amount"]),
            _texts(ours["currency"]),
            _texts(ours.get("reference", nothing)),
            (mandate or None for mandate in _texts(ours.get("mandate_reference", nothing))),
            map(bool, ours.get("announces_debit", nothing)),
        )
    )


def all_of(kind: type[Value], column: Sequence[object]) -> Sequence[Value]:
    """A column of values of one type, as the mapping gives them."""
    assert set(map(type, column)) <= {kind}
    return cast("Sequence[Value]", column)


def _texts(column: Sequence[object]) -> Sequence[str]:
    """A column of texts, empty where there is nothing."""
    if set(map(type, column)) == {str}:
        return cast("Sequence[str]", column)
    return [str(value or "") for value in column]


def _keys(source: str, ids: Sequence[object]) -> Iterator[RecordKey]:
    return map(_new_key, zip(repeat(source), _texts(ids)))


_new_key = partial(tuple.__new__, RecordKey)  # of a pair, as `RecordKey(*pair)` in a third of its time
_LANGUAGES: Mapping[object, Language] = {word.value: word for word in Language}
_PARTY_KINDS: Mapping[object, PartyKind] = {word.value: word for word in PartyKind}
_INVOICE_KINDS: Mapping[object, InvoiceKind] = {word.value: word for word in InvoiceKind}


def _words(kind: str, field: str, words: Mapping[object, Word], column: Sequence[object]) -> list[Word]:
    """Those of our own words that a column holds, few and many times."""
    known = {seen: _word(kind, field, words, seen) for seen in set(column)}
    return [known[seen] for seen in column]


def _word(kind: str, field: str, words: Mapping[object, Word], seen: object) -> Word:
    """The one of our own words that a field holds."""
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
