"""The circuit: a target that refuses one change after the other is left alone, and tried with one change next time.

Some services lock a key after ten refused calls an hour. Each adapter has an error budget (`Adapter.error_budget`)
that its refusals within an hour use up; then its effects wait, and those of other targets go on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from connector.model.deed import Step
from connector.model.reason import Reason, ReasonCode
from connector.ports import Adapter
from connector.steps.work import Work
from connector.store import exceptions, targets

_WINDOW = timedelta(hours=1)


def is_open(work: Work, name: str) -> bool:
    """Whether a target gets one call only, to see whether it is well again."""
    with work.store.reading() as connection:
        return targets.find(connection, name).open


def refused(work: Work, connection: Connection, step: Step, name: str) -> None:
    """A target refused a change, in the transaction that notes it. Its budget used up, it rests for this pass."""
    target, at = targets.find(connection, name), work.installation.clock()
    since = target.counted_since
    if since is None or not since <= at < since + _WINDOW:
        target = replace(target, refusals=0, counted_since=at)
    target = replace(target, refusals=target.refusals + 1)
    if target.open or target.refusals >= _budget(work, name):
        target = replace(target, open=True)
        work.resting.add(name)
        reason = Reason(ReasonCode.TARGET_RESTS, {"target": name, "count": str(target.refusals)})
        work.show(connection, step, f"connection {name}", reason)
    targets.save(connection, target)


def close(work: Work, name: str) -> None:
    """It took a change: it is well again."""
    act = work.act()
    with work.store.transaction() as connection:
        targets.save(connection, replace(targets.find(connection, name), refusals=0, counted_since=None, open=False))
        exceptions.close(connection, [f"connection {name}"], ReasonCode.TARGET_RESTS, act.at, act.by)


def _budget(work: Work, name: str) -> int:
    budgets = {adapter.name: adapter.error_budget for adapter in work.installation.adapters()}
    return budgets.get(name, Adapter.error_budget)
