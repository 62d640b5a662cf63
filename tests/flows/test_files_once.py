"""A run becomes files once: as it was approved, as it was noted, with ids that are derived."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from connector.engine import approval
from connector.engine.one_pass import Outcome
from connector.errors import Retriable
from connector.model.collection import CollectionState
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, NotifyRules, Rules
from connector.steps import submit
from connector.store import collections, exceptions
from connector.store.exceptions import OpenException
from connector.store.runs import WaitingRun
from connector.store.tables import collections as table
from tests.flows.world import World

AWAY = Retriable("Nobody answers.", where="test")


def _open(world: World) -> list[OpenException]:
    with world.store.reading() as connection:
        return exceptions.all_open(connection)


def _proposed(world: World, *, approve: bool) -> WaitingRun:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada", "bob")
    for name in ("ada", "bob"):
        world.invoice(name, name, announces_debit=True)
    world.walk()
    (run,) = approval.waiting(world.store)
    if approve:
        approval.approve(world.store, run.id, world.clock.now, "Ann")
    return run


def _change_behind_our_back(world: World) -> None:
    with world.store.transaction() as connection:
        connection.execute(update(table).values(debtor_iban="DE89370400440532013000"))


def _written(world: World) -> None:
    _proposed(world, approve=True)
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()


def test_a_run_is_approved_by_what_was_seen_of_it(world: World) -> None:
    run = _proposed(world, approve=False)
    with pytest.raises(approval.RunChanged):
        approval.approve(world.store, run.id, world.clock.now, "Ann", "0000")
    _change_behind_our_back(world)
    with pytest.raises(approval.RunChanged):
        approval.approve(world.store, run.id, world.clock.now, "Ann", run.digest)
    world.walk()
    assert world.bank.received == {}


def test_a_run_that_was_changed_after_its_approval_is_not_sent_and_can_be_let_go(world: World) -> None:
    run = _proposed(world, approve=True)
    _change_behind_our_back(world)
    world.walk()
    assert world.bank.received == {}
    (shown,) = _open(world)
    assert shown.reason.code is ReasonCode.RUN_CHANGED
    approval.let_go(world.installation, world.store, run.id, world.clock.now, "Ann")
    with world.store.reading() as connection:
        assert collections.totals_by_state(connection).keys() == {CollectionState.CANCELLED.value}


def test_a_file_changed_on_our_disk_is_never_sent(world: World) -> None:
    _written(world)
    (path,) = (world.folder / "outgoing").glob("*.xml")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"121.00", b"122.00"))
    assert world.walk().outcome is Outcome.EXCEPTIONS
    assert world.bank.received == {}
    (shown,) = _open(world)
    assert shown.reason.code is ReasonCode.EFFECT_FAILED
    assert "changed on our disk" in shown.reason.facts["why"]


def test_a_file_gone_from_our_disk_is_written_anew_byte_by_byte(world: World) -> None:
    _written(world)
    (path,) = (world.folder / "outgoing").glob("*.xml")
    whole = path.read_bytes()
    path.unlink()
    world.clock.forward(hours=1)
    world.walk()
    assert list(world.bank.received.values()) == [whole]
    assert [child.name for child in (world.folder / "outgoing").glob(".anew*")] == []


def test_a_file_that_can_not_be_written_as_it_was_is_not_sent(world: World) -> None:
    _written(world)
    for path in (world.folder / "outgoing").glob("*.xml"):
        path.unlink()
    with world.store.transaction() as connection:
        connection.execute(update(table).values(remittance="something else"))
    world.walk()
    assert world.bank.received == {}
    (shown,) = _open(world)
    assert "gives another one" in shown.reason.facts["why"]


def test_nothing_leaves_if_a_collection_was_cancelled_while_its_file_was_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _proposed(world, approve=True)

    def cancelled_meanwhile(*_args: object) -> None:
        approval.let_go(world.installation, world.store, run.id, world.clock.now, "Ann")

    monkeypatch.setattr(submit, "note_files", cancelled_meanwhile)
    result = world.walk()
    assert result.outcome is Outcome.FAILED
    assert world.bank.received == {}
