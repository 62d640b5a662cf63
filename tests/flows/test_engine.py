"""The engine around the steps: the lock, a clean stop, single steps, what is told and explained."""

from __future__ import annotations

import gc
import weakref
from decimal import Decimal
from threading import Event

import pytest

from connector.engine.explain import explain
from connector.engine.lock import pass_lock
from connector.engine.one_pass import Outcome, rehearse, run_pass
from connector.engine.resolve import NoSuchException, ignore, retry
from connector.engine.status import status
from connector.errors import PassRunning
from connector.model.deed import Deed, Step
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, NotifyRules, Rules
from connector.steps.work import Progress
from connector.store import effects, runs
from connector.store.history import Act, RecordKind
from connector.testing.bank_house import Fate, Told
from tests.flows.world import World


def test_two_passes_never_overlap(world: World) -> None:
    with pass_lock(world.store, world.folder):
        with pytest.raises(PassRunning):
            world.walk()
        with pytest.raises(PassRunning):
            rehearse(world.installation, world.store)
    assert world.walk().outcome is Outcome.DONE


def test_a_stop_finishes_the_record_in_hand_and_the_next_pass_does_the_rest(world: World) -> None:
    for name in ("ada", "bob", "cleo"):
        world.customer(name)
    stop = Event()

    def stop_at_the_first_invitation(progress: Progress) -> None:
        if progress.what == "invite":
            stop.set()

    result = run_pass(world.installation, world.store, progress=stop_at_the_first_invitation, stop=stop)
    assert result.outcome is Outcome.STOPPED
    assert len(world.service.invited) == 1
    with world.store.reading() as connection:
        assert effects.count_by_state(connection) == {"done": 1, "pending": 3}
    assert world.walk().outcome is Outcome.DONE
    assert len(world.service.invited) == 3
    assert len(world.mailer.sent) == 3


def test_what_a_pass_leaves_in_memory_is_found_while_later_ones_run(world: World) -> None:
    class Left:
        """An object that holds itself: only a search for unused objects finds it."""

        def __init__(self) -> None:
            self.itself = self

    world.walk()
    seen = weakref.ref(Left())
    found = []

    def search(progress: Progress) -> None:
        gc.collect()
        found.append(seen() is None)

    world.customer("ada")
    run_pass(world.installation, world.store, progress=search)
    assert found
    assert all(found)


def test_a_step_runs_alone(world: World) -> None:
    world.customer("ada")
    world.walk([Step.PULL])
    assert world.service.invited == {}
    world.walk([Step.INVITE])
    assert len(world.service.invited) == 1


def test_a_run_waits_for_a_person_if_the_rules_say_so(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    told: list[Deed] = []
    run_pass(world.installation, world.store, tell=told.append)
    (waiting,) = [deed for deed in told if deed.code == "wait_for_approval"]
    world.walk()
    assert world.bank.received == {}
    with world.store.transaction() as connection:
        approved = runs.Run(str(waiting.facts["run"]), "main")
        runs.approve(connection, approved, Act(world.clock.now, "Ann"), "looked at")
    world.walk()
    assert len(world.bank.received) == 1


def test_a_collection_that_waited_too_long_is_let_go_and_announced_anew(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.walk()
    world.clock.forward(days=20)
    with world.store.transaction() as connection:
        approved = runs.Run("MAIN-20261124-1", "main")
        runs.approve(connection, approved, Act(world.clock.now, "Ann"), "late")
    world.rules = Rules(notify=NotifyRules(days=2))
    result = world.walk()
    assert result.counts["submit.cancel_late"] == 1
    assert world.bank.received == {}
    world.nights(10)
    assert len(world.bank.received) == 1
    assert world.package.invoice("2026-1").open_amount == 0
    assert [mail.key.split(":")[0] for mail in world.mailer.sent] == ["invite", "notice", "notice"]


def test_status_tells_how_it_stands(world: World) -> None:
    world.fates["Bob"] = Told(Fate.REJECTED, "AM04")
    world.with_mandate("ada", "bob")
    world.invoice("2026-1", "ada")
    world.invoice("2026-2", "bob", "10.00")
    world.nights(12)
    stands = status(world.store, limit=3)
    assert len(stands.passes) == 3
    assert stands.passes[0].id > stands.passes[1].id
    assert stands.mandates == {"active": 2}
    assert stands.collections == {"settled": (1, Decimal("121.00")), "rejected": (1, Decimal("10.00"))}
    assert set(stands.effects) == {"done"}
    assert stands.exceptions == 1
    assert stands.latest_exceptions[0].reason.code is ReasonCode.COLLECTION_REJECTED
    assert [file.transactions for file in stands.files] == [2]


def test_every_record_is_explained_with_its_reason_and_history(world: World) -> None:
    world.with_mandate("ada")
    world.customer("bob", direct_debit=False)
    world.invoice("2026-1", "ada")
    world.invoice("2026-2", "bob")
    world.nights(12)

    def of(kind: RecordKind, word: str) -> list[ReasonCode]:
        (told,) = explain(world.installation, world.store, kind, word)
        return [reason.code for reason in told.reasons]

    assert of(RecordKind.INVOICE, "2026-1") == [ReasonCode.ALREADY_COLLECTED]
    assert of(RecordKind.INVOICE, "books/2026-2") == [ReasonCode.NO_MANDATE]
    assert of(RecordKind.CUSTOMER, "ada") == [ReasonCode.ALREADY_HAS_MANDATE]
    assert of(RecordKind.CUSTOMER, "Bob") == [ReasonCode.DIRECT_DEBIT_NOT_WANTED]
    assert explain(world.installation, world.store, RecordKind.INVOICE, "2026-99") == []
    assert explain(world.installation, world.store, RecordKind.CUSTOMER, "other/ada") == []

    (mandate,) = explain(world.installation, world.store, RecordKind.MANDATE, world.reference_of("ada"))
    assert [change.new for change in mandate.history] == ["invited", "signed", "active"]
    assert mandate.reasons == []
    collection_name = next(name for name in mandate.related if name.startswith("collection "))
    word = collection_name.removeprefix("collection ")
    (collection,) = explain(world.installation, world.store, RecordKind.COLLECTION, word)
    assert [change.new for change in collection.history] == [
        "proposed",
        "approved",
        "in_file",
        "submitted",
        "accepted",
        "settled",
    ]
    assert [effect.kind for effect in collection.effects] == ["register_payment"]
    assert all(change.by.startswith("pass ") for change in collection.history)


def test_an_exception_that_is_not_there_can_not_be_resolved(world: World) -> None:
    with pytest.raises(NoSuchException):
        retry(world.store, 7, world.clock.now, "Ann")
    with pytest.raises(NoSuchException):
        ignore(world.store, 7, world.clock.now, "Ann")


def test_an_exception_about_a_record_is_closed_and_comes_back_if_it_is_still_so(world: World) -> None:
    world.customer("ada", email="")
    world.walk()
    (shown,) = status(world.store).latest_exceptions
    assert not retry(world.store, shown.id, world.clock.now, "Ann")
    assert status(world.store).exceptions == 0
    world.walk()
    assert status(world.store).exceptions == 1
