"""Mandates in their three homes: shown as Odoo's own would be, once, and left alone where a user had the last word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from adapters.accounting.odoo.adapter import OdooPackage
from connector.errors import NoAccess, Skippable
from connector.model.customer import Language
from connector.model.mandate import MandateEvent, MandateEventKind, MandateState, MandateType
from connector.ports import SignedMandate
from tests.counterparts.odoo import Home
from tests.counterparts.odoo.fields import Row
from tests.counterparts.odoo.homes import HOMES
from tests.counterparts.odoo.world import OdooWorld, Wire, Worlds
from tests.unit.adapters.accounting.odoo.conftest import Opened
from tests.unit.adapters.accounting.odoo.given import IBAN, OTHER_IBAN, only, rows, signed

REFERENCE = {Home.OCA: "unique_mandate_reference", Home.ENTERPRISE: "name", Home.VANILLA: "x_sepa_mandate"}
REFERENCE[Home.DIRECT_DEBIT] = REFERENCE[Home.ENTERPRISE]
MODEL = {
    Home.OCA: "account.banking.mandate",
    Home.ENTERPRISE: "sdd.mandate",
    Home.DIRECT_DEBIT: "account.direct.debit.mandate",
    Home.VANILLA: "res.partner",
}
STATE = {home: "x_sepa_state" if home is Home.VANILLA else "state" for home in Home}
WORDS = {
    Home.OCA: ("draft", "draft", "valid", "draft", "cancel", "expired", "expired"),
    Home.ENTERPRISE: ("draft", "draft", "active", "draft", "revoked", "closed", "closed"),
    Home.DIRECT_DEBIT: ("draft", "draft", "active", "draft", "revoked", "closed", "closed"),
    Home.VANILLA: ("signed", "awaiting_bank", "active", "suspended", "cancelled", "expired", "spent"),
}
STATES = (
    MandateState.SIGNED,
    MandateState.AWAITING_BANK,
    MandateState.ACTIVE,
    MandateState.SUSPENDED,
    MandateState.CANCELLED,
    MandateState.EXPIRED,
    MandateState.SPENT,
)


SETS = [*((version, home) for version in (17, 19) for home in HOMES), (19, Home.DIRECT_DEBIT)]


@pytest.fixture(params=SETS, ids=lambda one: f"{one[0]}-{one[1]}")
def office(request: pytest.FixtureRequest, made: Worlds) -> OdooWorld:
    """Each version with each home of mandates."""
    return made(*request.param)


def _home(office: OdooWorld) -> Home:
    return office.town.instance.home


def _store(package: OdooPackage, *some: SignedMandate) -> list[str | Skippable]:
    return list(package.store_mandates(some))


def _shown(office: OdooWorld, reference: str = "UMR-1") -> Row:
    """The record that shows a mandate."""
    return only(office, MODEL[_home(office)], **{REFERENCE[_home(office)]: reference})


def _state(office: OdooWorld, reference: str = "UMR-1") -> object:
    return _shown(office, reference)[STATE[_home(office)]]


def _account(office: OdooWorld, reference: str = "UMR-1") -> object:
    row = _shown(office, reference)
    if _home(office) is Home.VANILLA:
        return row["x_sepa_iban"]
    return office.town.row("res.partner.bank", row["partner_bank_id"])["sanitized_acc_number"]


def _edit(office: OdooWorld, **values: Any) -> None:
    """A user changes what shows the mandate, a minute later."""
    office.clock.forward(minutes=1)
    office.town.edit(MODEL[_home(office)], _shown(office)["id"], **values)
    office.clock.forward(minutes=1)


def _set_state(office: OdooWorld, state: MandateState) -> None:
    _edit(office, **{STATE[_home(office)]: WORDS[_home(office)][STATES.index(state)]})


def _told(package: OdooPackage, cursor: str = "") -> Sequence[MandateEvent]:
    return [event for batch in package.read_mandates(cursor) for event in batch.records]


# ----------------------------------------------------------------------------------------------------- how it is shown


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_a_word_of_its_home(office: OdooWorld, opened: Opened, state: MandateState) -> None:
    contact = office.town.customer("Stated")
    (answer,) = _store(opened(office), signed(contact, state=state))
    assert isinstance(answer, str)
    assert _state(office) == WORDS[_home(office)][STATES.index(state)]
    assert _account(office) == IBAN


def test_a_mandate_follows_through_all_its_states_in_one_record(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Following")
    answers = set()
    for state in (MandateState.SIGNED, MandateState.AWAITING_BANK, MandateState.ACTIVE, MandateState.SUSPENDED,
                  MandateState.ACTIVE, MandateState.CANCELLED):  # fmt: skip
        office.clock.forward(minutes=1)
        answers.update(_store(opened(office), signed(contact, state=state)))
        assert _state(office) == WORDS[_home(office)][STATES.index(state)]
    assert len(answers) == 1
    assert len(rows(office, "ir.attachment", name="UMR-1.pdf")) == 1


def test_the_signed_document_and_a_note_lie_beside_it(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Noted")
    _store(opened(office, language=Language.DUTCH), signed(contact))
    document = only(office, "ir.attachment", name="UMR-1.pdf")
    assert (document["res_model"], document["res_id"]) == (MODEL[_home(office)], _shown(office)["id"])
    note = only(office, "mail.message", model="res.partner", res_id=contact)
    assert "actief" in note["body"]
    assert "2 november 2026" in note["body"]
    assert IBAN not in note["body"]


def test_the_note_speaks_the_language_of_the_keys_user_unless_one_is_set(office: OdooWorld, opened: Opened) -> None:
    office.town.edit("res.users", office.town.users["connector"], lang="fr_BE")
    contact = office.town.customer("Noted")
    _store(opened(office), signed(contact))
    assert "actif" in only(office, "mail.message", model="res.partner", res_id=contact)["body"]


def test_a_one_off_and_the_date_of_last_use_are_shown_where_there_is_a_place(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Once")
    _store(opened(office), signed(contact, type=MandateType.ONE_OFF, last_used_on=date(2026, 11, 20)))
    row = _shown(office)
    home = _home(office)
    if home is Home.OCA:
        assert (row["type"], row["last_debit_date"], row["format"]) == ("oneoff", "2026-11-20", "sepa")
    elif home is not Home.VANILLA:
        assert (row["one_off"], row["start_date"]) == (True, "2026-11-02")
    else:
        assert (row["x_sepa_last_used_on"], row["x_sepa_scheme"]) == ("2026-11-20", "CORE")


def test_hundreds_of_mandates_go_in_a_dozen_calls(office: OdooWorld, opened: Opened) -> None:
    wire = Wire()
    some = [signed(office.town.customer(f"Many {number}"), f"UMR-{number}") for number in range(150)]
    answers = _store(opened(office, wire=wire), *some)
    assert len(set(answers)) == 150
    assert all(isinstance(answer, str) for answer in answers)
    assert len(wire.changes) <= 5
    assert len(wire.calls) <= 25
    assert len({_account(office, f"UMR-{number}") for number in range(150)}) == 1


def test_one_that_odoo_refuses_is_answered_in_its_place(office: OdooWorld, opened: Opened) -> None:
    good, other = office.town.customer("Good"), office.town.customer("Other")
    answers = _store(
        opened(office),
        signed(good, "UMR-1"),
        signed(999_999, "UMR-2"),
        signed(other, "UMR-3", iban=None),
        signed(other, "UMR-4"),
    )
    assert [type(answer) for answer in answers] == [str, Skippable, Skippable, str]
    assert "no contact 999999" in str(answers[1])


# ------------------------------------------------------------------------------------------------------- bank accounts


def test_the_iban_is_a_bank_account_of_the_contact_and_another_stays(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Banked", iban=OTHER_IBAN)
    _store(opened(office), signed(contact))
    numbers = {row["sanitized_acc_number"] for row in rows(office, "res.partner.bank", partner_id=contact)}
    assert numbers == {IBAN, OTHER_IBAN}


def test_an_account_that_is_there_is_used_and_one_that_is_archived_taken_back(
    office: OdooWorld, opened: Opened
) -> None:
    contact = office.town.customer("Banked", iban=IBAN)
    office.town.edit("res.partner.bank", only(office, "res.partner.bank", partner_id=contact)["id"], active=False)
    _store(opened(office), signed(contact))
    assert only(office, "res.partner.bank", partner_id=contact)["active"] is True


def test_another_account_of_the_debtor_is_another_bank_account(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Moved")
    package = opened(office)
    (first,) = _store(package, signed(contact))
    office.clock.forward(minutes=1)
    assert _store(package, signed(contact, iban=OTHER_IBAN, amended=True)) == [first]
    assert _account(office) == OTHER_IBAN
    assert len(rows(office, "res.partner.bank", partner_id=contact)) == 2


def test_the_same_iban_of_two_contacts_is_an_account_of_each(office: OdooWorld, opened: Opened) -> None:
    one, two = office.town.customer("One"), office.town.customer("Two")
    answers = _store(opened(office), signed(one, "UMR-1"), signed(two, "UMR-2"))
    assert all(isinstance(answer, str) for answer in answers)
    assert len(rows(office, "res.partner.bank", sanitized_acc_number=IBAN)) == 2


# --------------------------------------------------------------------------------------------------------- users win


@pytest.mark.parametrize(
    ("state", "kind"),
    [(MandateState.CANCELLED, MandateEventKind.CANCELLED), (MandateState.SUSPENDED, MandateEventKind.SUSPENDED)],
)
def test_what_a_user_did_is_told_with_the_same_id_each_time(
    office: OdooWorld, opened: Opened, state: MandateState, kind: MandateEventKind
) -> None:
    package = opened(office)
    _store(package, signed(office.town.customer("Ended")))
    office.clock.forward(minutes=1)
    batches = [*package.read_mandates("")]
    assert [event for batch in batches for event in batch.records] == []
    _set_state(office, state)
    told = _told(package, batches[-1].cursor)
    assert (told[0].kind, told[0].reference) == (kind, "UMR-1")
    assert told[0].id in {event.id for event in _told(opened(office))}


def test_a_mandate_that_a_user_cancelled_is_not_made_good_again(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Ended")
    _store(opened(office), signed(contact))
    _set_state(office, MandateState.CANCELLED)
    (answer,) = _store(opened(office), signed(contact, last_used_on=date(2026, 11, 20)))
    assert "cancelled in Odoo" in str(answer)
    assert _state(office) == WORDS[_home(office)][STATES.index(MandateState.CANCELLED)]


def test_another_account_that_a_user_gave_is_told_and_not_overwritten(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Moved")
    _store(opened(office), signed(contact))
    if _home(office) is Home.VANILLA:
        _edit(office, x_sepa_iban="BE43 0689 9999 9501")
    else:
        values = {"acc_number": OTHER_IBAN, "partner_id": contact}
        (account,) = office.town.do("finance", "res.partner.bank", "create", [values])
        _edit(office, partner_bank_id=account)
    told = {event.kind: event for event in _told(opened(office))}
    assert told[MandateEventKind.AMENDED].iban == OTHER_IBAN
    (answer,) = _store(opened(office), signed(contact, last_used_on=date(2026, 11, 20)))
    assert "A user changed its account" in str(answer)
    assert IBAN not in str(answer)
    (answer,) = _store(opened(office), signed(contact, iban=OTHER_IBAN, amended=True))
    assert isinstance(answer, str)


def test_a_bank_account_that_a_user_overwrote_is_another_account(office: OdooWorld, opened: Opened) -> None:
    """Odoo lets them; the record of the mandate itself is not touched by it."""
    contact = office.town.customer("Moved")
    package = opened(office)
    _store(package, signed(contact))
    office.clock.forward(minutes=30)
    cursor = [*package.read_mandates("")][-1].cursor
    office.town.edit(
        "res.partner.bank", only(office, "res.partner.bank", partner_id=contact)["id"], acc_number=OTHER_IBAN
    )
    office.clock.forward(minutes=1)
    told = {event.kind: event for event in _told(package, cursor)}
    assert told[MandateEventKind.AMENDED].iban == OTHER_IBAN
    (answer,) = _store(opened(office), signed(contact, last_used_on=date(2026, 11, 20)))
    assert "A user changed its account" in str(answer)
    (answer,) = _store(opened(office), signed(contact, iban=OTHER_IBAN, amended=True))
    assert isinstance(answer, str)
    assert only(office, "res.partner.bank", partner_id=contact)["sanitized_acc_number"] == OTHER_IBAN
    assert MandateEventKind.AMENDED not in {event.kind for event in _told(opened(office)) if event.iban != OTHER_IBAN}


def test_a_spent_one_that_a_user_touches_is_not_taken_for_cancelled(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Spent")
    _store(opened(office), signed(contact, type=MandateType.ONE_OFF, state=MandateState.SPENT))
    _edit(office, **({"comment": "seen"} if _home(office) is Home.VANILLA else {_last_note(office): "2026-11-03"}))
    assert _told(opened(office)) == []


def test_an_account_that_is_no_iban_is_a_fault_and_the_rest_is_told(office: OdooWorld, opened: Opened) -> None:
    contact, other = office.town.customer("Wrong"), office.town.customer("Right")
    _store(opened(office), signed(contact), signed(other, "UMR-2"))
    office.clock.forward(minutes=1)
    account = only(office, "res.partner.bank", partner_id=contact)["id"]
    office.town.edit("res.partner.bank", account, acc_number="12345")
    home = _home(office)
    cancelled = WORDS[home][STATES.index(MandateState.CANCELLED)]
    office.town.edit(MODEL[home], _shown(office, "UMR-2")["id"], **{STATE[home]: cancelled})
    batches = [*opened(office).read_mandates("")]
    assert [fault.where for batch in batches for fault in batch.faults] == ["IBAN"]
    assert [event.reference for batch in batches for event in batch.records] == ["UMR-2"]


def test_what_a_user_added_elsewhere_does_not_hold_up_another_account_of_the_debtor(
    office: OdooWorld, opened: Opened
) -> None:
    contact = office.town.customer("Touched")
    _store(opened(office), signed(contact))
    _edit(office, **({"comment": "seen"} if _home(office) is Home.VANILLA else {_last_note(office): "2026-11-03"}))
    (answer,) = _store(opened(office), signed(contact, iban=OTHER_IBAN, amended=True))
    assert isinstance(answer, str)
    assert _account(office) == OTHER_IBAN


def _last_note(office: OdooWorld) -> str:
    return "last_debit_date" if _home(office) is Home.OCA else "end_date"


def test_the_reference_of_another_contact_is_not_taken(office: OdooWorld, opened: Opened) -> None:
    one, two = office.town.customer("One"), office.town.customer("Two")
    _store(opened(office), signed(one))
    (answer,) = _store(opened(office), signed(two))
    assert "Another contact" in str(answer)


# ----------------------------------------------------------------------------------------------------- home by home


@pytest.mark.parametrize("version", [17, 19])
@pytest.mark.parametrize("home", [Home.OCA, Home.ENTERPRISE])
def test_mandates_that_others_made_are_none_of_ours_and_cost_one_call(
    made: Worlds, opened: Opened, version: int, home: Home
) -> None:
    office, wire = made(version, home), Wire()
    contact = office.town.customer("By hand", iban=IBAN)
    (account,) = office.town.instance.tables.of["res.partner.bank"].where("partner_id", [contact])
    env = office.town.instance.superuser()
    for number in range(30):
        values = {REFERENCE[home]: f"HAND-{number}", "partner_bank_id": account, "partner_id": contact}
        env[MODEL[home]].create_one(env, {**values, "company_id": office.town.company, "state": "draft"})
    assert _told(opened(office, wire=wire)) == []
    assert len(wire.calls) < 12


def test_a_contact_shows_the_mandate_that_was_signed_last(made: Worlds, opened: Opened) -> None:
    office = made(17)
    contact = office.town.customer("Twice")
    package = opened(office)
    _store(package, signed(contact, "UMR-OLD", signed_on=date(2026, 1, 2)))
    _store(package, signed(contact, "UMR-NEW", signed_on=date(2026, 11, 2)))
    assert only(office, "res.partner", id=contact)["x_sepa_mandate"] == "UMR-NEW"
    (old,) = _store(package, signed(contact, "UMR-OLD", signed_on=date(2026, 1, 2), state=MandateState.CANCELLED))
    assert isinstance(old, str)
    assert only(office, "res.partner", id=contact)["x_sepa_mandate"] == "UMR-NEW"


def test_without_a_place_for_mandates_somebody_has_to_make_one(made: Worlds, opened: Opened) -> None:
    office = made(19)
    for row in rows(office, "ir.model.fields"):
        office.town.instance.models["res.partner"].fields.pop(row["name"], None)
    with pytest.raises(NoAccess, match="no place for mandates") as caught:
        _store(opened(office), signed(office.town.customer("First")))
    assert "odoo install" in caught.value.remedy


def test_a_mandate_without_its_note_is_completed(office: OdooWorld, opened: Opened) -> None:
    """The note is written last: what a call was cut short on is found and completed."""
    contact = office.town.customer("Cut short")
    one = signed(contact)
    (first,) = _store(opened(office), one)
    for row in rows(office, "mail.message", model="res.partner", res_id=contact):
        office.town.delete("mail.message", row["id"])
    assert _store(opened(office), replace(one)) == [first]
    assert len(rows(office, "mail.message", model="res.partner", res_id=contact)) == 1
    assert len(rows(office, "ir.attachment", name="UMR-1.pdf")) == 1
