"""The whole road on a real Odoo: from an open invoice to money in the books, and back again.

It runs against the database that environment variables name (tests/live/odoo/environment.py); without them it is
skipped.
"""
# ruff: noqa: F811 - fixtures of tests/live/odoo, used here by their names

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from connector.model.mandate import MandateState
from connector.model.rules import InviteRules, NotifyRules, Rules, WhomToInvite
from connector.store.database import open_store
from connector.testing.bank_house import Fate, Told
from connector.testing.clock import SettableClock
from tests.live.odoo.conftest import clock, installed, office, open_package, server, settings  # noqa: F401
from tests.live.odoo.given import AMOUNT, DAYS_UNTIL_DUE, Case, Open, new_case
from tests.live.odoo.office import Office
from tests.live.odoo.road import Road

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("odoo"), pytest.mark.timeout(600)]

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
    assert office.documents(case.customer) == [f"{reference}.pdf"]
    assert sum(reference in note for note in office.notes("res.partner", case.customer)) == 1

    road.nights(1)
    (collection_date,) = office.plans(case.invoice)
    assert collection_date >= case.today

    road.nights(DAYS_UNTIL_DUE + 4)
    (order,) = [order for order in road.house.orders if order.mandate_reference == reference]
    assert (order.amount, order.collection_date) == (AMOUNT, collection_date)
    invoice = office.invoice(case.invoice)
    assert (invoice.payment_state, invoice.to_pay) == ("paid", Decimal("0.00"))
    (payment,) = office.payments_of(case.customer)
    assert (payment.amount, payment.paid_on) == (AMOUNT, collection_date)
    assert payment.key.startswith(order.end_to_end_id)

    road.nights(2)
    assert office.payments_of(case.customer) == [payment]

    road.take_back()
    road.nights(2)
    invoice = office.invoice(case.invoice)
    assert (invoice.payment_state, invoice.to_pay) == ("not_paid", AMOUNT)
    assert sum("AM04" in note for note in office.notes("account.move", case.invoice)) == 1
    assert office.activities("account.move", case.invoice) != []


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
