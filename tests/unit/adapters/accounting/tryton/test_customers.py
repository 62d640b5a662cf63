"""A party as Tryton gives it becomes a customer."""

from __future__ import annotations

import pytest

from adapters.accounting import mapped
from adapters.accounting.tryton import customers
from adapters.accounting.tryton.client import Row
from adapters.accounting.tryton.fields import asked
from connector.model.customer import Customer, Language, PartyKind, PostalAddress, RecordKey
from mappings.engine import load

MAPPING = load("tryton")
COMPANY = 1


def customer(**party: object) -> Customer:
    row: Row = {"id": 2, "name": "Anna Peeters", "rec_name": "Anna Peeters", "active": 1, **party}
    return mapped.customer("books", MAPPING.read("customer", customers.chosen(row, COMPANY)))


def email(value: str, **more: object) -> Row:
    return {"type": "email", "value": value, **more}


def test_a_bare_party_is_a_customer() -> None:
    assert customer() == Customer(key=RecordKey("books", "2"), name="Anna Peeters")


def test_a_party_without_a_name_goes_by_its_code() -> None:
    assert customer(name=None, rec_name="[K-1]", code="K-1").name == "[K-1]"


def test_the_email_for_invoices_comes_before_the_first() -> None:
    mechanisms = [{"type": "phone", "value": "1"}, email("first@example.org"), email("bills@example.org", invoice=True)]
    assert customer(contact_mechanisms=mechanisms).email == "bills@example.org"
    assert customer(contact_mechanisms=mechanisms[:2]).email == "first@example.org"
    assert customer(contact_mechanisms=mechanisms[:1]).email == ""


def test_the_address_for_invoices_comes_before_the_first() -> None:
    first = {"street": "Kerkstraat 1\nBus 2", "postal_code": "2000", "city": "Antwerpen", "country": {"code": "be"}}
    other = {"street": "Rue Haute 2", "postal_code": "1000", "city": "Bruxelles", "country": None, "invoice": True}
    assert customer(addresses=[first]).address == PostalAddress("BE", "Antwerpen", "2000", "Kerkstraat 1 Bus 2")
    assert customer(addresses=[first, other]).address == PostalAddress("", "Bruxelles", "1000", "Rue Haute 2")


def test_the_first_iban_in_use_counts() -> None:
    accounts = [
        {"numbers": [{"type": "other", "number_compact": None}]},
        {"numbers": [{"type": "iban", "number_compact": "NL91ABNA0417164300"}]},
    ]
    assert customer(bank_accounts=accounts).iban == "NL91ABNA0417164300"


@pytest.mark.parametrize(("company", "is_marked"), [(COMPANY, True), (2, None)])
def test_only_a_direct_debit_of_this_company_marks_a_customer(company: int, is_marked: bool | None) -> None:
    assert customer(reception_direct_debits=[{"journal": {"company": company}}]).direct_debit is is_marked


@pytest.mark.parametrize(("code", "language"), [("nl", Language.DUTCH), ("fr", Language.FRENCH), ("es", None)])
def test_a_language_that_we_do_not_speak_is_left_to_the_installation(code: str, language: Language | None) -> None:
    assert customer(lang={"code": code}).language is language


def test_a_tax_identifier_makes_a_company() -> None:
    found = customer(tax_identifier={"code": "BE0403019261"})
    assert (found.kind, found.enterprise_number) == (PartyKind.COMPANY, "BE0403019261")


def test_a_party_out_of_use_is_read_as_such() -> None:
    assert customer(active=0).active is False


def test_tryton_is_asked_for_what_the_mapping_names_and_for_lists_as_a_whole() -> None:
    fields = asked(MAPPING, "customer", customers.NEEDED)
    assert {"lang.code", "name", "addresses.city"} <= set(fields)
    assert not [field for field in fields if field.startswith("chosen") or any(part.isdecimal() for part in field)]
