"""The database is put back to an older state: nothing is asked, sent or told twice, and what was paid is not lost."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from connector.engine import recover, resolve
from connector.engine.audit import audit
from connector.engine.differences import DifferenceKind
from connector.engine.one_pass import Outcome, PassResult, rehearse, run_pass
from connector.errors import Retriable, Unsupported
from connector.model.deed import Deed, DeedCode
from connector.model.effect import EffectState
from connector.model.reason import ReasonCode
from connector.store import effects, exceptions, recoveries, runs
from connector.store.tables import collection_runs
from connector.testing.bank_house import Fate, Refused, Told
from tests.flows.copies import copy_of, put_back
from tests.flows.world import World

CUSTOMERS = ("ada", "bob", "cleo")


def _begin(world: World) -> None:
    """Two customers signed; their invoices are due through the week; Bob's first payment will be returned."""
    world.fates["Bob"] = Told(Fate.RETURNED, "MD06")
    world.with_mandate("ada", "bob")
    for day, name in enumerate(("ada", "bob", "ada", "bob", "ada", "bob"), start=27):
        due_on = date(2026, 11, day) if day <= 30 else date(2026, 12, day - 30)
        world.invoice(f"2026-{day}", name, f"{day}.00", due_on=due_on)


def _day(world: World) -> PassResult:
    return world.nights(1)[0]


def _week(world: World, tmp_path: Path, url: str) -> Path:
    """Days go by; the copy is taken on the third, in the middle of a pass; the world moves on. Returns the copy."""
    _begin(world)
    for _ in range(2):
        _day(world)
    copy = tmp_path / "copy"

    def in_the_middle(deed: Deed) -> None:
        if deed.code is DeedCode.INVITE and not copy.exists():
            copy_of(url, copy)

    world.customer("cleo")
    run_pass(world.installation, world.store, tell=in_the_middle)
    assert copy.exists()
    world.bank_day()
    world.clock.forward(days=1)
    world.sign("cleo")
    world.invoice("2026-40", "cleo", "40.00", due_on=date(2026, 12, 2))
    for _ in range(3):
        _day(world)
    world.take_back()
    _day(world)
    return copy


def _go_on(world: World, days: int = 14) -> list[PassResult]:
    return [_day(world) for _ in range(days)]


def _put_back(world: World, url: str, copy: Path) -> None:
    world.store.close()
    world.store = put_back(url, copy)


def _nothing_twice(world: World) -> None:
    """Of the bank's, the mailer's, the service's and the package's own accord; the house itself refuses repeats."""
    asked = Counter(order.end_to_end_id for order in world.house.orders)
    assert max(asked.values()) == 1
    assert max(Counter(mail.key for mail in world.mailer.sent).values()) == 1
    told = Counter((mail.to, mail.subject) for mail in world.mailer.sent if mail.key.startswith("invite"))
    assert max(told.values()) == 1
    paid = Counter(payment.invoice.id for payment in world.package.payments.values())
    back = Counter(returned.invoice.id for returned in world.package.returns.values())
    for invoice, times in paid.items():
        assert times - back[invoice] <= 1, invoice


def _asked_for(world: World) -> Counter[str]:
    """How often each invoice was asked for at the bank, by what the debtor reads."""
    return Counter(order.end_to_end_id.rpartition("-")[0] for order in world.house.orders)


def _state(world: World) -> dict[str, object]:
    with world.store.reading() as connection:
        return {
            "effects": effects.count_by_state(connection),
            "open": sorted((one.reason.code.value, one.record) for one in exceptions.all_open(connection)),
            "recovery": recoveries.current(connection),
        }


