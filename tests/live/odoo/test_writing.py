"""Mandates, payments, returns and remarks in a real Odoo: made once, however often they are asked for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.accounting.odoo.adapter import OdooPackage
from connector.errors import Skippable
from connector.model.effect import EffectKind
from connector.model.mandate import MandateState
from connector.ports import Feed
from tests.live.odoo.given import (
    AMOUNT,
    CHARGES,
    Case,
    Open,
    iban_of,
    new_case,
    paid,
    planned,
    signed,
    taken_back,
    wanted,
)
from tests.live.odoo.office import InvoiceInOdoo, Office

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("odoo")]


def open_invoice(case: Case) -> InvoiceInOdoo:
    return InvoiceInOdoo(case.number, "posted", "not_paid", AMOUNT)


def paid_invoice(case: Case) -> InvoiceInOdoo:
    return InvoiceInOdoo(case.number, "posted", "paid", Decimal("0.00"))


# ---------------------------------------------------------------------------------------------------------- mandates


def test_a_signed_mandate_is_seen_on_the_contact(package: OdooPackage, office: Office, case: Case) -> None:
    assert package.look_up(EffectKind.STORE_MANDATE, case.reference) is None
    (stored,) = package.store_mandates([signed(case)])
    assert isinstance(stored, str)
    (found,) = office.mandates(case.customer)
    assert (found.reference, found.iban, found.signed_on, found.valid) == (case.reference, case.iban, case.today, True)
    assert office.ibans(case.customer) == [case.iban]
    assert office.documents(case.customer) == [f"{case.reference}.pdf"]
    assert sum(case.reference in note for note in office.notes("res.partner", case.customer)) == 1
    assert package.look_up(EffectKind.STORE_MANDATE, case.reference) == stored


def test_a_mandate_that_is_stored_again_makes_nothing_new(package: OdooPackage, office: Office, case: Case) -> None:
    (stored,) = package.store_mandates([signed(case)])
    before = office.notes("res.partner", case.customer)
    assert list(package.store_mandates([signed(case)])) == [stored]
    assert len(office.mandates(case.customer)) == 1
    assert office.ibans(case.customer) == [case.iban]
    assert len(office.documents(case.customer)) == 1
    assert office.notes("res.partner", case.customer) == before


def test_many_mandates_are_stored_in_one_call_and_answered_in_their_order(
    package: OdooPackage, office: Office, case: Case
) -> None:
    others = [new_case(office, f"{case.name} {number}") for number in range(5)]
    cases = [case, *others]
    answers = list(package.store_mandates([signed(one) for one in cases]))
    assert all(isinstance(answer, str) for answer in answers)
    assert len(set(answers)) == len(cases)
    for one, answer in zip(cases, answers, strict=True):
        assert [found.reference for found in office.mandates(one.customer)] == [one.reference]
        assert package.look_up(EffectKind.STORE_MANDATE, one.reference) == answer


def test_a_mandate_of_a_contact_that_is_gone_is_told_and_the_others_are_stored(
    package: OdooPackage, office: Office, case: Case
) -> None:
    gone = replace(case, customer=office.make_customer(f"{case.name} gone"))
    office.delete_customer(gone.customer)
    refused, stored = package.store_mandates([signed(gone), signed(case)])
    assert isinstance(refused, Skippable)
    assert isinstance(stored, str)
    assert [found.reference for found in office.mandates(case.customer)] == [case.reference]


def test_an_account_that_the_contact_had_stays_as_it_is(package: OdooPackage, office: Office, case: Case) -> None:
    office.make_account(case.customer, "BE71 0961 2345 6769")
    list(package.store_mandates([signed(case)]))
    assert sorted(office.ibans(case.customer)) == sorted(["BE71096123456769", case.iban])


def test_a_cancelled_mandate_is_seen_as_such(package: OdooPackage, office: Office, case: Case) -> None:
    list(package.store_mandates([signed(case)]))
    list(package.store_mandates([signed(case, state=MandateState.CANCELLED)]))
    (found,) = office.mandates(case.customer)
    assert not found.valid


def test_a_mandate_takes_the_account_that_it_was_amended_to(package: OdooPackage, office: Office, case: Case) -> None:
    list(package.store_mandates([signed(case)]))
    other = iban_of(10_000_000 + case.customer)
    list(package.store_mandates([signed(case, iban=other)]))
    (found,) = office.mandates(case.customer)
    assert (found.iban, found.valid) == (other, True)
    assert set(office.ibans(case.customer)) == {case.iban, other}


# ------------------------------------------------------------------------------------------------ payments and returns


def test_a_payment_pays_the_invoice_once(package: OdooPackage, open_package: Open, office: Office, case: Case) -> None:
    payment = paid(case)
    assert package.look_up(EffectKind.REGISTER_PAYMENT, payment.key) is None
    booked = package.register_payment(payment)
    assert office.invoice(case.invoice) == paid_invoice(case)
    (found,) = office.payments(payment.key)
    assert (found.amount, found.paid_on, found.journal) == (AMOUNT, payment.paid_on, office.bank.name)
    for again in (package, open_package()):
        assert again.register_payment(payment) == booked
        assert again.look_up(EffectKind.REGISTER_PAYMENT, payment.key) == booked
    assert office.payments_of(case.customer) == [found]


def test_two_parts_pay_one_invoice(package: OdooPackage, office: Office, case: Case) -> None:
    first = package.register_payment(paid(case, Decimal("21.00"), part=1))
    assert office.invoice(case.invoice).to_pay == Decimal("100.00")
    second = package.register_payment(paid(case, Decimal("100.00"), part=2))
    assert first != second
    assert office.invoice(case.invoice) == paid_invoice(case)


def test_more_than_is_open_is_not_booked(package: OdooPackage, office: Office, case: Case) -> None:
    with pytest.raises(Skippable):
        package.register_payment(paid(case, AMOUNT + 1))
    assert office.invoice(case.invoice) == open_invoice(case)
    assert office.payments_of(case.customer) == []


def test_a_return_opens_the_invoice_again_with_its_reason_and_the_fee_in_an_entry_of_its_own(
    package: OdooPackage, office: Office, case: Case
) -> None:
    payment = paid(case)
    back = taken_back(payment, package.register_payment(payment))
    assert package.look_up(EffectKind.REGISTER_RETURN, back.key) is None
    undone = package.register_return(back)
    assert package.register_return(back) == undone
    assert package.look_up(EffectKind.REGISTER_RETURN, back.key) == undone
    assert office.invoice(case.invoice) == open_invoice(case)
    assert sum("AM04" in note for note in office.notes("account.move", case.invoice)) == 1
    (entry,) = office.entries(back.key)
    assert sorted(amount for _, amount in entry) == [-CHARGES, CHARGES]
    assert {account for account, amount in entry if amount > 0} == {office.fees.account}


def test_without_an_account_for_fees_no_entry_is_made(open_package: Open, office: Office, case: Case) -> None:
    package = open_package(fee_account="")
    payment = paid(case)
    back = taken_back(payment, package.register_payment(payment))
    package.register_return(back)
    assert office.invoice(case.invoice) == open_invoice(case)
    assert office.entries(back.key) == []


def test_what_came_back_can_be_paid_anew(package: OdooPackage, office: Office, case: Case) -> None:
    payment = paid(case)
    package.register_return(taken_back(payment, package.register_payment(payment)))
    package.register_payment(payment)  # a late repeat of what was taken back: it stays so
    assert office.invoice(case.invoice) == open_invoice(case)
    package.register_payment(replace(payment, key=f"E-{case.invoice}-2/1", end_to_end_id=f"E-{case.invoice}-2"))
    assert office.invoice(case.invoice) == paid_invoice(case)


# ------------------------------------------------------------------------------------------------------------ remarks


def test_a_planned_collection_is_seen_on_the_invoice_and_taken_away_when_withdrawn(
    package: OdooPackage, office: Office, case: Case
) -> None:
    remark = planned(case)
    shown = package.show(remark)
    assert package.show(remark) == shown
    assert office.plans(case.invoice) == [remark.collection_date]
    assert sum(case.reference in note for note in office.notes("account.move", case.invoice)) <= 1
    assert package.look_up(EffectKind.SHOW, f"{remark.key}/open") == shown
    assert package.look_up(EffectKind.SHOW, f"{remark.key}/closed") is None
    closed = package.show(replace(remark, open=False))
    assert package.show(replace(remark, open=False)) == closed
    assert office.plans(case.invoice) == []
    assert package.look_up(EffectKind.SHOW, f"{remark.key}/closed") == closed


@pytest.mark.parametrize("feed", [Feed.CUSTOMERS, Feed.INVOICES])
def test_what_needs_a_person_is_an_activity_until_it_is_solved(
    feed: Feed, package: OdooPackage, office: Office, case: Case
) -> None:
    remark = wanted(case, feed)
    model, record = ("res.partner", case.customer) if feed is Feed.CUSTOMERS else ("account.move", case.invoice)
    shown = package.show(remark)
    assert package.show(remark) == shown
    (activity,) = office.activities(model, record)
    assert activity.title == remark.title
    assert remark.text in activity.text
    if feed is Feed.INVOICES:
        assert activity.user == office.user  # who made the invoice is its salesperson
    assert package.look_up(EffectKind.SHOW, f"{remark.key}/open") == shown
    closed = package.show(replace(remark, open=False))
    assert package.show(replace(remark, open=False)) == closed
    assert office.activities(model, record) == []
    assert package.show(remark)
    assert office.activities(model, record) == []  # what was solved does not come back


def test_an_activity_that_a_user_closed_does_not_come_back(package: OdooPackage, office: Office, case: Case) -> None:
    remark = wanted(case, Feed.INVOICES)
    package.show(remark)
    office.close_activities("account.move", case.invoice)
    package.show(remark)
    assert office.activities("account.move", case.invoice) == []
    package.show(replace(remark, open=False))
    assert office.activities("account.move", case.invoice) == []
