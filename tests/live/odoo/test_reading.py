"""Contacts and invoices of a real Odoo: whole, and from then on what users change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.accounting.odoo.adapter import OdooPackage
from connector.model.customer import Customer, Language, PartyKind, RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import MandateEvent, MandateEventKind
from connector.testing.clock import SettableClock
from tests.contract.accounting import customers, invoices, pull
from tests.live.odoo.given import AMOUNT, DAYS_UNTIL_DUE, SOURCE, Case, Open, iban_of, new_case, paid, signed
from tests.live.odoo.office import Office

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("odoo")]


def customer_of(package: OdooPackage, case: Case, cursor: str = "") -> Customer | None:
    return customers(package, cursor).get(case.key)


def invoice_of(package: OdooPackage, case: Case, cursor: str = "") -> Invoice | None:
    return invoices(package, cursor).get(case.invoice_key)


def mandates_at(package: OdooPackage, cursor: str) -> tuple[list[MandateEvent], str]:
    """Events since a cursor, and where to read on."""
    events: list[MandateEvent] = []
    for batch in package.read_mandates(cursor):
        events += batch.records
        cursor = batch.cursor
    return events, cursor


def test_a_contact_is_read_as_it_stands(package: OdooPackage, office: Office, case: Case) -> None:
    office.make_account(case.customer, case.iban)
    office.change("res.partner", case.customer, lang="en_US", ref="K-1", is_company=True)
    customer = customer_of(package, case)
    assert customer is not None
    assert (customer.name, customer.number, customer.email) == (case.name, "K-1", "debtor@example.org")
    assert (customer.language, customer.kind, customer.iban) == (Language.ENGLISH, PartyKind.COMPANY, case.iban)
    address = customer.address
    assert (address.street, address.postcode, address.town) == ("Kerkstraat 1", "2000", "Antwerpen")
    assert address.country == "BE"


def test_an_invoice_is_read_as_it_stands(package: OdooPackage, case: Case) -> None:
    invoice = invoice_of(package, case)
    assert invoice is not None
    assert (invoice.number, invoice.kind, invoice.currency) == (case.number, InvoiceKind.INVOICE, "EUR")
    assert (invoice.customer, invoice.total, invoice.open_amount) == (case.key, AMOUNT, AMOUNT)
    assert invoice.due_on == case.today + timedelta(days=DAYS_UNTIL_DUE)
    assert len(invoice.reference.replace("+", "").replace("/", "")) == 12


def test_drafts_vendor_bills_and_entries_are_not_read(package: OdooPackage, office: Office, case: Case) -> None:
    draft = office.make_draft(case.customer)
    bill = office.make_invoice(case.customer, "10.00", case.today, move_type="in_invoice", ref=case.name)
    package.register_payment(paid(case))
    read = {invoice.key.id for invoice in invoices(package).values() if invoice.customer == case.key}
    assert read == {str(case.invoice)}
    assert {str(draft), str(bill)} & read == set()


def test_a_credit_note_is_one(package: OdooPackage, office: Office, case: Case) -> None:
    made = office.make_invoice(case.customer, "21.00", case.today, move_type="out_refund")
    credit = invoices(package)[RecordKey(SOURCE, str(made))]
    assert (credit.kind, credit.total, credit.open_amount) == (
        InvoiceKind.CREDIT_NOTE,
        Decimal("21.00"),
        Decimal("21.00"),
    )


def test_what_users_change_comes_with_the_next_reading(package: OdooPackage, office: Office, case: Case) -> None:
    of_customers, of_invoices = pull(package)
    office.change("res.partner", case.customer, email="new@example.org")
    customer = customer_of(package, case, of_customers)
    assert customer is not None
    assert customer.email == "new@example.org"
    package.register_payment(paid(case, Decimal("21.00")))
    invoice = invoice_of(package, case, of_invoices)
    assert invoice is not None
    assert invoice.open_amount == Decimal("100.00")


def test_an_account_that_is_added_brings_its_contact_again(package: OdooPackage, office: Office, case: Case) -> None:
    cursor, _ = pull(package)
    office.make_account(case.customer, case.iban)
    customer = customer_of(package, case, cursor)
    assert customer is not None
    assert customer.iban == case.iban


def test_an_archived_contact_comes_as_inactive(package: OdooPackage, office: Office, case: Case) -> None:
    cursor, _ = pull(package)
    office.change("res.partner", case.customer, active=False)
    customer = customer_of(package, case, cursor)
    assert customer is not None
    assert not customer.active


def test_small_pages_lose_nothing(open_package: Open, package: OdooPackage, office: Office, case: Case) -> None:
    for number in range(4):
        new_case(office, f"{case.name} {number}")
    small = open_package(page_size=3)
    assert customers(small) == customers(package)
    assert invoices(small) == invoices(package)


def test_a_contact_that_was_deleted_is_missed_by_the_full_comparison_of_the_night(
    package: OdooPackage, office: Office, case: Case, clock: SettableClock
) -> None:
    gone = office.make_customer(f"{case.name} gone")
    assert RecordKey(SOURCE, str(gone)) in customers(package)
    cursor, _ = pull(package)
    office.delete_customer(gone)
    clock.forward(days=1)
    presents = [batch.present for batch in package.read_customers(cursor) if batch.present is not None]
    assert presents
    assert str(gone) not in presents[-1]
    assert str(case.customer) in presents[-1]


def test_a_mandate_that_a_user_cancels_is_told_once_as_one_event(
    package: OdooPackage, open_package: Open, office: Office, case: Case
) -> None:
    list(package.store_mandates([signed(case)]))
    _, cursor = mandates_at(package, "")
    office.cancel_mandate(case.customer)
    events, _ = mandates_at(package, cursor)
    (event,) = [event for event in events if event.reference == case.reference]
    assert event.kind is MandateEventKind.CANCELLED
    again, _ = mandates_at(open_package(), cursor)
    assert [one.id for one in again if one.reference == case.reference] == [event.id]


def test_an_iban_that_a_user_changes_under_a_mandate_is_an_amendment(
    package: OdooPackage, office: Office, case: Case
) -> None:
    list(package.store_mandates([signed(case)]))
    _, cursor = mandates_at(package, "")
    other = iban_of(10_000_000 + case.customer)
    office.change_iban(case.customer, case.iban, other)
    events, _ = mandates_at(package, cursor)
    told = [(event.kind, event.iban) for event in events if event.reference == case.reference]
    assert (MandateEventKind.AMENDED, other) in told
    assert {kind for kind, _ in told} <= {MandateEventKind.AMENDED, MandateEventKind.RESUMED}
