"""Payments of one bank batch stand in one batch payment of Odoo Enterprise."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.errors import NoAccess, UnknownOutcome
from connector.model.effect import EffectKind
from connector.ports import Payment
from tests.counterparts.odoo import Kind
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.world import OdooWorld, Worlds
from tests.unit.adapters.accounting.odoo.conftest import Opened
from tests.unit.adapters.accounting.odoo.given import only, payment, rows

BATCH, PAYMENT = "account.batch.payment", "account.payment"


@pytest.fixture(params=[17, 19])
def enterprise(request: pytest.FixtureRequest, made: Worlds) -> OdooWorld:
    return made(request.param, Home.ENTERPRISE)


def _parts(office: OdooWorld) -> list[Payment]:
    """Two payments of one invoice, which the bank credits together, and one that it credits alone."""
    invoice = office.town.row("account.move", office.invoice)
    package_payments = [("E2E-1/1", "40.00", "R-1/1"), ("E2E-2/1", "41.00", "R-1/1"), ("E2E-3/1", "10.00", "R-1/2")]
    return [
        payment(invoice, key=key, amount=Decimal(amount), batch_id=batch) for key, amount, batch in package_payments
    ]


def test_payments_of_one_batch_of_the_bank_stand_together(enterprise: OdooWorld, opened: Opened) -> None:
    package = opened(enterprise, batch_payments=True)
    first, second, third = (int(package.register_payment(one)) for one in _parts(enterprise))
    together, alone = only(enterprise, BATCH, name="R-1/1"), only(enterprise, BATCH, name="R-1/2")
    found = {row["id"]: row["batch_payment_id"] for row in rows(enterprise, PAYMENT)}
    assert found == {first: together["id"], second: together["id"], third: alone["id"]}
    assert together["journal_id"] == enterprise.town.journals["BNK1"]


def test_without_the_setting_or_a_batch_a_payment_stands_alone(enterprise: OdooWorld, opened: Opened) -> None:
    one, *_ = _parts(enterprise)
    opened(enterprise).register_payment(one)
    invoice = enterprise.town.row("account.move", enterprise.invoice)
    alone = payment(invoice, key="E2E-9/1", amount=Decimal("1.00"))
    opened(enterprise, batch_payments=True).register_payment(alone)
    assert rows(enterprise, BATCH) == []


@pytest.mark.parametrize("call", ["account.payment.register.action_create_payments", f"{BATCH}.create"])
def test_a_payment_that_did_not_get_into_its_batch_gets_there(enterprise: OdooWorld, opened: Opened, call: str) -> None:
    package, (one, *_) = opened(enterprise, batch_payments=True), _parts(enterprise)
    enterprise.town.server.troubles.stage(Kind.LOST_ANSWER, call)
    with pytest.raises(UnknownOutcome):
        package.register_payment(one)
    assert package.look_up(EffectKind.REGISTER_PAYMENT, "E2E-1/1") is None
    package.register_payment(one)
    assert package.look_up(EffectKind.REGISTER_PAYMENT, "E2E-1/1") is not None
    assert only(enterprise, PAYMENT)["batch_payment_id"] == only(enterprise, BATCH)["id"]


def test_a_batch_that_a_user_sent_is_left_as_it_is(enterprise: OdooWorld, opened: Opened) -> None:
    package, (one, two, _) = opened(enterprise, batch_payments=True), _parts(enterprise)
    package.register_payment(one)
    only(enterprise, BATCH)["state"] = "sent"
    id_ = package.register_payment(two)
    assert only(enterprise, PAYMENT, id=int(id_))["batch_payment_id"] is None
    assert len(rows(enterprise, BATCH)) == 1


def test_an_odoo_without_batches_is_told_before_anything_is_booked(office: OdooWorld, opened: Opened) -> None:
    package, (one, *_) = opened(office, batch_payments=True), _parts(office)
    with pytest.raises(NoAccess, match="no batch payments"):
        package.register_payment(one)
    assert rows(office, PAYMENT) == []
    (told,) = (probe for probe in package.check() if "batch" in probe.what)
    assert not told.ok