def test_nothing_goes_out_twice_after_the_database_was_put_back(
    world: World, database_url: str, tmp_path: Path
) -> None:
    copy = _week(world, tmp_path, database_url)
    files, mails, asked = len(world.bank.received), len(world.mailer.sent), _asked_for(world)
    assert files > 1
    _put_back(world, database_url, copy)
    first = _day(world)
    assert first.outcome is Outcome.EXCEPTIONS
    assert first.counts["pull.exception"] == 1
    assert first.counts["submit.adopt_file"] >= 1
    assert first.counts["reconcile.database_is_up_to_date"] == 1
    assert (len(world.bank.received), len(world.mailer.sent)) == (files, mails)
    assert _asked_for(world) == asked
    _go_on(world)
    _nothing_twice(world)
    assert all(world.package.invoice(f"2026-{day}").open_amount == 0 for day in (27, 29, 31, 40))
    state = _state(world)
    assert set(state["effects"]) == {EffectState.DONE}  # type: ignore[call-overload]
    assert list(audit(world.installation, world.store)) == []


def test_a_run_that_was_taken_up_again_is_as_it_was_approved(world: World, database_url: str, tmp_path: Path) -> None:
    _put_back(world, database_url, _week(world, tmp_path, database_url))
    assert _day(world).counts["submit.adopt_file"] >= 1
    with world.store.reading() as connection:
        names = list(connection.execute(select(collection_runs.c.id)).scalars())
        assert [name for name in names if not runs.is_as_proposed(connection, name)] == []


def test_answers_of_the_bank_wait_until_the_journal_was_taken_up(
    world: World, database_url: str, tmp_path: Path
) -> None:
    _put_back(world, database_url, _week(world, tmp_path, database_url))
    world.fates["Ada"] = Told(Fate.RETURNED, "AM04")
    world.take_back()  # of files that the database does not know yet as well
    world.package.trouble.before("read_customers", *(Retriable("books is away.", where="books") for _ in range(3)))
    waiting = [file.name for file in world.bank.fetch()]
    assert run_pass(world.installation, world.store).outcome is Outcome.FAILED
    assert waiting == [file.name for file in world.bank.fetch()] != []
    _go_on(world)
    _nothing_twice(world)
    assert _state(world)["recovery"] is None
    assert list(audit(world.installation, world.store)) == []


def test_a_plan_made_before_the_first_pass_sees_that_the_database_is_old(
    world: World, database_url: str, tmp_path: Path
) -> None:
    _put_back(world, database_url, _week(world, tmp_path, database_url))
    planned = rehearse(world.installation, world.store)
    assert planned.counts["pull.exception"] == 1
    assert not {"notify.notify", "collect.collect", "submit.write_file"} & planned.counts.keys()
    assert _state(world)["recovery"] is None


def test_a_lost_data_folder_holds_everything_until_a_person_says_so(
    world: World, database_url: str, tmp_path: Path
) -> None:
    copy = _week(world, tmp_path, database_url)
    files, asked = len(world.bank.received), _asked_for(world)
    _put_back(world, database_url, copy)
    shutil.rmtree(world.folder)
    with world.store.transaction() as connection:  # as `db restore` does
        recoveries.begin(connection, recoveries.Cause.RESTORED, world.clock.now, complete=False)
    with pytest.raises(recover.NothingToAccept):
        recover.accept(world.store, world.clock.now, "Ann")
    _go_on(world, days=2)
    assert len(world.bank.received) == files
    assert (ReasonCode.JOURNAL_LOST.value, recoveries.RECORD) in _state(world)["open"]  # type: ignore[operator]
    assert DifferenceKind.PUT_BACK in {one.kind for one in audit(world.installation, world.store)}
    for name, content in world.bank.received.items():  # fetched from the bank
        (world.folder / "outgoing" / name).write_bytes(content)
    _day(world)
    assert len(world.bank.received) == files
    assert _asked_for(world) == asked
    recover.accept(world.store, world.clock.now, "Ann")
    _go_on(world)
    _nothing_twice(world)
    assert len(world.bank.received) >= files
    assert all(world.package.invoice(f"2026-{day}").open_amount == 0 for day in (27, 29, 31, 40))
    assert {one.kind for one in audit(world.installation, world.store)} == {DifferenceKind.NO_ANSWER}


