"""The outbox: who may make an effect, in which order, how often it is tried, and when a target is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from connector.engine import resolve
from connector.engine.one_pass import Outcome
from connector.errors import Retriable, Skippable, UnknownOutcome, Unsupported
from connector.model.collection import CollectionState
from connector.model.deed import Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.reason import ReasonCode
from connector.store import collections, effects, exceptions, targets
from connector.store.bank_files import FileState, latest
from connector.store.exceptions import OpenException
from connector.store.history import Act
from connector.store.tables import effects as table
from tests.flows.world import World

AWAY = Retriable("Nobody answers.", where="test")
LOST = UnknownOutcome("The answer was lost.", where="test")
REFUSED = Skippable("The period is closed.", where="books", remedy="Open it.")
NAMES = ("ada", "bob", "cleo", "dirk")


def _open(world: World) -> list[OpenException]:
    with world.store.reading() as connection:
        return exceptions.all_open(connection)


def _states(world: World, kind: EffectKind) -> list[EffectState]:
    return [effect.state for effect in _made(world, kind)]


def _made(world: World, kind: EffectKind) -> list[Effect]:
    """All effects of a kind, in the order in which they were owed."""
    with world.store.reading() as connection:
        rows = connection.execute(select(table).where(table.c.kind == kind.value).order_by(table.c.seq))
        return [effects.effect_of(row) for row in rows]


def _payments_owed(world: World, *names: str, invoices_each: int = 1) -> None:
    """Settled collections whose payments wait to be booked."""
    world.with_mandate(*names)
    for name in names:
        for number in range(invoices_each):
            world.invoice(f"{name}-{number}", name)
    for _ in range(12):
        world.walk([step for step in Step if step is not Step.RECONCILE])
        world.bank_day()
        world.clock.forward(days=1)


def test_an_effect_is_claimed_from_the_state_in_which_it_was_found(world: World) -> None:
    effect = Effect("k", EffectKind.SHOW, "books", "customer books/1", {})
    act = Act(world.clock.now, "one")
    with world.store.transaction() as connection:
        effects.owe(connection, effect, act.at)
        first = effects.mark(connection, effect, EffectState.SENDING, act, sender="one")
        assert first is not None
        assert effects.mark(connection, effect, EffectState.SENDING, act, sender="two") is None
        assert effects.mark(connection, first, EffectState.DONE, act, result="7") is not None
        assert effects.mark(connection, first, EffectState.UNKNOWN, act) is None
        assert effects.result_of(connection, "k") == "7"


@pytest.mark.parametrize("state", [EffectState.PENDING, EffectState.SENDING, EffectState.UNKNOWN, EffectState.FAILED])
def test_an_effect_waits_for_an_earlier_one_of_its_lane_and_others_pass(world: World, state: EffectState) -> None:
    act = Act(world.clock.now, "test")
    with world.store.transaction() as connection:
        for key, lane in (("first", "A"), ("second", "A"), ("other", "B"), ("free", "")):
            effects.owe(connection, Effect(key, EffectKind.SHOW, "books", "x", {}, lane=lane), act.at)
        first = effects.find(connection, "first")
        assert first is not None
        if state is not EffectState.PENDING:
            effects.mark(connection, first, state, act)
        free = [one.key for one in effects.pending(connection, [EffectKind.SHOW], limit=9)]
        assert free == (["first"] if state is EffectState.PENDING else []) + ["other", "free"]


@pytest.mark.parametrize("state", [EffectState.DONE, EffectState.LEFT])
def test_what_is_done_or_left_to_a_person_holds_nobody(world: World, state: EffectState) -> None:
    act = Act(world.clock.now, "test")
    with world.store.transaction() as connection:
        for key in ("first", "second"):
            effects.owe(connection, Effect(key, EffectKind.SHOW, "books", "x", {}, lane="A"), act.at)
        first = effects.find(connection, "first")
        assert first is not None
        effects.mark(connection, first, state, act)
        assert [one.key for one in effects.pending(connection, [EffectKind.SHOW], limit=9)] == ["second"]


def test_payments_of_one_customer_wait_for_the_one_that_was_refused(world: World) -> None:
    _payments_owed(world, "ada", "bob", invoices_each=2)
    world.package.trouble.before("register_payment", REFUSED)
    world.walk()
    assert sorted(payment.customer.id for payment in world.package.payments.values()) == ["bob", "bob"]
    (shown,) = _open(world)
    resolve.retry(world.store, shown.id, world.clock.now, "Ann")
    world.walk()
    assert len(world.package.payments) == 4


def test_a_person_who_leaves_a_refused_payment_lets_the_next_one_go(world: World) -> None:
    _payments_owed(world, "ada", invoices_each=2)
    world.package.trouble.before("register_payment", REFUSED)
    world.walk()
    assert world.package.payments == {}
    (shown,) = _open(world)
    resolve.ignore(world.store, shown.id, world.clock.now, "Ann")
    world.walk()
    assert len(world.package.payments) == 1


def test_a_payment_that_a_person_booked_goes_on_with_its_id(world: World) -> None:
    _payments_owed(world, "ada")
    world.package.trouble.before("register_payment", REFUSED)
    world.walk()
    (shown,) = _open(world)
    resolve.done(world.installation, world.store, shown.id, world.clock.now, "Ann", "INV/7")
    (made,) = _made(world, EffectKind.REGISTER_PAYMENT)
    with world.store.reading() as connection:
        assert effects.result_of(connection, made.key) == "INV/7"
    assert world.walk().outcome is Outcome.DONE


def test_a_target_that_refuses_too_much_rests_and_is_tried_with_one_call_next_time(world: World) -> None:
    names = [f"c{number}" for number in range(9)]
    for name in names:
        world.customer(name)
    refused = Skippable("No.", where="signing")
    world.service.trouble.before("invite", *[refused] * 6)
    result = world.walk()
    assert result.outcome is Outcome.EXCEPTIONS
    assert _states(world, EffectKind.INVITE) == [EffectState.FAILED] * 5 + [EffectState.PENDING] * 4
    assert [one.reason.code for one in _open(world)].count(ReasonCode.TARGET_RESTS) == 1
    world.walk()
    assert _states(world, EffectKind.INVITE) == [EffectState.FAILED] * 6 + [EffectState.PENDING] * 3
    world.walk()
    assert _states(world, EffectKind.INVITE) == [EffectState.FAILED] * 6 + [EffectState.DONE] * 3
    assert ReasonCode.TARGET_RESTS not in [one.reason.code for one in _open(world)]
    assert len(world.mailer.sent) == 3


def test_refusals_of_long_ago_do_not_count(world: World) -> None:
    world.service.trouble.before("invite", *[Skippable("No.", where="signing")] * 8)
    for hour in range(8):
        world.customer(f"c{hour}")
        world.walk()
        world.clock.forward(hours=1)
    assert ReasonCode.TARGET_RESTS not in [one.reason.code for one in _open(world)]


def test_a_target_away_is_called_again_after_ever_longer_waits_that_differ(world: World) -> None:
    world.package.trouble.before("read_customers", AWAY, AWAY)
    world.walk()
    first, second = world.slept
    assert 0.2 <= first <= 0.4 <= second <= 0.8
    world.package.trouble.before("read_customers", AWAY, AWAY)
    world.walk()
    assert world.slept[2:] != [first, second]


def test_a_short_wish_to_wait_is_kept_within_the_pass(world: World) -> None:
    world.package.trouble.before("read_customers", Retriable("Slowly.", retry_after_seconds=20))
    assert world.walk().outcome is Outcome.DONE
    (waited,) = world.slept
    assert 20 < waited < 21


def test_a_long_wish_to_wait_is_kept_in_later_passes_too(world: World) -> None:
    world.customer("ada")
    world.package.trouble.before("read_customers", Retriable("Too many calls.", retry_after_seconds=3600))
    assert world.walk().outcome is Outcome.FAILED
    assert world.slept == []
    world.clock.forward(minutes=30)
    assert world.walk().outcome is Outcome.FAILED
    assert world.service.invited == {}
    (shown,) = _open(world)
    assert "asked us to wait until 2026-11-24 03:30" in shown.reason.facts["why"]
    world.clock.forward(minutes=31)
    assert world.walk().outcome is Outcome.DONE
    assert len(world.service.invited) == 1


def test_a_clock_set_back_does_not_keep_us_waiting_for_days(world: World) -> None:
    world.package.trouble.before("read_customers", Retriable("Too many calls.", retry_after_seconds=86400 * 30))
    world.walk()
    with world.store.reading() as connection:
        not_before = targets.find(connection, "books").not_before
    assert not_before == world.clock.now + timedelta(days=1)
    world.clock.forward(days=-2)
    assert world.walk().outcome is Outcome.DONE


def test_mandates_go_in_one_call_and_each_answer_counts_for_itself(world: World) -> None:
    for name in NAMES:
        world.customer(name)
    world.walk()
    for name in NAMES:
        world.sign(name)
    world.package.trouble.after("store_mandates", LOST)
    world.walk()
    assert len(world.package.mandates) == len(NAMES)
    assert _states(world, EffectKind.STORE_MANDATE) == [EffectState.DONE] * len(NAMES)


def test_a_batch_that_surely_failed_waits_whole(world: World) -> None:
    for name in NAMES:
        world.customer(name)
    world.walk()
    for name in NAMES:
        world.sign(name)
    world.package.trouble.before("store_mandates", AWAY, AWAY, AWAY)
    world.walk()
    assert _states(world, EffectKind.STORE_MANDATE) == [EffectState.PENDING] * len(NAMES)
    world.walk()
    assert _states(world, EffectKind.STORE_MANDATE) == [EffectState.DONE] * len(NAMES)


def _uncertain_file(world: World, monkeypatch: pytest.MonkeyPatch) -> OpenException:
    """A file of which nobody knows whether the bank has it."""

    def unable(_name: str, _sha256: str) -> str | None:
        raise Unsupported("bank", "look_up")

    monkeypatch.setattr(world.bank, "look_up", unable)
    world.bank.trouble.after("send", LOST)
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    (shown,) = _open(world)
    assert shown.reason.code is ReasonCode.EFFECT_UNCERTAIN
    return shown


def _only_collection(world: World) -> CollectionState:
    with world.store.reading() as connection:
        (found,) = collections.find_many(connection, collections.ids_where(connection)).values()
    return found.collection.state


def test_an_uncertain_file_is_never_ignored_without_an_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _uncertain_file(world, monkeypatch)
    with pytest.raises(resolve.NeedsAnAnswer, match="--done"):
        resolve.ignore(world.store, shown.id, world.clock.now, "Ann")
    world.nights(2)
    assert len(world.bank.received) == 1
    assert _only_collection(world) is CollectionState.ACCEPTED  # the bank's own word needs no answer of ours


def test_a_person_says_that_the_bank_has_the_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _uncertain_file(world, monkeypatch)
    resolve.done(world.installation, world.store, shown.id, world.clock.now, "Ann")
    assert _only_collection(world) is CollectionState.SUBMITTED
    world.nights(12)
    assert len(world.bank.received) == 1
    assert len(world.package.payments) == 1


def test_a_person_says_that_the_bank_has_it_not_and_shall_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _uncertain_file(world, monkeypatch)
    resolve.not_done(world.store, shown.id, world.clock.now, "Ann")
    assert _only_collection(world) is CollectionState.CANCELLED
    with world.store.reading() as connection:
        assert [file.state for file in latest(connection)] == [FileState.WITHDRAWN]


def test_a_person_has_the_file_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = _uncertain_file(world, monkeypatch)
    resolve.retry(world.store, shown.id, world.clock.now, "Ann")
    world.walk()
    assert _only_collection(world) is CollectionState.SUBMITTED


def test_only_a_change_can_be_done_or_not(world: World) -> None:
    world.customer("ada", email="")
    world.walk()
    (shown,) = _open(world)
    with pytest.raises(resolve.NoSuchEffect):
        resolve.done(world.installation, world.store, shown.id, world.clock.now, "Ann")
    with pytest.raises(resolve.NoSuchEffect):
        resolve.not_done(world.store, shown.id, world.clock.now, "Ann")
