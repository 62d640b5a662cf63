"""Calls that fail, answers that are lost: each change is made once in effect, and a person hears of what is unsure."""

from __future__ import annotations

import pytest

from connector.engine import resolve
from connector.engine.one_pass import Outcome
from connector.errors import Fatal, NoAccess, Retriable, Skippable, UnknownOutcome, Unsupported
from connector.model.effect import EffectState
from connector.model.mandate import MandateState
from connector.model.reason import ReasonCode
from connector.store import effects, exceptions, mandates
from connector.store.exceptions import OpenException
from connector.testing.trouble import Trouble
from tests.flows.world import World

LOST = UnknownOutcome("The answer was lost.", where="test")
AWAY = Retriable("Nobody answers.", where="test")
SHUT = NoAccess("The key was revoked.", where="test", remedy="Write the new key into the config.")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)


def _open(world: World) -> list[OpenException]:
    with world.store.reading() as connection:
        return exceptions.all_open(connection)


def _owed(world: World) -> dict[str, int]:
    with world.store.reading() as connection:
        counts = effects.count_by_state(connection)
    return {state: number for state, number in counts.items() if state != EffectState.DONE}


def _troubles(world: World) -> dict[str, Trouble]:
    return {
        "invite": world.service.trouble,
        "store_mandates": world.package.trouble,
        "send": world.mailer.trouble,
        "register_payment": world.package.trouble,
        "register_return": world.package.trouble,
    }


@pytest.mark.parametrize("call", ["invite", "store_mandates", "send", "register_payment"])
def test_a_lost_answer_is_looked_up_and_the_change_not_repeated(world: World, call: str) -> None:
    _troubles(world)[call].after(call, LOST)
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    assert len(world.service.invited) == 1
    assert len(world.package.mandates) == 1
    assert len(world.package.payments) == 1
    assert [mail.key.split(":")[0] for mail in world.mailer.sent] == ["invite", "notice"]
    assert _owed(world) == {}


def test_a_lost_answer_of_the_bank_does_not_send_the_file_twice(world: World) -> None:
    world.bank.trouble.after("send", LOST)
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    assert len(world.bank.received) == 1
    assert len(world.package.payments) == 1


def test_what_surely_did_not_happen_is_done_in_the_next_pass(world: World) -> None:
    world.package.trouble.before("store_mandates", AWAY, AWAY, AWAY)
    world.customer("ada")
    world.walk()
    world.sign("ada")
    assert world.walk().outcome is Outcome.FAILED
    assert world.package.mandates == {}
    assert [one.reason.code for one in _open(world)] == [ReasonCode.SOURCE_UNREACHABLE]
    assert world.walk().outcome is Outcome.DONE
    assert len(world.package.mandates) == 1
    assert _open(world) == []


def test_an_uncertain_mail_that_can_not_be_looked_up_waits_for_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(_key: str) -> str | None:
        raise Unsupported("mail", "look_up")

    monkeypatch.setattr(world.mailer, "look_up", unable)
    world.mailer.trouble.after("send", LOST)
    world.customer("ada")
    assert world.walk().outcome is Outcome.EXCEPTIONS
    world.walk()
    assert len(world.mailer.sent) == 1
    (shown,) = _open(world)
    assert shown.reason.code is ReasonCode.EFFECT_UNCERTAIN
    resolve.ignore(world.store, shown.id, world.clock.now, "Ann")
    assert world.walk().outcome is Outcome.DONE
    assert len(world.mailer.sent) == 1


def test_a_person_may_ask_for_an_uncertain_mail_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(_key: str) -> str | None:
        raise Unsupported("mail", "look_up")

    monkeypatch.setattr(world.mailer, "look_up", unable)
    world.mailer.trouble.after("send", LOST)
    world.customer("ada")
    world.walk()
    (shown,) = _open(world)
    assert resolve.retry(world.store, shown.id, world.clock.now, "Ann")
    world.walk()
    assert len(world.mailer.sent) == 2
    assert _open(world) == []


def test_a_refused_change_is_shown_and_the_rest_goes_on(world: World) -> None:
    refused = Skippable("The period is closed.", where="books", remedy="Open it.")
    world.package.trouble.before("register_payment", refused)
    world.with_mandate("ada", "bob")
    world.invoice("2026-1", "ada")
    world.invoice("2026-2", "bob")
    world.nights(12)
    assert len(world.package.payments) == 1
    (shown,) = _open(world)
    assert shown.reason.code is ReasonCode.EFFECT_FAILED
    assert "period is closed" in shown.reason.facts["why"]
    resolve.retry(world.store, shown.id, world.clock.now, "Ann")
    world.walk()
    assert len(world.package.payments) == 2


def test_a_feature_that_the_package_lacks_is_told_once(world: World) -> None:
    world.package.trouble.before("store_mandates", Unsupported("books", "store_mandates"))
    world.with_mandate("ada")
    world.nights(3)
    (shown,) = _open(world)
    assert shown.reason.code is ReasonCode.FEATURE_MISSING
    assert shown.times == 1


def test_a_fatal_error_ends_the_pass_and_loses_nothing(world: World) -> None:
    world.package.trouble.before("store_mandates", Fatal("The key was revoked.", where="books"))
    world.customer("ada")
    world.walk()
    world.sign("ada")
    result = world.walk()
    assert result.outcome is Outcome.FAILED
    assert "revoked" in str(result.error)
    assert _owed(world) == {"pending": 1}
    world.walk()
    assert len(world.package.mandates) == 1


def test_a_source_that_is_away_does_not_stop_the_other_steps(world: World) -> None:
    world.customer("ada")
    world.walk()
    reference = world.sign("ada")
    world.package.trouble.before("read_customers", AWAY, AWAY, AWAY)
    assert world.walk().outcome is Outcome.FAILED
    with world.store.reading() as connection:
        mandate = mandates.find(connection, reference)
    assert mandate is not None
    assert mandate.state is MandateState.ACTIVE
    world.walk()
    assert len(world.package.mandates) == 1


def test_a_source_that_lets_nobody_in_is_asked_once_and_the_other_steps_go_on(world: World) -> None:
    world.customer("ada")
    world.walk()
    reference = world.sign("ada")
    world.package.trouble.before("read_customers", SHUT)
    result = world.walk()
    assert result.outcome is Outcome.FAILED
    assert result.error is None
    (why,) = result.unreachable
    assert why.facts == {"target": "books", "why": SHUT.what, "remedy": SHUT.remedy}
    with world.store.reading() as connection:
        mandate = mandates.find(connection, reference)
    assert mandate is not None
    assert mandate.state is MandateState.ACTIVE
    assert world.walk().outcome is Outcome.DONE
    assert _open(world) == []
    assert len(world.package.mandates) == 1


@pytest.mark.parametrize("call", ["invite", "store_mandates", "send", "register_payment"])
def test_a_change_that_is_not_let_in_waits_for_the_next_pass(world: World, call: str) -> None:
    _troubles(world)[call].before(call, SHUT)
    world.customer("ada")
    world.nights(2)
    world.sign("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    assert len(world.service.invited) == 1
    assert len(world.package.mandates) == 1
    assert len(world.package.payments) == 1
    assert _owed(world) == {}


def test_a_bank_that_is_away_keeps_the_file_for_the_next_night(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.bank.trouble.before("send", *[AWAY] * 3)
    world.nights(12)
    assert len(world.bank.received) == 1
    assert len(world.package.payments) == 1
