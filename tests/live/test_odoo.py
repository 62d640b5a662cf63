"""The whole road on a real Odoo: from an open invoice to money in the books, and back again.

It runs against the database that environment variables name (tests/live/odoo/environment.py); without them it is
skipped.
"""
# ruff: noqa: F811 - fixtures of tests/live/odoo, used here by their names

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from bankfiles.pain008 import Amendment, Collection, read_collections
from connector.model.mandate import MandateState
from connector.model.rules import InviteRules, NotifyRules, Rules, WhomToInvite
from connector.store.database import open_store
from connector.testing.bank_house import Fate, Told
from connector.testing.clock import SettableClock
from tests.live.odoo.conftest import clock, installed, office, open_package, server, settings  # noqa: F401
from tests.live.odoo.given import AMOUNT, DAYS_UNTIL_DUE, Case, Open, iban_of, new_case
from tests.live.odoo.office import InvoiceInOdoo, Office
from tests.live.odoo.road import Road

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("odoo"), pytest.mark.timeout(600)]

RULES = Rules(invite=InviteRules(whom=WhomToInvite.MARKED), notify=NotifyRules(days=2))


@pytest.fixture
def tag(office: Office) -> str:
    """A tag that customers bear who pay by direct debit; new, so that none of earlier tests does."""
    return f"Direct debit {office.newest('res.partner') + 1}"


@pytest.fixture
def case(office: Office, tag: str) -> Case:
    """A customer who pays by direct debit, with an open invoice."""
    return new_case(office, f"Brouwerij {tag.split()[-1]}", category_id=[(4, office.make_tag(tag))])


@pytest.fixture
def road(open_package: Open, clock: SettableClock, tag: str, tmp_path: Path) -> Iterator[Road]:
    """Everything wired up, on an empty database of ours; a mapping of one's own says who pays by direct debit."""
    mapping = f"extends: odoo\nrecords: {{customer: {{direct_debit: {{path: chosen.tags.{tag}, default: false}}}}}}\n"
    (tmp_path / "own.yaml").write_text(mapping, encoding="utf-8")
    store = open_store(f"sqlite:///{tmp_path / 'connector.db'}")
    store.upgrade()
    yield Road(store, tmp_path, rules=RULES, clock=clock, odoo=open_package(mapping="own.yaml"))
    store.close()


def with_mandate(road: Road, case: Case) -> str:
    """The customer was invited, signed, and Odoo knows."""
    road.walk()
    reference = road.signs(case)
    road.walk()
    return reference


def test_an_invoice_is_collected_booked_once_and_opened_again_by_a_return(
    road: Road, office: Office, case: Case
) -> None:
    road.fates[case.name] = Told(Fate.RETURNED, "AM04")
    reference = with_mandate(road, case)
    assert road.mandate(reference).state is MandateState.ACTIVE
    (mandate,) = office.mandates(case.customer)
    assert (mandate.reference, mandate.iban, mandate.valid) == (reference, case.iban, True)
    assert office.ibans(case.customer) == [case.iban]
    assert office.documents(case.customer) == [f"{reference}.pdf"]
    assert sum(reference in note for note in office.notes("res.partner", case.customer)) == 1

    road.nights(DAYS_UNTIL_DUE + 5)
    (order,) = road.house.orders
    assert (order.amount, order.mandate_reference, order.debtor_iban) == (AMOUNT, reference, case.iban)
    assert office.invoice(case.invoice) == InvoiceInOdoo(case.number, "posted", "paid", Decimal("0.00"))
    (payment,) = office.payments_of(case.customer)
    assert (payment.amount, payment.paid_on) == (AMOUNT, order.collection_date)
    assert payment.key.startswith(order.end_to_end_id)

    road.take_back()
    road.nights(2)
    assert office.invoice(case.invoice) == InvoiceInOdoo(case.number, "posted", "not_paid", AMOUNT)
    assert sum("AM04" in note for note in office.notes("account.move", case.invoice)) == 1


def test_nights_in_which_nothing_happens_leave_odoo_alone(road: Road, office: Office, case: Case) -> None:
    with_mandate(road, case)
    road.nights(DAYS_UNTIL_DUE + 5)
    before = office.latest_changes()
    road.nights(3)
    assert office.latest_changes() == before


