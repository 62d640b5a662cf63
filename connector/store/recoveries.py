"""Recoveries: times at which the database was put back, until it agrees with the world again.

While one is open, a guard of the database lets every change that is owed anew begin as unknown (guards.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from connector.model.effect import EffectState
from connector.store.pass_tables import recoveries
from connector.store.passes import newest
from connector.store.tables import effects

_PUT_BACK_AGAIN = "put back again"

RECORD = "database sepa-connector"
"""Name of the database in Exceptions and differences."""


class Cause(StrEnum):
    """How it showed that the database is older than the world."""

    OLDER = "older"  # the data folder knows of later passes
    RESTORED = "restored"  # `db restore` put a copy in its place
    LOST = "lost"  # the journal in the data folder is gone
    ASKED = "asked"  # a person asked to compare with the world from the start


@dataclass(frozen=True, slots=True)
class Recovery:
    """An open recovery.

    Attributes:
        last_pass: the newest pass that the database knew.
        complete: whether the journal in the data folder tells all that went out since.
        replayed: what the journal tells has been taken up again.
    """

    id: int
    began_at: datetime
    cause: Cause
    last_pass: int
    complete: bool
    replayed: bool


def begin(connection: Connection, cause: Cause, at: datetime, *, complete: bool) -> Recovery:
    """From now on the database is taken for older than the world; every change under way is in doubt.

    A recovery that is open is taken up by the new one: what it found out may be older than the world as well.
    """
    before = current(connection)
    if before is not None:
        end(connection, at, _PUT_BACK_AGAIN)
    last_pass = before.last_pass if before is not None else newest(connection)
    complete = complete and (before is None or before.complete)
    row = {"began_at": at, "cause": cause.value, "last_pass": last_pass, "complete": complete}
    number = connection.execute(insert(recoveries).values(row).returning(recoveries.c.id)).scalar_one()
    connection.execute(
        update(effects)
        .where(effects.c.state.in_([EffectState.PENDING.value, EffectState.SENDING.value]))
        .values(state=EffectState.UNKNOWN.value, error="the database was put back", changed_at=at)
    )
    return Recovery(number, at, cause, last_pass, complete, replayed=False)


def current(connection: Connection) -> Recovery | None:
    """The recovery that is open, if one is."""
    row = connection.execute(
        select(recoveries).where(recoveries.c.ended_at.is_(None)).order_by(recoveries.c.id).limit(1)
    ).first()
    return _of(row) if row else None


def judge(connection: Connection, recovery: Recovery, *, complete: bool) -> None:
    """Note whether the journal tells all that went out since."""
    connection.execute(update(recoveries).where(recoveries.c.id == recovery.id).values(complete=complete))


def note_replayed(connection: Connection, recovery: Recovery, at: datetime) -> None:
    """What the journal tells was taken up again."""
    connection.execute(update(recoveries).where(recoveries.c.id == recovery.id).values(replayed_at=at))


def end(connection: Connection, at: datetime, by: str) -> None:
    """The database agrees with the world again, or a person answers for it."""
    connection.execute(update(recoveries).where(recoveries.c.ended_at.is_(None)).values(ended_at=at, ended_by=by))


def touching(connection: Connection, day: datetime) -> int:
    """How many recoveries began after this instant, less a day for the time zones, or are open."""
    since = or_(recoveries.c.began_at >= day - timedelta(days=1), recoveries.c.ended_at.is_(None))
    return connection.execute(select(func.count()).select_from(recoveries).where(since)).scalar_one()


def _of(row: Row[tuple[object, ...]]) -> Recovery:
    return Recovery(
        row.id, row.began_at, Cause(row.cause), row.last_pass, row.complete, replayed=row.replayed_at is not None
    )
