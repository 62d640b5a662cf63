"""Payments and returns: made by Odoo's own wizards, once, and undone in the way of each version."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.errors import NoAccess, Skippable, UnknownOutcome
from connector.model.customer import Language
from connector.model.effect import EffectKind
from tests.counterparts.odoo import CHANGES, Kind
from tests.counterparts.odoo.fields import Row
from tests.counterparts.odoo.world import OdooWorld, Wire
from tests.unit.adapters.accounting.odoo.conftest import Opened
from tests.unit.adapters.accounting.odoo.given import only, payment, returned, rows

MEMO = {17: "ref", 19: "memo"}
BOOKED = {17: "posted", 19: "paid"}
UNDONE = {17: "cancel", 19: "canceled"}


def _invoice(office: OdooWorld) -> Row:
    return office.town.row("account.move", office.invoice)


def _version(office: OdooWorld) -> int:
    return office.town.instance.version


# ------------------------------------------------------------------------------------------------------------ payments


def test_a_payment_pays_its_invoice_in_the_journal_of_the_config(office: OdooWorld, opened: Opened) -> None:
    id_ = opened(office).register_payment(payment(_invoice(office)))
    booked = only(office, "account.payment")
    assert (str(booked["id"]), booked["amount"], booked["date"]) == (id_, Decimal("121.00"), "2026-11-20")
    assert booked["journal_id"] == office.town.journals["BNK1"]
    assert booked[MEMO[_version(office)]] == "E2E-1/1"
    assert booked["state"] == BOOKED[_version(office)]
    assert (_invoice(office)["payment_state"], _invoice(office)["amount_residual"]) == ("paid", Decimal("0.00"))


def test_a_part_leaves_the_rest_open(office: OdooWorld, opened: Opened) -> None:
    package = opened(office)
    package.register_payment(payment(_invoice(office), amount=Decimal("40.00")))
    assert (_invoice(office)["payment_state"], _invoice(office)["amount_residual"]) == ("partial", Decimal("81.00"))
    package.register_payment(payment(_invoice(office), key="E2E-2/1", amount=Decimal("81.00")))
    assert _invoice(office)["payment_state"] == "paid"


@pytest.mark.parametrize("call", ["account.payment.register.create", "account.payment.register.action_create_payments"])
def test_an_answer_that_was_lost_is_found_by_the_key(office: OdooWorld, opened: Opened, call: str) -> None:
    package, one = opened(office), payment(_invoice(office))
    office.town.server.troubles.stage(Kind.LOST_ANSWER, call)
    with pytest.raises(UnknownOutcome):
        package.register_payment(one)
    found = package.look_up(EffectKind.REGISTER_PAYMENT, one.key)
    assert (found is None) == (call == "account.payment.register.create")
    id_ = package.register_payment(one)
    assert found in (None, id_)
    assert len(rows(office, "account.payment")) == 1


def test_trouble_between_two_calls_of_one_change_leaves_it_uncertain(office: OdooWorld, opened: Opened) -> None:
    """The server said that this call had no effect; the one before it had."""
    office.town.server.troubles.stage(Kind.STATUS, "account.payment.register.action_create_payments")
    with pytest.raises(UnknownOutcome, match="A part may be done"):
        opened(office).register_payment(payment(_invoice(office)))


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("paid", "has only 0.00 EUR open"),
        ("cancelled", "is cancel"),
        ("back in draft", "is draft"),
        ("a credit note", "no customer invoice"),
        ("dollars", "is in USD"),
        ("gone", "is not there"),
        ("more than is open", "has only 121.00 EUR open"),
    ],
)
def test_what_can_not_be_paid_is_for_a_person(office: OdooWorld, opened: Opened, what: str, told: str) -> None:
    contact = office.town.customer("Special")
    one = payment(_invoice(office), key="E2E-9/1")
    if what == "paid":
        opened(office).register_payment(payment(_invoice(office)))
    elif what == "cancelled":
        office.town.do("finance", "account.move", "button_cancel", [office.invoice])
    elif what == "back in draft":
        office.town.do("finance", "account.move", "button_draft", [office.invoice])
    elif what == "a credit note":
        one = payment(office.town.row("account.move", office.town.invoice(contact, "5.00", kind="out_refund")))
    elif what == "dollars":
        one = payment(office.town.row("account.move", office.town.invoice(contact, "5.00", currency="USD")))
    elif what == "gone":
        one = payment(_invoice(office) | {"id": 999_999})
    else:
        one = payment(_invoice(office), amount=Decimal("121.01"))
    before = len(rows(office, "account.payment"))
    with pytest.raises(Skippable, match=told):
        opened(office).register_payment(one)
    assert len(rows(office, "account.payment")) == before


def test_another_amount_under_the_same_key_is_not_taken_for_the_same(office: OdooWorld, opened: Opened) -> None:
    package = opened(office)
    package.register_payment(payment(_invoice(office), amount=Decimal("40.00")))
    with pytest.raises(Skippable, match=r"40\.00 EUR under this key"):
        package.register_payment(payment(_invoice(office), amount=Decimal("41.00")))


@pytest.mark.parametrize(("code", "told"), [("NONE", "is not there"), ("INV", "type sale")])
def test_a_journal_that_will_not_do_stops_the_pass(office: OdooWorld, opened: Opened, code: str, told: str) -> None:
    with pytest.raises(NoAccess, match=told):
        opened(office, journal=code).register_payment(payment(_invoice(office)))


def test_a_bank_journal_in_another_currency_will_not_do(office: OdooWorld, opened: Opened) -> None:
    office.town.edit("account.journal", office.town.journals["BNK1"], currency_id=office.town.founded.currencies["USD"])
    with pytest.raises(NoAccess, match="not in EUR"):
        opened(office).register_payment(payment(_invoice(office)))


# ------------------------------------------------------------------------------------------------------------- returns


def _booked(office: OdooWorld, opened: Opened, **changes: Any) -> Row:
    opened(office).register_payment(payment(_invoice(office), **changes))
    return only(office, "account.payment")


def test_a_return_opens_the_invoice_and_says_why(office: OdooWorld, opened: Opened) -> None:
    _booked(office, opened)
    opened(office, language=Language.DUTCH).register_return(returned(_invoice(office)))
    assert only(office, "account.payment")["state"] == UNDONE[_version(office)]
    assert (_invoice(office)["payment_state"], _invoice(office)["amount_residual"]) == ("not_paid", Decimal("121.00"))
    (note,) = (row for row in rows(office, "mail.message", res_id=office.invoice) if "AM04" in row["body"])
    assert "23 november 2026" in note["body"]
    assert "Not enough money on the account. De factuur" in note["body"]


def test_the_fee_of_the_bank_is_an_entry_of_its_own(office: OdooWorld, opened: Opened) -> None:
    _booked(office, opened)
    opened(office).register_return(returned(_invoice(office)))
    fee = only(office, "account.move", ref="E2E-1/1/R/fee")
    assert (fee["state"], fee["date"], fee["journal_id"]) == ("posted", "2026-11-23", office.town.journals["MISC"])
    lines = {row["account_id"]: row["balance"] for row in rows(office, "account.move.line", move_id=fee["id"])}
    accounts = {row["code"]: row["id"] for row in rows(office, "account.account", company_id=office.town.company)}
    assert lines == {accounts["650000"]: Decimal("1.50"), accounts["550002"]: Decimal("-1.50")}


@pytest.mark.parametrize("charges", [None, Decimal("1.50")])
def test_no_fee_is_booked_where_the_bank_asks_none_or_no_account_is_named(
    office: OdooWorld, opened: Opened, charges: Decimal | None
) -> None:
    _booked(office, opened)
    settings = {} if charges is None else {"fee_account": "", "fee_counter_account": ""}
    opened(office, **settings).register_return(returned(_invoice(office), charges=charges))
    assert rows(office, "account.move", ref="E2E-1/1/R/fee") == []


def test_a_part_that_comes_back_opens_that_part(office: OdooWorld, opened: Opened) -> None:
    _booked(office, opened, amount=Decimal("40.00"))
    opened(office).register_return(returned(_invoice(office), amount=Decimal("40.00")))
    assert _invoice(office)["amount_residual"] == Decimal("121.00")


def test_every_answer_of_a_return_may_be_lost(office: OdooWorld, opened: Opened) -> None:
    _booked(office, opened)
    one = returned(_invoice(office))
    office.town.server.troubles.stage(Kind.LOST_ANSWER, CHANGES, times=99)
    for _ in range(9):
        if opened(office).look_up(EffectKind.REGISTER_RETURN, one.key):
            break
        with pytest.raises(UnknownOutcome):
            opened(office).register_return(one)
    office.town.server.calm()
    id_ = opened(office).look_up(EffectKind.REGISTER_RETURN, one.key)
    assert opened(office).register_return(one) == id_
    assert len(rows(office, "account.move", ref="E2E-1/1/R/fee")) == 1
    assert len([row for row in rows(office, "mail.message", res_id=office.invoice) if "AM04" in row["body"]]) == 1
    assert _invoice(office)["amount_residual"] == Decimal("121.00")


@pytest.mark.parametrize("why", ["matched with a bank statement", "in a closed period"])
def test_where_a_payment_must_stay_its_entry_is_reversed(office: OdooWorld, opened: Opened, why: str) -> None:
    booked = _booked(office, opened)
    if why == "matched with a bank statement":
        office.town.edit("account.payment", booked["id"], is_matched=True)
    else:
        company = office.town.row("res.company", office.town.company)
        office.town.instance.tables.put("res.company", {**company, "fiscalyear_lock_date": "2026-11-21"})
    wire = Wire()
    opened(office, wire=wire).register_return(returned(_invoice(office)))
    assert "account.move.reversal.refund_moves" in wire.changes
    assert only(office, "account.payment")["state"] == BOOKED[_version(office)]
    reversal = only(office, "account.move", reversed_entry_id=booked["move_id"])
    assert (reversal["state"], reversal["date"]) == ("posted", "2026-11-23")
    assert _invoice(office)["amount_residual"] == Decimal("121.00")


def test_a_reversal_whose_answer_was_lost_is_not_made_twice(office: OdooWorld, opened: Opened) -> None:
    booked = _booked(office, opened)
    office.town.edit("account.payment", booked["id"], is_matched=True)
    office.town.server.troubles.stage(Kind.LOST_ANSWER, "account.move.reversal.refund_moves")
    one = returned(_invoice(office))
    with pytest.raises(UnknownOutcome):
        opened(office).register_return(one)
    opened(office).register_return(one)
    assert len(rows(office, "account.move", reversed_entry_id=booked["move_id"])) == 1


def test_a_payment_that_a_user_undid_already_only_gets_its_note(office: OdooWorld, opened: Opened) -> None:
    booked = _booked(office, opened)
    office.town.do("finance", "account.payment", "action_cancel", [booked["id"]])
    wire = Wire()
    opened(office, wire=wire, fee_account="").register_return(returned(_invoice(office)))
    assert wire.changes == ["mail.message.create"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"payment": "E2E-7/1"}, "no payment E2E-7/1"), ({"amount": Decimal("20.00")}, "Odoo undoes it whole")],
)
def test_a_return_that_fits_no_payment_is_for_a_person(
    office: OdooWorld, opened: Opened, changes: dict[str, Any], told: str
) -> None:
    _booked(office, opened)
    with pytest.raises(Skippable, match=told):
        opened(office).register_return(returned(_invoice(office), **changes))
    assert _invoice(office)["amount_residual"] == 0


def test_an_account_for_fees_that_is_not_there_stops_before_anything_is_booked(
    office: OdooWorld, opened: Opened
) -> None:
    _booked(office, opened)
    with pytest.raises(NoAccess, match="999999"):
        opened(office, fee_account="999999").register_return(returned(_invoice(office)))
    assert rows(office, "account.move", ref="E2E-1/1/R/fee") == []


def test_the_dates_are_those_of_the_bank(office: OdooWorld, opened: Opened) -> None:
    opened(office).register_payment(payment(_invoice(office), paid_on=date(2026, 10, 31)))
    assert only(office, "account.payment")["date"] == "2026-10-31"