def test_users_see_what_is_planned_and_what_they_have_to_do_until_it_is_done(
    road: Road, office: Office, case: Case
) -> None:
    road.fates[case.name] = Told(Fate.RETURNED, "AM04")
    road.nights(DAYS_UNTIL_DUE + 2)
    (to_do,) = office.activities("res.partner", case.customer)
    assert "sign" in to_do.title

    reference = road.signs(case)
    road.nights(1)
    assert office.activities("res.partner", case.customer) == []
    (planned,) = office.plans(case.invoice)
    assert planned > road.clock.now.date()
    assert any(reference in note for note in office.notes("account.move", case.invoice))

    road.nights(DAYS_UNTIL_DUE)
    (order,) = road.house.orders
    assert order.collection_date == planned
    assert office.plans(case.invoice) == []
    road.take_back()
    road.nights(2)
    (to_do,) = office.activities("account.move", case.invoice)
    assert to_do.user == office.user

    office.receive_money(case.invoice)
    road.nights(1)
    assert office.activities("account.move", case.invoice) == []


def test_a_mandate_that_a_user_cancels_in_odoo_is_not_collected_under(road: Road, office: Office, case: Case) -> None:
    reference = with_mandate(road, case)
    office.cancel_mandate(case.customer)
    road.nights(2)
    assert road.mandate(reference).state is MandateState.CANCELLED
    road.nights(DAYS_UNTIL_DUE + 4)
    assert [order for order in road.house.orders if order.mandate_reference == reference] == []
    (mandate,) = office.mandates(case.customer)
    assert not mandate.valid
    assert office.invoice(case.invoice).payment_state == "not_paid"


def test_an_invoice_that_is_paid_otherwise_is_not_collected(road: Road, office: Office, case: Case) -> None:
    reference = with_mandate(road, case)
    office.receive_money(case.invoice)
    road.nights(DAYS_UNTIL_DUE + 4)
    assert [order for order in road.house.orders if order.mandate_reference == reference] == []
    assert office.plans(case.invoice) == []


def test_an_iban_that_a_user_changes_under_a_mandate_is_told_to_the_bank(
    road: Road, office: Office, case: Case
) -> None:
    reference = with_mandate(road, case)
    road.nights(DAYS_UNTIL_DUE + 5)
    other = iban_of(20_000_000 + case.customer)
    office.change_iban(case.customer, case.iban, other)
    office.make_invoice(case.customer, "50.00", road.clock.now.date())
    road.nights(DAYS_UNTIL_DUE)
    assert road.mandate(reference).iban == other
    assert [order.debtor_iban for order in road.house.orders] == [case.iban, other]
    read = [found for file in road.bank.received.values() for found in read_collections(BytesIO(file))]
    first, second = [found for found in read if isinstance(found, Collection)]
    assert first.amendment is None
    assert second.amendment == Amendment(same_mandate_new_account=True)
    (mandate,) = office.mandates(case.customer)
    assert (mandate.reference, mandate.iban, mandate.valid) == (reference, other, True)


def test_what_is_credited_or_paid_meanwhile_is_not_asked_for(road: Road, office: Office, case: Case) -> None:
    with_mandate(road, case)
    office.receive_money(case.invoice, "20.00")
    office.credit(case.invoice, "1.00")
    road.nights(DAYS_UNTIL_DUE + 5)
    (order,) = road.house.orders
    assert order.amount == Decimal("100.00")
    assert office.invoice(case.invoice) == InvoiceInOdoo(case.number, "posted", "paid", Decimal("0.00"))


def test_an_invoice_in_another_currency_is_not_collected(road: Road, office: Office, case: Case) -> None:
    with_mandate(road, case)
    dollars = office.currency("USD")
    foreign = office.make_invoice(case.customer, "50.00", case.today, currency_id=dollars)
    road.nights(DAYS_UNTIL_DUE + 5)
    assert [order.amount for order in road.house.orders] == [AMOUNT]
    assert office.invoice(foreign).payment_state == "not_paid"
