"""How a failed seed is told: what did not hold, how to replay it, and what happened until then."""

from __future__ import annotations

from connector.testing.simulation.play import Outcome


def told(outcome: Outcome) -> str:
    """All that one needs to find out why."""
    rules = "\n".join(f"{breach.rule} {breach.seen}" for breach in outcome.breaches)
    return "\n".join((f"seed {outcome.seed}, {outcome.day}:", rules, f"Replay: {outcome.replay}", *outcome.trace))
