"""The package shows each signed mandate as it stands: what happened to it before it was written, and after."""

from __future__ import annotations

import pytest

from connector.errors import UnknownOutcome
from connector.model.mandate import MandateEventKind, MandateState
from tests.flows.world import World


def _shown(world: World) -> MandateState:
    return world.package.mandates[world.reference_of("ada")].mandate.state


@pytest.mark.parametrize(
    ("kind", "state"),
    [(MandateEventKind.CANCELLED, MandateState.CANCELLED), (MandateEventKind.SUSPENDED, MandateState.SUSPENDED)],
)
def test_a_mandate_that_changes_is_written_again(world: World, kind: MandateEventKind, state: MandateState) -> None:
    world.with_mandate("ada")
    assert _shown(world) is MandateState.ACTIVE
    world.service.tell(kind, world.reference_of("ada"))
    world.walk()
    assert _shown(world) is state


@pytest.mark.parametrize(
    ("kind", "state"),
    [(MandateEventKind.CANCELLED, MandateState.CANCELLED), (MandateEventKind.SUSPENDED, MandateState.SUSPENDED)],
)
def test_a_mandate_that_changed_before_it_was_written_is_written_all_the_same(
    world: World, kind: MandateEventKind, state: MandateState
) -> None:
    world.customer("ada")
    world.walk()
    world.service.tell(kind, world.sign("ada"))
    world.walk()
    assert _shown(world) is state


def test_a_mandate_that_goes_to_and_fro_ends_as_it_is(world: World) -> None:
    world.with_mandate("ada")
    for kind in (MandateEventKind.SUSPENDED, MandateEventKind.RESUMED, MandateEventKind.SUSPENDED):
        world.service.tell(kind, world.reference_of("ada"))
        world.walk()
    assert _shown(world) is MandateState.SUSPENDED


def test_a_change_whose_answer_is_lost_is_written_all_the_same(world: World) -> None:
    world.with_mandate("ada")
    world.package.trouble.before("store_mandates", UnknownOutcome("The answer was lost.", where="test"))
    world.service.tell(MandateEventKind.CANCELLED, world.reference_of("ada"))
    world.walk()
    world.walk()
    assert _shown(world) is MandateState.CANCELLED


def test_a_mandate_that_was_never_signed_is_not_written(world: World) -> None:
    world.customer("ada")
    world.walk()
    world.service.tell(MandateEventKind.CANCELLED, world.reference_of("ada"))
    world.walk()
    assert world.package.mandates == {}
