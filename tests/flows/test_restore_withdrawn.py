"""The database is put back to before a bank file was withdrawn and its rest written anew: the rest is what left."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from connector.engine import recover, resolve
from connector.engine.audit import audit
from connector.engine.explain import explain
from connector.errors import Retriable
from connector.model.collection import CollectionState
from connector.model.effect import EffectState
from connector.model.reason import ReasonCode
from connector.store import bank_files, collections, effects, exceptions, recoveries
from connector.store.bank_files import FileState
from connector.store.history import RecordKind
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


@pytest.mark.parametrize("knows_it", [True, False])
@pytest.mark.parametrize("lower", ["121.00", "50.00"])
def test_a_file_that_was_withdrawn_whole_gives_way_to_the_one_that_asked_anew(
    world: World, database_url: str, tmp_path: Path, *, knows_it: bool, lower: str
) -> None:
    copy = tmp_path / "copy"
    name = _file_that_can_not_leave(world, copy=copy, url=database_url, knows_it=knows_it)
    for invoice in ("ada", "bob"):
        less = replace(world.package.invoice(invoice), total=Decimal(lower), open_amount=Decimal(lower))
        world.package.put_invoice(less)
    world.clock.forward(days=10)  # too late for its day
    world.walk()
    world.walk()
    (sent,) = world.bank.received
    assert not sent.startswith(name)
    _restored(world, database_url, copy)
    world.nights(2)
    assert _is_up_to_date(world)
    assert _states(world) == {name: FileState.WITHDRAWN, sent.removesuffix(".xml"): FileState.ACCEPTED}
    world.nights(14)
    assert list(world.bank.received) == [sent]
    assert world.package.invoice("ada").open_amount == world.package.invoice("bob").open_amount == 0
    assert list(audit(world.installation, world.store)) == []


def test_a_file_that_went_out_is_taken_up_though_an_invoice_in_it_is_lower_now(
    world: World, database_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    world.with_mandate("ada", "bob")
    for name in ("ada", "bob"):
        world.invoice(name, name, announces_debit=True)
    copy_of(database_url, copy)
    world.walk()
    (sent,) = world.bank.received
    _restored(world, database_url, copy)
    world.package.put_invoice(
        replace(world.package.invoice("ada"), total=Decimal("50.00"), open_amount=Decimal("50.00"))
    )
    world.walk()
    assert _is_up_to_date(world)
    (explained,) = explain(world.installation, world.store, RecordKind.INVOICE, "ada")
    assert [reason.code for reason in explained.reasons] == [ReasonCode.BEING_COLLECTED]
    assert explained.facts["total"] == Decimal("50.00")
    world.nights(3)
    assert list(world.bank.received) == [sent]


@pytest.mark.parametrize("answered_for", [True, False])
def test_a_database_that_lacks_a_file_which_went_out_is_accepted_only_if_somebody_answers_for_it(
    world: World, database_url: str, tmp_path: Path, *, answered_for: bool
) -> None:
    copy = tmp_path / "copy"
    world.with_mandate("ada")
    world.invoice("ada", "ada", announces_debit=True)
    copy_of(database_url, copy)
    world.walk()
    (sent,) = world.bank.received
    _restored(world, database_url, copy)
    file = world.folder / "outgoing" / sent
    kept = file.read_bytes()
    file.unlink()
    world.walk()
    with pytest.raises(recover.NothingToAccept, match=sent):
        recover.accept(world.store, world.clock.now, "Ann")
    world.walk()
    assert list(world.bank.received) == [sent]
    if answered_for:
        with world.store.reading() as connection:
            shown = exceptions.all_open(connection)
        (missing,) = [one.id for one in shown if one.reason.code is ReasonCode.BANK_FILE_NOT_ADOPTED]
        resolve.ignore(world.store, missing, world.clock.now, "Ann")
        recover.accept(world.store, world.clock.now, "Ann")
        assert _is_up_to_date(world)
    else:
        file.write_bytes(kept)
        world.walk()
        assert _is_up_to_date(world)
        assert list(world.bank.received) == [sent]
