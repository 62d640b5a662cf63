"""What our database or a bank can't take is found before it is stored."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from connector.model.customer import Customer, PostalAddress, RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.reason import ReasonCode
from connector.steps.fitness import why_unfit, with_sound_country, with_sound_iban

CUSTOMER = Customer(key=RecordKey("books", "7"), name="Peeters", iban="BE71096123456769")
INVOICE = Invoice(
    key=RecordKey("books", "1"),
    customer=RecordKey("books", "7"),
    number="2026-1",
    kind=InvoiceKind.INVOICE,
    issued_on=date(2026, 1, 2),
    due_on=date(2026, 2, 1),
    total=Decimal("10.00"),
    open_amount=Decimal("10.00"),
)


def _texts(noun: type) -> list[str]:
    return [field.name for field in fields(noun) if str(field.type).split(" |")[0] == "str"]


def _seen(record: Customer | Invoice) -> str:
    reason = why_unfit(record)
    assert reason is not None
    assert reason.code is ReasonCode.RECORD_UNREADABLE
    return str(reason.facts["seen"])


def test_sound_records_are_fit() -> None:
    assert why_unfit(CUSTOMER) is None
    assert why_unfit(INVOICE) is None


@pytest.mark.parametrize("name", _texts(Customer))
def test_a_nul_in_any_text_of_a_customer_is_found(name: str) -> None:
    assert _seen(replace(CUSTOMER, **{name: "a\x00"})) == "NUL"  # type: ignore[arg-type]


@pytest.mark.parametrize("name", _texts(PostalAddress))
def test_a_nul_in_any_text_of_an_address_is_found(name: str) -> None:
    address = replace(PostalAddress(), **{name: "\x00"})
    assert _seen(replace(CUSTOMER, address=address)) == "NUL"


@pytest.mark.parametrize("name", _texts(Invoice))
def test_a_nul_in_any_text_of_an_invoice_is_found(name: str) -> None:
    assert _seen(replace(INVOICE, **{name: "a\x00b"})) == "NUL"  # type: ignore[arg-type]


def test_a_nul_in_a_key_is_found() -> None:
    assert _seen(replace(CUSTOMER, key=RecordKey("books", "7\x00"))) == "NUL"
    assert _seen(replace(INVOICE, key=RecordKey("books", "1\x00"))) == "NUL"


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "NaN", "Infinity", "1E+15"])
def test_an_amount_that_is_none_is_found(amount: str) -> None:
    assert _seen(replace(INVOICE, total=Decimal(amount))) == amount
    assert _seen(replace(INVOICE, open_amount=Decimal(amount))) == amount


def test_an_iban_is_kept_as_banks_write_it() -> None:
    assert with_sound_iban(replace(CUSTOMER, iban="be71 0961 2345 6769")) == (CUSTOMER, None)
    sound, reason = with_sound_iban(CUSTOMER)
    assert sound is CUSTOMER
    assert reason is None


def test_an_iban_that_no_bank_has_is_left_out_and_told() -> None:
    sound, reason = with_sound_iban(replace(CUSTOMER, iban="BE71096123456760"))
    assert sound.iban is None
    assert reason is not None
    assert reason.code is ReasonCode.IBAN_INVALID
    assert "096123456" not in str(reason.facts)


def test_a_country_that_is_no_code_is_left_out() -> None:
    there = replace(CUSTOMER, address=PostalAddress(country="Belgium", town="Gent"))
    assert with_sound_country(there).address == PostalAddress(town="Gent")
