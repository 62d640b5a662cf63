"""What happens to a mandate while a collection under it is on its way, or while it is suspended."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.engine import approval
from connector.model.mandate import MandateEventKind, MandateState, MandateType
from connector.model.rules import CollectRules, InviteRules, NotifyRules, Rules
from connector.store import mandates
from connector.testing.bank_house import Fate, Told
from tests.flows.world import World

ONE_OFF = Rules(
    invite=InviteRules(type=MandateType.ONE_OFF), notify=NotifyRules(days=2), collect=CollectRules(approval=True)
)


def _state(world: World) -> MandateState:
    with world.store.reading() as connection:
        mandate = mandates.find(connection, world.reference_of("ada"))
    assert mandate is not None
    return mandate.state


def _spent(world: World) -> str:
    """A one-off mandate whose collection waits for approval. Returns the run."""
    world.rules = ONE_OFF
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    assert _state(world) is MandateState.SPENT
    (run,) = approval.waiting(world.store)
    return run.id


@pytest.mark.parametrize(
    ("kind", "state"),
    [(MandateEventKind.CANCELLED, MandateState.CANCELLED), (MandateEventKind.SUSPENDED, MandateState.SUSPENDED)],
)
def test_a_one_off_mandate_that_ends_before_its_collection_left_is_not_used_again(
    world: World, kind: MandateEventKind, state: MandateState
) -> None:
    run = _spent(world)
    world.service.tell(kind, world.reference_of("ada"))
    world.walk()
    assert _state(world) is state
    approval.let_go(world.installation, world.store, run, world.clock.now, "Ann")
    world.nights(5)
    assert _state(world) is state
    assert approval.waiting(world.store) == []


def test_a_one_off_mandate_that_is_resumed_serves_its_one_collection_only(world: World) -> None:
    _spent(world)
    world.service.tell(MandateEventKind.SUSPENDED, world.reference_of("ada"))
    world.service.tell(MandateEventKind.RESUMED, world.reference_of("ada"))
    world.walk()
    assert _state(world) is MandateState.SPENT


def test_what_was_not_suspended_is_not_resumed(world: World) -> None:
    _spent(world)
    world.service.tell(MandateEventKind.RESUMED, world.reference_of("ada"))
    world.walk()
    assert _state(world) is MandateState.SPENT


def test_a_business_mandate_is_not_resumed_before_the_debtors_bank_confirmed_it(world: World) -> None:
    world.rules = Rules(invite=InviteRules.model_validate({"scheme": "B2B"}))
    world.with_mandate("ada")
    world.service.tell(MandateEventKind.RESUMED, world.reference_of("ada"))
    world.walk()
    assert _state(world) is MandateState.AWAITING_BANK


def test_a_suspended_mandate_that_never_was_can_not_be_resumed(world: World) -> None:
    world.fates["Ada"] = Told(Fate.RETURNED, "MD01")
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "10.00")
    world.nights(10)
    assert world.package.invoice("2026-1").open_amount == Decimal(0)
    world.service.tell(MandateEventKind.SUSPENDED, world.reference_of("ada"))
    world.walk()
    world.take_back()
    world.walk()
    assert _state(world) is MandateState.CANCELLED
    world.service.tell(MandateEventKind.RESUMED, world.reference_of("ada"))
    world.walk()
    assert _state(world) is MandateState.CANCELLED
