"""Exceptions: things that a person must look at, each once, with the reason in words that can be said later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, true, update

from connector.model.reason import Reason, ReasonCode
from connector.store.chunks import chunks
from connector.store.history import RECORD_LENGTH_MAX
from connector.store.tables import exceptions


@dataclass(frozen=True, slots=True)
class OpenException:
    """An Exception as it stands.

    Attributes:
        record: what it is about, e.g. "invoice books/4711".
        times: how often it was met.
    """

    id: int
    record: str
    reason: Reason
    times: int
    opened_at: datetime
    seen_at: datetime
    open: bool


def open_(connection: Connection, record: str, reason: Reason, at: datetime) -> bool:
    """Show a thing to a person. Met again, it is counted, not shown twice. Returns whether it is new."""
    record = record[:RECORD_LENGTH_MAX]
    known = (exceptions.c.code == reason.code.value, exceptions.c.record == record, exceptions.c.open.is_(true()))
    met_again = connection.execute(
        update(exceptions).where(*known).values(times=exceptions.c.times + 1, seen_at=at, facts=dict(reason.facts))
    )
    if met_again.rowcount:
        return False
    connection.execute(
        insert(exceptions).values(
            code=reason.code.value,
            record=record,
            facts=dict(reason.facts),
            open=True,
            times=1,
            opened_at=at,
            seen_at=at,
        )
    )
    return True


# Asked for nearly every batch of every step: made once.
_OPEN_OF_CODE = select(exceptions.c.id, exceptions.c.record).where(
    exceptions.c.code == bindparam("code_found"), exceptions.c.open.is_(true())
)


def close(connection: Connection, records: Iterable[str], code: ReasonCode, at: datetime, by: str) -> None:
    """The cause is gone for these records. Few are open and many are asked about: the open ones are read first.

    Args:
        records: not even looked at if none is open.
    """
    named = {row.record: row.id for row in connection.execute(_OPEN_OF_CODE, {"code_found": code.value})}
    if not named:
        return
    cut = (record[:RECORD_LENGTH_MAX] for record in records)
    gone = [named[record] for record in cut if record in named]
    for some in chunks(gone):
        connection.execute(
            update(exceptions).where(exceptions.c.id.in_(some)).values(open=False, closed_at=at, closed_by=by)
        )


def close_by_id(connection: Connection, number: int, at: datetime, by: str) -> bool:
    """A person has dealt with it. Returns False if there is no such open Exception."""
    done = connection.execute(
        update(exceptions)
        .where(exceptions.c.id == number, exceptions.c.open.is_(true()))
        .values(open=False, closed_at=at, closed_by=by)
    )
    return done.rowcount == 1


def find_open(connection: Connection, number: int) -> OpenException | None:
    """The open Exception with this number."""
    row = connection.execute(select(exceptions).where(exceptions.c.id == number, exceptions.c.open.is_(true()))).first()
    return _of(row) if row else None


def all_open(connection: Connection, limit: int | None = None) -> list[OpenException]:
    """Open Exceptions, oldest first."""
    query = select(exceptions).where(exceptions.c.open.is_(true())).order_by(exceptions.c.id).limit(limit)
    return [_of(row) for row in connection.execute(query)]


def count_open(connection: Connection) -> int:
    """How many are open."""
    return connection.execute(
        select(func.count()).select_from(exceptions).where(exceptions.c.open.is_(true()))
    ).scalar_one()


def about(connection: Connection, record: str) -> list[OpenException]:
    """Exceptions about a record, closed ones too, oldest first."""
    rows = connection.execute(select(exceptions).where(exceptions.c.record == record).order_by(exceptions.c.id))
    return [_of(row) for row in rows]


def _of(row: Row[Any]) -> OpenException:
    return OpenException(
        id=row.id,
        record=row.record,
        reason=Reason(ReasonCode(row.code), row.facts),
        times=row.times,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        open=row.open,
    )
