"""What changed since a cursor: marks, overlap, pages, and how far the first reading came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.accounting.odoo.changes import CHANGED, Cursor, Mark
from connector.errors import NoAccess
from connector.model.customer import Customer
from connector.model.invoice import Invoice
from connector.ports import Batch
from tests.counterparts.odoo.world import OdooWorld, Wire, Worlds
from tests.unit.adapters.accounting.odoo.conftest import Opened

SERVER = datetime(2026, 11, 24, 16, 50, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 17, 0, 0, 500_000, tzinfo=UTC)
OVERLAP = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


def _ids(batches: list[Batch[Customer]] | list[Batch[Invoice]]) -> list[int]:
    return [int(record.key.id) for batch in batches for record in batch.records]


# ----------------------------------------------------------------------------------------------------------- marks


def test_what_is_new_is_read_again_from_before_it() -> None:
    assert Mark(SERVER, NOW).domain(OVERLAP) == [[CHANGED, ">=", "2026-11-24 16:40:00"]]


def test_what_was_known_for_the_overlap_is_not_read_again() -> None:
    """The next second is asked for: 17 and 19 do not agree on what lies behind an instant within its second."""
    settled = Mark(SERVER, NOW).after(SERVER, NOW + OVERLAP + MINUTE, OVERLAP)
    assert settled.domain(OVERLAP) == [[CHANGED, ">=", "2026-11-24 16:50:01"]]


def test_it_is_read_again_while_an_older_transaction_may_still_end() -> None:
    assert not Mark(SERVER, NOW).after(SERVER, NOW + OVERLAP, OVERLAP).settled


def test_a_settled_mark_stays_so_until_something_new_is_seen() -> None:
    settled = Mark(SERVER, NOW, settled=True)
    assert settled.after(SERVER, NOW + MINUTE, OVERLAP) == settled
    assert settled.after(SERVER + MINUTE, NOW + MINUTE, OVERLAP) == Mark(SERVER + MINUTE, NOW + MINUTE)


def test_a_cursor_comes_back_as_it_was() -> None:
    marks = {"res.partner": Mark(SERVER, NOW), "res.partner.bank": Mark(SERVER, NOW, settled=True)}
    cursor = Cursor(marks, after_id=7, compared_on="2026-11-24")
    assert Cursor.read(cursor.text(), "odoo") == cursor


@pytest.mark.parametrize("text", ["17", "{", "{}", '{"marks": {"res.partner": ["yesterday"]}, "after_id": null}'])
def test_a_foreign_cursor_stops_the_pass(text: str) -> None:
    with pytest.raises(NoAccess, match="not one of the Odoo adapter"):
        Cursor.read(text, "odoo")


# ------------------------------------------------------------------------------------------------------- customers


def _at_rest(office: OdooWorld, opened: Opened) -> str:
    """A cursor of customers behind which there is nothing, and that is settled."""
    package = opened(office)
    cursor = ""
    for _ in range(3):
        cursor = [*package.read_customers(cursor)][-1].cursor if not cursor else _moved(opened, office, cursor)
        office.clock.forward(minutes=20)
    assert _ids([*package.read_customers(cursor)]) == []
    return cursor


def _moved(opened: Opened, office: OdooWorld, cursor: str) -> str:
    batches = [*opened(office).read_customers(cursor)]
    return batches[-1].cursor if batches else cursor


def test_nothing_new_is_nothing_read(office: OdooWorld, opened: Opened) -> None:
    cursor = _at_rest(office, opened)
    assert [*opened(office).read_customers(cursor)] == []


def test_a_change_within_the_second_of_the_last_one_is_seen(office: OdooWorld, opened: Opened) -> None:
    """17 compares microseconds and 19 whole seconds: asking for what is greater would lose it on one of them."""
    cursor = _at_rest(office, opened)
    first = office.town.customer("First")
    office.clock.forward(seconds=0.2)
    batches = [*opened(office).read_customers(cursor)]
    assert _ids(batches) == [first]
    second = office.town.customer("Second")  # same second
    assert second in _ids([*opened(office).read_customers(batches[-1].cursor)])


def test_a_transaction_that_is_committed_late_is_seen(office: OdooWorld, opened: Opened) -> None:
    cursor = _at_rest(office, opened)
    late = office.town.late()
    hidden = late.create("res.partner", {"name": "Late", "is_company": True})
    office.clock.forward(minutes=4)
    seen = office.town.customer("In time")
    batches = [*opened(office).read_customers(cursor)]
    assert _ids(batches) == [seen]
    office.clock.forward(minutes=5)
    late.commit()
    assert hidden in _ids([*opened(office).read_customers(batches[-1].cursor)])


def test_a_transaction_that_was_open_during_the_first_reading_is_seen(office: OdooWorld, opened: Opened) -> None:
    late = office.town.late()
    hidden = late.create("res.partner", {"name": "Late", "is_company": True})
    office.clock.forward(minutes=4)
    office.town.customer("In time")
    first = [*opened(office, page_size=2).read_customers("")]
    assert hidden not in _ids(first)
    late.commit()
    assert hidden in _ids([*opened(office).read_customers(first[-1].cursor)])


def test_many_records_of_one_instant_go_by_pages(office: OdooWorld, opened: Opened) -> None:
    cursor = _at_rest(office, opened)
    rows = [{"name": f"Batch {number}", "is_company": True} for number in range(23)]
    made = office.town.do("admin", "res.partner", "create", rows)
    assert len({row["write_date"] for row in office.town.instance.rows("res.partner") if row["id"] in made}) == 1
    batches = [*opened(office, page_size=5).read_customers(cursor)]
    assert sorted(_ids(batches)) == made
    assert max(len(batch.records) for batch in batches) == 5


def test_a_pass_that_ended_between_pages_reads_them_again(office: OdooWorld, opened: Opened) -> None:
    cursor = _at_rest(office, opened)
    made = [office.town.customer(f"Page {number}") for number in range(7)]
    first = next(iter(opened(office, page_size=3).read_customers(cursor)))
    assert set(made) <= {*_ids([first]), *_ids([*opened(office, page_size=3).read_customers(first.cursor)])}


@pytest.mark.parametrize("what", ["made", "changed"])
def test_a_bank_account_brings_its_contact_though_it_does_not_bump_it(
    office: OdooWorld, opened: Opened, what: str
) -> None:
    contact = office.town.customer("Banked", iban="BE71096123456769" if what == "changed" else "")
    cursor = _at_rest(office, opened)
    before = office.town.row("res.partner", contact)["write_date"]
    if what == "made":
        values = {"acc_number": "BE43 0689 9999 9501", "partner_id": contact}
        office.town.do("finance", "res.partner.bank", "create", [values])
    else:
        (account,) = office.town.instance.tables.of["res.partner.bank"].where("partner_id", [contact])
        office.town.edit("res.partner.bank", account, acc_number="BE43 0689 9999 9501")
    assert office.town.row("res.partner", contact)["write_date"] == before
    (batch,) = opened(office).read_customers(cursor)
    assert [(int(one.key.id), one.iban) for one in batch.records] == [(contact, "BE43068999999501")]


def test_an_address_below_a_contact_brings_the_contact(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Above", email="above@example.org")
    cursor = _at_rest(office, opened)
    office.town.customer("Invoices", parent_id=contact, is_company=False, type="invoice", email="pay@example.org")
    (batch,) = opened(office).read_customers(cursor)
    assert [(int(one.key.id), one.email) for one in batch.records] == [(contact, "pay@example.org")]


def test_an_archived_contact_is_told_as_such(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Leaving")
    cursor = _at_rest(office, opened)
    office.town.edit("res.partner", contact, active=False)
    (batch,) = opened(office).read_customers(cursor)
    assert [(int(one.key.id), one.active) for one in batch.records] == [(contact, False)]


def test_once_a_night_all_ids_are_told_so_that_deletions_are_seen(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Merged away")
    package = opened(office)
    first = [*package.read_customers("")]
    assert [batch.present for batch in first] == [None] * len(first)
    office.town.delete("res.partner", contact)
    office.clock.forward(minutes=5)
    same_day = [*package.read_customers(first[-1].cursor)]
    assert all(batch.present is None for batch in same_day)
    office.clock.forward(days=1)
    batches = [*package.read_customers(first[-1].cursor)]
    (present,) = (batch.present for batch in batches if batch.present is not None)
    assert present == {one.key.id for batch in first for one in batch.records} - {str(contact)}
    office.clock.forward(minutes=5)
    assert all(batch.present is None for batch in package.read_customers(batches[-1].cursor))


# --------------------------------------------------------------------------------------------------- first reading


def test_the_first_reading_goes_on_where_it_was_ended(office: OdooWorld, opened: Opened) -> None:
    made = [office.town.customer(f"Contact {number:02}") for number in range(11)]
    read: list[int] = []
    cursor, pages = "", 0
    while not cursor or Cursor.read(cursor, "odoo").after_id is not None:  # the process ends after each page
        batch = next(iter(opened(office, page_size=4).read_customers(cursor)))
        read += _ids([batch])
        cursor, pages = batch.cursor, pages + 1
    assert pages == -(-len(read) // 4)
    assert read == sorted(set(read))
    assert set(made) <= set(read)


def test_what_changes_during_the_first_reading_comes_after_it(office: OdooWorld, opened: Opened) -> None:
    contacts = [office.town.customer(f"Contact {number:02}") for number in range(5)]
    office.clock.forward(minutes=1)
    pages = opened(office, page_size=3).read_customers("")
    first = next(pages)
    office.town.edit("res.partner", contacts[0], name="Renamed")
    office.clock.forward(minutes=1)
    assert set(contacts) <= {*_ids([first]), *_ids(rest := [*pages])}
    assert contacts[0] in _ids([*opened(office).read_customers(rest[-1].cursor)])


def test_pages_go_by_id_and_are_as_long_as_asked(made: Worlds, opened: Opened) -> None:
    office, wire = made(19), Wire()
    for number in range(9):
        office.town.customer(f"Contact {number}")
    assert max(len(batch.records) for batch in opened(office, wire=wire, page_size=4).read_customers("")) == 4
    pages = [one for call, one in zip(wire.calls, wire.arguments, strict=True) if call == "res.partner.search_read"]
    pages = [one for one in pages if one.get("limit") == 4]
    assert len(pages) >= 3
    assert all(one["order"] == "id" and "offset" not in one for one in pages)


def test_invoices_that_are_paid_or_cancelled_come_with_what_is_open(office: OdooWorld, opened: Opened) -> None:
    package = opened(office)
    cursor = [*package.read_invoices("")][-1].cursor
    office.clock.forward(minutes=1)
    about = {"active_model": "account.move", "active_ids": [office.invoice]}
    wizard = office.town.do("finance", "account.payment.register", "create", [{"amount": 21}], context=about)
    office.town.do("finance", "account.payment.register", "action_create_payments", wizard)
    batches = [*package.read_invoices(cursor)]
    left = {int(one.key.id): one.open_amount for batch in batches for one in batch.records}
    assert left[office.invoice] == 100
    office.town.do("finance", "account.move", "button_cancel", [office.invoice])
    batches = [*package.read_invoices(batches[-1].cursor)]
    left = {int(one.key.id): one.open_amount for batch in batches for one in batch.records}
    assert left[office.invoice] == 0
