"""No invoice euro is asked twice: over the bank's own ledger."""

from __future__ import annotations

from collections.abc import Iterator

from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World


def asked_twice(world: World) -> Iterator[Breach]:
    """A collection asks for no more than is open, less what others of that invoice were to bring already."""
    for one in world.desk.asked.values():
        if one.order.amount + one.promised > one.still_open:
            yield Breach(
                "No invoice euro is asked twice.",
                f"{one.order.end_to_end_id} asks {one.order.amount} of {one.invoice} on {one.day}, of which "
                f"{one.still_open} was open and {one.promised} under way.",
            )