def test_mails_that_can_not_be_looked_up_are_asked_of_a_person_and_never_repeated(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(_key: str) -> str | None:
        raise Unsupported("mail", "look_up")

    monkeypatch.setattr(world.mailer, "look_up", unable)
    copy = _week(world, tmp_path, database_url)
    mails = len(world.mailer.sent)
    _put_back(world, database_url, copy)
    _go_on(world, days=2)
    assert len(world.mailer.sent) == mails
    with world.store.reading() as connection:
        uncertain = [one for one in exceptions.all_open(connection) if one.reason.code is ReasonCode.EFFECT_UNCERTAIN]
        assert recoveries.current(connection) is not None
    assert len(uncertain) >= 2
    for one in uncertain:
        resolve.ignore(world.store, one.id, world.clock.now, "Ann")
    _go_on(world)
    assert _state(world)["recovery"] is None
    _nothing_twice(world)


def test_a_recovery_waits_until_every_source_and_service_was_read(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    copy = _week(world, tmp_path, database_url)
    files = len(world.bank.received)
    _put_back(world, database_url, copy)
    world.service.trouble.before("read_events", *[Retriable("Nobody answers.", where="test")] * 3)
    first = _day(world)
    assert first.outcome is Outcome.FAILED
    assert "submit.adopt_file" not in first.counts
    assert len(world.bank.received) == files
    _go_on(world)
    _nothing_twice(world)
    assert _state(world)["recovery"] is None


def test_a_database_that_is_lost_altogether_is_made_again_from_the_world(
    world: World, database_url: str, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    copy_of(database_url, empty)
    _week(world, tmp_path, database_url)
    files, mails, asked = len(world.bank.received), len(world.mailer.sent), _asked_for(world)
    _put_back(world, database_url, empty)
    first = _day(world)
    assert first.counts["submit.adopt_file"] == files
    assert (len(world.bank.received), len(world.mailer.sent)) == (files, mails)
    assert _asked_for(world) == asked
    _go_on(world)
    _nothing_twice(world)
    assert _state(world)["recovery"] is None


def test_a_database_may_be_put_back_twice(world: World, database_url: str, tmp_path: Path) -> None:
    copy = _week(world, tmp_path, database_url)
    for days in (1, 4):
        _put_back(world, database_url, copy)
        _go_on(world, days)
    _go_on(world)
    _nothing_twice(world)
    assert _state(world)["recovery"] is None
    assert list(audit(world.installation, world.store)) == []


def test_a_copy_made_while_the_database_was_recovering_may_be_put_back_as_well(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was looked up and found not done before the copy was made may have been done after it."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    _put_back(world, database_url, _week(world, tmp_path, database_url))
    world.customer("dan", email="dan@example.org")
    world.mailer.trouble.before("send", *[Retriable("Nobody answers.", where="test")] * 3)
    _day(world)
    assert _state(world)["recovery"] is not None
    copy = tmp_path / "recovering"
    copy_of(database_url, copy)
    _go_on(world, days=2)
    assert _state(world)["recovery"] is None
    assert [mail.to for mail in world.mailer.sent].count("dan@example.org") == 1
    _put_back(world, database_url, copy)
    _ends_well(world)
    assert _state(world)["recovery"] is None


def test_without_the_witness_the_bank_would_see_a_collection_twice(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recover, "_why_older", lambda *_args, **_kwargs: None)
    _put_back(world, database_url, _week(world, tmp_path, database_url))
    with pytest.raises(AssertionError):
        _ends_well(world)


def _ends_well(world: World) -> None:
    try:
        for result in _go_on(world):
            assert result.error is None
    except Refused as error:
        raise AssertionError(str(error)) from error
    _nothing_twice(world)


def test_a_world_at_rest_shows_no_difference(world: World) -> None:
    _begin(world)
    _go_on(world, days=20)
    world.take_back()
    _go_on(world, days=2)
    assert list(audit(world.installation, world.store)) == []
