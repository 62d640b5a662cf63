"""A run that waits for a person leaves in the night after they approved it, not too late for its day."""

from __future__ import annotations

import pytest

from connector.engine import approval
from connector.model.rules import CollectRules, NoticeChannel, NotifyRules, Rules
from tests.flows.world import World


@pytest.mark.parametrize("channel", [NoticeChannel.INVOICE, NoticeChannel.MAIL])
@pytest.mark.parametrize("lead_days", [1, 2])
def test_a_run_approved_by_day_leaves_in_the_next_night(world: World, channel: NoticeChannel, lead_days: int) -> None:
    world.rules = Rules(
        notify=NotifyRules(channel=channel, days=1), collect=CollectRules(approval=True, lead_days=lead_days)
    )
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", due_on=world.clock.now.date())
    for _ in range(4):
        world.walk()
        for run in approval.waiting(world.store):
            approval.approve(world.store, run.id, world.clock.now, "Ann")
        world.clock.forward(days=1)
    assert len(world.bank.received) == 1
