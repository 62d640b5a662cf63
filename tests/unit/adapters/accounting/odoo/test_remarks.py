"""What users see of collections and of what they have to do: fields, notes, activities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from connector.errors import Skippable, UnknownOutcome
from connector.model.effect import EffectKind
from connector.ports import Remark
from tests.counterparts.odoo import CHANGES, Kind
from tests.counterparts.odoo.world import OdooWorld
from tests.unit.adapters.accounting.odoo.conftest import Opened
from tests.unit.adapters.accounting.odoo.given import attention, only, planned, rows


def _closed(remark: Remark) -> Remark:
    return replace(remark, open=False)


def test_a_planned_collection_stands_on_the_invoice_and_in_its_chatter(office: OdooWorld, opened: Opened) -> None:
    opened(office).show(planned(office.invoice))
    row = office.town.row("account.move", office.invoice)
    assert (row["x_sepa_mandate"], row["x_sepa_collection_date"]) == ("UMR-1", "2026-12-03")
    (note,) = rows(office, "mail.message", res_id=office.invoice)
    assert note["body"] == "<p>Direct debit on 3 December 2026</p><p>€121.00 under mandate UMR-1.</p>"


def test_it_goes_when_the_collection_ends_unless_a_later_one_stands_there(office: OdooWorld, opened: Opened) -> None:
    package = opened(office)
    first = planned(office.invoice)
    second = planned(office.invoice, key="collection:E2E-2", collection_date=date(2026, 12, 10))
    package.show(first)
    package.show(second)
    package.show(_closed(first))
    assert office.town.row("account.move", office.invoice)["x_sepa_collection_date"] == "2026-12-10"
    package.show(_closed(second))
    row = office.town.row("account.move", office.invoice)
    assert (row["x_sepa_mandate"], row["x_sepa_collection_date"]) == (None, None)


def test_without_our_fields_the_note_alone_tells_it(office: OdooWorld, opened: Opened) -> None:
    for name in ("x_sepa_mandate", "x_sepa_collection_date"):
        del office.town.instance.models["account.move"].fields[name]
    opened(office).show(planned(office.invoice))
    assert len(rows(office, "mail.message", res_id=office.invoice)) == 1


@pytest.mark.parametrize(
    ("salesperson", "responsible", "gets_it"),
    [("finance", "", "finance"), ("", "finance", "finance"), ("", "", "connector"), ("", "nobody", "connector")],
)
def test_a_matter_for_a_person_is_an_activity_of_who_is_responsible(
    office: OdooWorld, opened: Opened, salesperson: str, responsible: str, gets_it: str
) -> None:
    contact = office.town.customer("Matter", user_id=office.town.users[salesperson] if salesperson else False)
    opened(office, responsible=responsible).show(attention(contact))
    activity = only(office, "mail.activity", res_id=contact)
    assert activity["user_id"] == office.town.users[gets_it]
    assert (activity["summary"], activity["date_deadline"]) == ("Direct debit: no e-mail address", "2026-11-24")
    assert activity["note"].startswith("<p>Add the e-mail address.</p>")


def test_it_is_closed_when_the_matter_is_solved(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Matter")
    package = opened(office)
    package.show(attention(contact))
    package.show(_closed(attention(contact, text="Solved.")))
    assert [row for row in rows(office, "mail.activity", res_id=contact) if row.get("active", True)] == []
    assert "Solved." in only(office, "mail.message", res_id=contact)["body"]


def test_one_that_a_user_closed_is_not_opened_again(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Matter")
    opened(office).show(attention(contact))
    activity = only(office, "mail.activity", res_id=contact)["id"]
    office.town.do("finance", "mail.activity", "action_feedback", [activity], feedback="Called them.")
    opened(office).show(attention(contact))
    assert [row for row in rows(office, "mail.activity", res_id=contact) if row.get("active", True)] == []


def test_one_activity_is_not_taken_for_another_with_a_like_key(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Matter")
    package = opened(office)
    for name in ("no_email:books/7", "no-email:books/7", "noXemail:books/7", "no_email:books/77"):
        package.show(attention(contact, key=name))
    assert len(rows(office, "mail.activity", res_id=contact)) == 4
    package.show(_closed(attention(contact)))
    assert len([row for row in rows(office, "mail.activity", res_id=contact) if row.get("active", True)]) == 3


def test_markup_in_a_text_is_shown_and_never_obeyed(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Matter")
    opened(office).show(attention(contact, text="<script>x</script> & more"))
    assert "&lt;script&gt;" in only(office, "mail.activity", res_id=contact)["note"]


def test_a_record_that_is_gone_is_for_a_person(office: OdooWorld, opened: Opened) -> None:
    with pytest.raises(Skippable, match=r"no account\.move 999999"):
        opened(office).show(planned(999_999))


def test_an_archived_contact_can_still_be_remarked_on(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Archived", active=False)
    assert opened(office).show(attention(contact))


@pytest.mark.parametrize("kind", ["collection", "attention"])
def test_every_answer_may_be_lost(office: OdooWorld, opened: Opened, kind: str) -> None:
    contact = office.town.customer("Matter")
    remark = planned(office.invoice) if kind == "collection" else attention(contact)
    for one, word in ((remark, "open"), (_closed(remark), "closed")):
        office.town.server.troubles.stage(Kind.LOST_ANSWER, CHANGES, times=99)
        for _ in range(9):
            if opened(office).look_up(EffectKind.SHOW, f"{remark.key}/{word}"):
                break
            with pytest.raises(UnknownOutcome):
                opened(office).show(one)
        office.town.server.calm()
        assert opened(office).look_up(EffectKind.SHOW, f"{remark.key}/{word}") == opened(office).show(one)
    on = office.invoice if kind == "collection" else contact
    assert len(rows(office, "mail.message", res_id=on)) == 2
    assert [row for row in rows(office, "mail.activity") if row.get("active", True)] == []
