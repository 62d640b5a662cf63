"""The database is put back to before a bank file was withdrawn and its rest written anew: the rest is what left."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from connector.engine.audit import audit
from connector.errors import Retriable
from connector.model.collection import CollectionState
from connector.model.effect import EffectState
from connector.store import bank_files, collections, effects, recoveries
from connector.store.bank_files import FileState
from connector.testing.bank_house import orders_of
from tests.flows.copies import copy_of, put_back
from tests.flows.world import World

AWAY = Retriable("Nobody answers.", where="test")


def _file_that_can_not_leave(world: World, *, copy: Path, url: str, knows_it: bool) -> str:
    """Ada and Bob are in a file that the bank does not take; the copy knows it, or it does not. Returns its name."""
    world.with_mandate("ada", "bob")
    for name in ("ada", "bob"):
        world.invoice(name, name, announces_debit=True)
    if not knows_it:
        copy_of(url, copy)
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()
    if knows_it:
        copy_of(url, copy)
    with world.store.reading() as connection:
        (file,) = bank_files.latest(connection)
    assert file.transactions == 2
    return file.message_id


def _restored(world: World, url: str, copy: Path) -> None:
    world.store.close()
    world.store = put_back(url, copy)


def _states(world: World) -> dict[str, FileState]:
    with world.store.reading() as connection:
        return {file.message_id: file.state for file in bank_files.latest(connection)}


def _is_up_to_date(world: World) -> bool:
    with world.store.reading() as connection:
        return recoveries.current(connection) is None


def _of(world: World, invoice: str) -> CollectionState | None:
    with world.store.reading() as connection:
        found = collections.find_many(connection, collections.ids_where(connection)).values()
    states = [one.collection.state for one in found if one.collection.claims[0].invoice.id == invoice]
    return states[-1] if states else None


@pytest.mark.parametrize("knows_it", [True, False])
def test_the_rest_that_was_sent_is_taken_up_and_the_file_that_was_withdrawn_never_leaves(
    world: World, database_url: str, tmp_path: Path, *, knows_it: bool
) -> None:
    copy = tmp_path / "copy"
    name = _file_that_can_not_leave(world, copy=copy, url=database_url, knows_it=knows_it)
    world.package.put_invoice(replace(world.package.invoice("ada"), open_amount=Decimal(0)))
    world.walk()
    assert list(world.bank.received) == [f"{name}.2.xml"]
    _restored(world, database_url, copy)
    world.walk()
    assert _states(world) == {name: FileState.WITHDRAWN, f"{name}.2": FileState.SUBMITTED}
    assert _is_up_to_date(world)
    assert _of(world, "ada") is (CollectionState.CANCELLED if knows_it else None)
    world.nights(14)
    assert list(world.bank.received) == [f"{name}.2.xml"]
    assert [order.debtor_name for order in orders_of(world.bank.received[f"{name}.2.xml"])] == ["Bob"]
    assert world.package.invoice("bob").open_amount == 0
    assert list(audit(world.installation, world.store)) == []


@pytest.mark.parametrize("knows_it", [True, False])
def test_a_rest_that_did_not_leave_either_leaves_after_the_restore(
    world: World, database_url: str, tmp_path: Path, *, knows_it: bool
) -> None:
    copy = tmp_path / "copy"
    name = _file_that_can_not_leave(world, copy=copy, url=database_url, knows_it=knows_it)
    world.package.put_invoice(replace(world.package.invoice("ada"), open_amount=Decimal(0)))
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()
    assert world.bank.received == {}
    _restored(world, database_url, copy)
    world.nights(2)
    assert list(world.bank.received) == [f"{name}.2.xml"]
    assert _is_up_to_date(world)
    world.nights(14)
    assert list(world.bank.received) == [f"{name}.2.xml"]
    with world.store.reading() as connection:
        open_ones = {EffectState.PENDING, EffectState.UNKNOWN, EffectState.SENDING}
        assert not open_ones & {EffectState(state) for state in effects.count_by_state(connection)}


def test_what_was_let_go_and_asked_for_anew_is_not_asked_for_a_third_time(
    world: World, database_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    name = _file_that_can_not_leave(world, copy=copy, url=database_url, knows_it=True)
    shrunk = replace(world.package.invoice("ada"), total=Decimal("50.00"), open_amount=Decimal("50.00"))
    world.package.put_invoice(shrunk)
    world.walk()
    world.nights(2)
    sent = set(world.bank.received)
    assert len(sent) == 2
    assert f"{name}.2.xml" in sent
    _restored(world, database_url, copy)
    world.walk()
    assert _is_up_to_date(world)
    world.nights(14)
    assert set(world.bank.received) == sent
    assert world.package.invoice("ada").open_amount == world.package.invoice("bob").open_amount == 0
    assert list(audit(world.installation, world.store)) == []
