"""Passes: when the road was walked, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update

from connector.store.pass_tables import passes


@dataclass(frozen=True, slots=True)
class PastPass:
    """One pass, or one job of a worker.

    Attributes:
        scope: name of what it held: of everything, or of one step over one part of the installation.
        outcome: None while it runs, or if it was killed.
    """

    id: int
    scope: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    steps: Mapping[str, Any]


def begin(connection: Connection, scope: str, at: datetime, day: date, after: int = 0) -> int:
    """Write down that a pass began. Returns its number: above all others, and above `after`."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE passes IN SHARE ROW EXCLUSIVE MODE"))  # others begin at the same time
    number = max(newest(connection), after) + 1
    connection.execute(insert(passes).values(id=number, scope=scope, started_at=at, day=day, steps={}))
    return number


def newest(connection: Connection) -> int:
    """The number of the newest pass; 0 if there was none."""
    return connection.execute(select(func.max(passes.c.id))).scalar() or 0


def latest_day(connection: Connection) -> date | None:
    """The creditor's date of the latest pass."""
    return connection.execute(select(passes.c.day).order_by(passes.c.id.desc()).limit(1)).scalar()


def end(connection: Connection, number: int, at: datetime, outcome: str, steps: Mapping[str, Any]) -> None:
    """Write down how it ended: done, exceptions, failed or stopped."""
    connection.execute(
        update(passes).where(passes.c.id == number).values(ended_at=at, outcome=outcome, steps=dict(steps))
    )


def latest(connection: Connection, limit: int = 10) -> list[PastPass]:
    """The latest passes, newest first."""
    return [_of(row) for row in connection.execute(select(passes).order_by(passes.c.id.desc()).limit(limit))]


def _of(row: Row[Any]) -> PastPass:
    return PastPass(row.id, row.scope, row.started_at, row.ended_at, row.outcome, row.steps)
