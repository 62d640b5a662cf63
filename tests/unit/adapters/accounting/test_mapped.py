"""Our nouns from mapped fields; what a company's own mapping brings that is none of our words is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.accounting import mapped
from connector.model.customer import Language, PartyKind
from connector.model.invoice import InvoiceKind
from mappings import MappingError

CUSTOMER: dict[str, object] = {"id": "7", "name": "Peeters", "kind": "company", "language": "fr"}
INVOICE: dict[str, object] = {
    "id": "1",
    "customer": "7",
    "number": "2026-1",
    "kind": "credit_note",
    "issued_on": date(2026, 1, 2),
    "due_on": date(2026, 2, 1),
    "total": Decimal("10.00"),
    "open_amount": Decimal("0.00"),
    "currency": "EUR",
}


def test_words_become_ours() -> None:
    read = mapped.customer("books", CUSTOMER)
    assert (read.language, read.kind) == (Language.FRENCH, PartyKind.COMPANY)
    assert mapped.customer("books", {**CUSTOMER, "language": None}).language is None
    assert mapped.invoice("books", INVOICE).kind is InvoiceKind.CREDIT_NOTE


@pytest.mark.parametrize("field", ["language", "kind"])
def test_a_word_of_a_customer_that_is_none_of_ours_is_told(field: str) -> None:
    with pytest.raises(MappingError) as caught:
        mapped.customer("books", {**CUSTOMER, field: "klingon"})
    assert (caught.value.field, caught.value.seen) == (field, "klingon")
    assert "table" in caught.value.remedy


def test_a_kind_of_an_invoice_that_is_none_of_ours_is_told() -> None:
    with pytest.raises(MappingError, match="none of invoice, credit_note"):
        mapped.invoice("books", {**INVOICE, "kind": "receipt"})
    with pytest.raises(MappingError, match="none of invoice, credit_note"):
        mapped.invoice("books", {field: value for field, value in INVOICE.items() if field != "kind"})
