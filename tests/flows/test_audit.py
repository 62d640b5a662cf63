"""The audit: each way in which our ledger and the world can differ is found, and the command it names mends it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, update

from connector.engine import nightly, reread
from connector.engine.differences import MENDED_BY, Difference, DifferenceKind
from connector.engine.one_pass import run_pass
from connector.errors import PassRunning, Retriable
from connector.model.effect import EffectState
from connector.model.mandate import MandateEventKind, MandateState
from connector.model.reason import ReasonCode
from connector.ports import Feed
from connector.store import cursors, exceptions, mandates, recoveries
from connector.store.history import Act
from connector.store.tables import bank_answers, collections, effects, received_files
from connector.store.tables import mandates as mandates_table
from tests.flows.world import World

_K = DifferenceKind


@pytest.fixture
def rested(world: World) -> World:
    """Two customers signed and paid one invoice each; everybody knows of everything."""
    world.with_mandate("ada", "bob")
    world.invoice("2026-1", "ada", "10.00", due_on=date(2026, 11, 27))
    world.invoice("2026-2", "bob", "20.00", due_on=date(2026, 11, 27))
    world.nights(10)
    assert _found(world) == []
    return world


def _found(world: World) -> list[Difference]:
    return nightly.audited(world.installation, world.store)


def _kinds(world: World) -> list[DifferenceKind]:
    return [one.kind for one in _found(world)]


def _replay(world: World, *feeds: str) -> None:
    """As `audit --replay` does."""
    reread.set_back(nightly.looking(world.installation, world.store, "Ann"), feeds)
    world.walk([reread.STEP_OF[feed] for feed in feeds])


def _change(world: World, statement: object) -> None:
    with world.store.transaction() as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _state(world: World, reference: str) -> MandateState:
    with world.store.reading() as connection:
        found = mandates.find(connection, reference)
    assert found is not None
    return found.state


def _miss(world: World, feed: Feed) -> None:
    """The feed is taken to be read as far as it goes, and was not."""
    read = {Feed.INVOICES: world.package.read_invoices, Feed.MANDATE_EVENTS: world.service.read_events}[feed]
    owner = {Feed.INVOICES: "books", Feed.MANDATE_EVENTS: world.service.name}[feed]
    last = list(read(""))[-1].cursor
    with world.store.transaction() as connection:
        cursors.move(connection, owner, feed, last, world.clock.now)


def test_an_open_amount_and_an_invoice_that_were_missed(rested: World) -> None:
    rested.invoice("2026-1", "ada", "10.00", open_amount=Decimal("4.00"), due_on=date(2026, 11, 27))
    rested.invoice("2026-3", "bob", "30.00")
    _miss(rested, Feed.INVOICES)
    found = {one.kind: one for one in _found(rested)}
    assert (found[_K.OPEN_AMOUNT].ours, found[_K.OPEN_AMOUNT].theirs) == ("0.00", "4.00")
    assert found[_K.INVOICE_UNKNOWN].record == "invoice books/2026-3"
    assert {one.mended_by for one in found.values()} == {"sepa-connector audit --replay invoices"}
    _replay(rested, "invoices")
    assert _found(rested) == []


def test_events_of_the_mandate_service_that_were_missed(rested: World) -> None:
    reference = rested.reference_of("ada")
    for kind in (MandateEventKind.SUSPENDED, MandateEventKind.RESUMED, MandateEventKind.CANCELLED):
        rested.service.tell(kind, reference)
    _miss(rested, Feed.MANDATE_EVENTS)
    (found,) = _found(rested)
    assert (found.kind, found.ours, found.theirs) == (_K.MANDATE_STATE, "active", "cancelled")
    _replay(rested, "mandate_events")
    assert _state(rested, reference) is MandateState.CANCELLED
    assert _found(rested) == []


def test_a_signature_that_was_noted_and_came_to_nothing(world: World) -> None:
    world.customer("ada")
    world.walk()
    reference = world.sign("ada")
    world.walk()
    as_invited = update(mandates_table).where(mandates_table.c.reference == reference).values(state="invited")
    _change(world, as_invited)
    assert _K.MANDATE_STATE in _kinds(world)
    _replay(world, "mandate_events")
    assert _state(world, reference) is MandateState.ACTIVE
    assert _found(world) == []


def test_feeds_that_are_read_again_change_nothing_that_is_right(rested: World) -> None:
    reference = rested.reference_of("ada")
    rested.service.tell(MandateEventKind.SUSPENDED, reference)
    rested.service.tell(MandateEventKind.RESUMED, reference)
    rested.walk()
    before = Counter(rested.walk().counts)
    _replay(rested, *reread.STEP_OF)
    assert _state(rested, reference) is MandateState.ACTIVE
    assert Counter(rested.walk().counts) == before
    assert _found(rested) == []


def test_a_payment_that_somebody_removed_is_made_again_once(rested: World) -> None:
    key = next(iter(rested.package.payments))
    removed = rested.package.payments.pop(key)
    (found,) = _found(rested)
    assert (found.kind, found.ours) == (_K.PAYMENT_GONE, str(removed.amount))
    assert found.mended_by == f"sepa-connector audit --again register_payment:{key}"
    reread.make_again(rested.store, found.key, Act(rested.clock.now, "Ann"))
    rested.nights(2)
    assert rested.package.payments[key].amount == removed.amount
    assert len(rested.package.payments) == 2
    assert _found(rested) == []


def test_a_payment_that_is_there_is_not_made_again_though_a_person_asks(rested: World) -> None:
    key = next(iter(rested.package.payments))
    calls = len(rested.package.payments)
    reread.make_again(rested.store, f"register_payment:{key}", Act(rested.clock.now, "Ann"))
    rested.nights(1)
    assert len(rested.package.payments) == calls
    assert _found(rested) == []


def test_only_what_was_made_can_be_made_again(rested: World) -> None:
    with pytest.raises(reread.NothingToMakeAgain):
        reread.make_again(rested.store, "register_payment:nothing", Act(rested.clock.now, "Ann"))


def test_a_mandate_that_somebody_removed_from_the_package(rested: World) -> None:
    reference = rested.reference_of("bob")
    del rested.package.mandates[reference]
    (found,) = _found(rested)
    assert (found.kind, found.record) == (_K.MANDATE_NOT_STORED, f"mandate {reference}")
    reread.make_again(rested.store, found.key, Act(rested.clock.now, "Ann"))
    rested.walk()
    assert reference in rested.package.mandates
    assert _found(rested) == []


def test_a_mandate_that_changed_since_it_was_stored_is_no_difference(rested: World) -> None:
    rested.service.tell(MandateEventKind.CANCELLED, rested.reference_of("ada"))
    rested.nights(2)
    with rested.store.reading() as connection:
        kinds = connection.execute(effects.select().where(effects.c.key.like("store_mandate:%:2"))).all()
    assert kinds
    assert _found(rested) == []


def test_an_answer_that_came_before_its_collection_was_known_is_read_again(rested: World) -> None:
    """As it is after the data folder was lost: the statement came first, the file was adopted later."""
    with rested.store.transaction() as connection:
        connection.execute(update(bank_answers).values(outcome="unmatched", end_to_end_id=None))
        connection.execute(update(collections).values(state="submitted", settled_on=None))
        connection.execute(delete(effects).where(effects.c.kind == "register_payment"))
    rested.package.payments.clear()
    rested.nights(6)
    assert set(_kinds(rested)) >= {_K.NO_ANSWER}
    _replay(rested, "bank")
    rested.nights(1)
    assert len(rested.package.payments) == 2
    assert _K.NO_ANSWER not in _kinds(rested)


def test_a_file_of_the_bank_that_the_database_does_not_know(rested: World) -> None:
    with rested.store.transaction() as connection:
        connection.execute(delete(bank_answers))
        connection.execute(delete(received_files))
    assert set(_kinds(rested)) == {_K.ANSWERS_UNREAD}
    _replay(rested, "bank")
    assert _found(rested) == []


def test_an_uncertain_change_and_one_that_was_refused(rested: World) -> None:
    keys = sorted(rested.package.payments)
    for key, state in zip(keys, (EffectState.UNKNOWN, EffectState.FAILED), strict=True):
        _change(rested, update(effects).where(effects.c.key == f"register_payment:{key}").values(state=state.value))
    assert _kinds(rested) == [_K.EFFECT_UNKNOWN, _K.EFFECT_FAILED]


def test_collections_and_files_without_an_answer(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "10.00", due_on=date(2026, 11, 27))
    for _ in range(14):
        world.walk()
        world.clock.forward(days=1)
    assert len(world.bank.received) == 1
    found = {one.kind: one for one in _found(world)}
    assert set(found) == {_K.NO_ANSWER, _K.FILE_UNANSWERED}
    world.bank_day()
    world.walk()
    assert _kinds(world) == [_K.NO_ANSWER]  # accepted by the bank, but is it paid?


def test_what_can_not_be_reached_is_told_and_the_rest_is_compared(rested: World) -> None:
    rested.package.payments.clear()
    rested.service.trouble.before("read_events", Retriable("Nobody answers.", where="test"))
    assert _kinds(rested) == [_K.NOT_REACHED, _K.PAYMENT_GONE, _K.PAYMENT_GONE]


def test_the_result_stays_with_the_exceptions_until_an_audit_finds_nothing(rested: World) -> None:
    def shown() -> list[str]:
        with rested.store.reading() as connection:
            every = exceptions.all_open(connection)
        return [one.reason.facts["count"] for one in every if one.reason.code is ReasonCode.AUDIT_DIFFERENCES]

    removed = rested.package.payments.copy()
    rested.package.payments.clear()
    _found(rested)
    assert shown() == ["2"]
    rested.package.payments.update(removed)
    rested.service.trouble.before("read_events", Retriable("Nobody answers.", where="test"))
    _found(rested)
    assert shown() == ["2"]
    _found(rested)
    assert shown() == []


def test_a_person_may_have_all_compared_from_the_start(rested: World) -> None:
    assert reread.recover(nightly.looking(rested.installation, rested.store, "Ann"))
    assert not reread.recover(nightly.looking(rested.installation, rested.store, "Ann"))
    assert _kinds(rested) == [_K.PUT_BACK]
    rested.invoice("2026-3", "bob", "30.00", due_on=date(2026, 12, 20))
    mails, files = len(rested.mailer.sent), len(rested.bank.received)
    rested.walk()
    assert (len(rested.mailer.sent), len(rested.bank.received)) == (mails, files)
    with rested.store.reading() as connection:
        assert recoveries.current(connection) is None
    rested.nights(25)
    assert rested.package.invoice("2026-3").open_amount == 0
    assert _found(rested) == []


def test_no_audit_while_a_pass_is_at_work(rested: World) -> None:
    def meanwhile(_deed: object) -> None:
        with pytest.raises(PassRunning):
            _found(rested)

    rested.customer("cleo")
    assert run_pass(rested.installation, rested.store, tell=meanwhile).error is None


def test_every_kind_of_difference_names_what_mends_it() -> None:
    assert set(MENDED_BY) == set(DifferenceKind)
    assert all(command.startswith("sepa-connector ") for command in MENDED_BY.values())
