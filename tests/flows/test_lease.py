"""The lease: one at a time on the same thing, and no word from one that was thought dead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.engine.lease import RUNS_OUT, Scope, lease
from connector.engine.lock import EVERYTHING, Locks
from connector.engine.one_pass import Outcome, rehearse, run_pass
from connector.engine.outbox import clear_up
from connector.errors import LostLease, PassRunning
from connector.installation import Source
from connector.model.customer import RecordKey
from connector.model.deed import Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.reason import Reason, ReasonCode
from connector.steps.work import Progress, Work
from connector.store import customers, effects, leases
from connector.store.history import Act
from connector.testing.accounting import MemoryPackage
from tests.flows.world import World

PULL_BOOKS = Scope(Step.PULL, "source books")
PULL_OTHER = Scope(Step.PULL, "source other")


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Scope(), Scope(), True),
        (Scope(), PULL_BOOKS, True),
        (PULL_BOOKS, PULL_BOOKS, True),
        (PULL_BOOKS, PULL_OTHER, False),
        (PULL_BOOKS, Scope(Step.INVITE, "source books"), False),
        (PULL_BOOKS, Scope(Step.PULL), True),
        (Scope(None, "source books"), PULL_BOOKS, True),
        (Scope(None, "source books"), PULL_OTHER, False),
    ],
)
def test_scopes_overlap_where_step_and_part_do(one: Scope, other: Scope, overlap: bool) -> None:
    assert one.overlaps(other) is other.overlaps(one) is overlap
    assert Scope.named(one.name) == one


def test_a_pass_that_was_frozen_and_replaced_writes_nothing(world: World) -> None:
    with lease(world.store, world.folder, Scope(), world.clock) as frozen:
        world.clock.forward(minutes=11)
        world.customer("ada")
        assert world.walk().outcome is Outcome.DONE
        with pytest.raises(LostLease), frozen.transaction():
            pass


def test_a_pass_whose_lease_is_lost_on_the_way_ends_and_tells_it(world: World) -> None:
    for name in ("ada", "bob", "cleo"):
        world.customer(name)

    def freeze(progress: Progress) -> None:
        if progress.what == "invite" and progress.done == 1:
            world.clock.forward(minutes=11)
            assert world.walk().outcome is Outcome.DONE

    result = run_pass(world.installation, world.store, progress=freeze)
    assert result.outcome is Outcome.FAILED
    assert isinstance(result.error, LostLease)
    assert len(world.service.invited) == len(world.mailer.sent) == 3


def test_a_pass_that_gives_signs_of_life_is_not_replaced(world: World) -> None:
    with lease(world.store, world.folder, Scope(), world.clock) as alive:
        for _ in range(5):
            world.clock.forward(minutes=9)
            with alive.transaction():
                pass
            with pytest.raises(PassRunning):
                world.walk()


def test_a_killed_pass_is_followed_at_once(world: World) -> None:
    with world.store.transaction() as connection:
        at = world.clock.now
        leases.take(connection, EVERYTHING, "gone 7", locked=True, at=at, expires_at=at + RUNS_OUT)
    assert world.walk().outcome is Outcome.DONE


def test_who_took_over_from_a_frozen_pass_is_not_taken_for_dead(world: World) -> None:
    """It has no lock: that is still the frozen one's. Only its silence would tell."""
    with world.store.transaction() as connection:
        at = world.clock.now
        leases.take(connection, EVERYTHING, "alive 7", locked=False, at=at, expires_at=at + RUNS_OUT)
    with pytest.raises(PassRunning):
        world.walk()
    world.clock.forward(minutes=11)
    assert world.walk().outcome is Outcome.DONE


def test_a_lock_without_a_lease_is_a_rehearsal_and_keeps_passes_away(world: World) -> None:
    with Locks(world.store, world.folder) as locks:
        assert locks.take(EVERYTHING)
        world.clock.forward(days=1)
        with pytest.raises(PassRunning):
            world.walk()


def test_jobs_of_different_sources_go_side_by_side_and_a_whole_pass_waits(world: World) -> None:
    with (
        lease(world.store, world.folder, PULL_BOOKS, world.clock) as one,
        lease(world.store, world.folder, PULL_OTHER, world.clock) as other,
    ):
        with pytest.raises(PassRunning), lease(world.store, world.folder, PULL_BOOKS, world.clock):
            pass
        for held in (one, other):
            with held.transaction():
                pass
        with pytest.raises(PassRunning):
            world.walk()
        with pytest.raises(PassRunning):
            rehearse(world.installation, world.store)
    assert world.walk().outcome is Outcome.DONE


def test_a_job_works_on_its_part_alone(world: World) -> None:
    other = MemoryPackage(world.package.settings, replace(world.package.surroundings, name="other"))
    installation = replace(
        world.installation, sources={**world.installation.sources, "other": Source("other", other, "main")}
    )
    ada = world.customer("ada")
    bob = replace(ada, key=RecordKey("other", "bob"))
    other.put_customer(bob)
    part = installation.of_source("other")
    result = run_pass(part, world.store, steps=[Step.PULL], scope=Scope(Step.PULL, part.part))
    assert result.outcome is Outcome.DONE
    with world.store.reading() as connection:
        assert customers.find(connection, bob.key) is not None
        assert customers.find(connection, ada.key) is None
    assert set(installation.of_creditor("main").sources) == {"books", "other"}


def test_a_job_leaves_alone_what_another_job_is_sending(world: World) -> None:
    """A whole pass knows that nobody else is at work: what is being sent then was left by the dead."""
    act = Act(world.clock.now, "test")
    with world.store.transaction() as connection:
        effects.owe(connection, Effect("k", EffectKind.INVITE, "signing", "x", {}), act.at)
        effect = effects.find(connection, "k")
        assert effect is not None
        effects.mark(connection, effect, EffectState.SENDING, act, sender=Scope(Step.INVITE, "source other").name)
    part = world.installation.of_source("books")
    for scope, state in (
        (Scope(Step.INVITE, part.part), EffectState.SENDING),
        (Scope(Step.INVITE, "source other"), EffectState.UNKNOWN),
    ):
        away = {"signing": Reason(ReasonCode.SOURCE_UNREACHABLE, {"target": "signing"})}
        work = Work(part, world.store, by="job", folder=world.folder, scope=scope.name, unreachable=away)
        clear_up(work, Step.INVITE)
        with world.store.reading() as connection:
            found = effects.find(connection, "k")
        assert found is not None
        assert found.state is state
