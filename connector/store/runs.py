"""Collection runs: the collections proposed together, approved together, written together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, String, and_, func, insert, select, type_coerce, update

from connector.model.collection import CollectionState
from connector.store import recoveries
from connector.store.collections import move_where
from connector.store.history import Act
from connector.store.tables import collection_runs, collections
from connector.store.upsert import insert_new

_NAMES_LEFT = 100


@dataclass(frozen=True, slots=True)
class Run:
    """The collections proposed together for one creditor."""

    id: str
    creditor: str


def begin_or_resume(connection: Connection, creditor: str, day: date, act: Act) -> Run:
    """The run of a creditor that is still being filled: one that a killed pass left, or a new one."""
    if left := unfinished(connection, creditor):
        return left
    stem = f"{creditor.upper()}-{day:%Y%m%d}-"
    earlier = connection.execute(select(collection_runs.c.id).where(collection_runs.c.id.startswith(stem))).scalars()
    taken = max((int(name.removeprefix(stem).partition("-")[0]) for name in earlier), default=0)
    # The bank may have files of today that a database which was put back has forgotten: their names stay theirs.
    forgotten = _NAMES_LEFT * recoveries.touching(connection, act.at)
    run = Run(f"{stem}{max(taken, forgotten) + 1}", creditor)
    connection.execute(insert(collection_runs).values(id=run.id, creditor=creditor, created_at=act.at))
    return run


def adopt(connection: Connection, run: str, creditor: str, act: Act) -> bool:
    """Put in a run that was made and approved while the database did not know; one that is there stays as it is.

    Returns whether it is new or as it was proposed: then it is sealed again once the collections are in.
    """
    row = {"id": run, "creditor": creditor, "created_at": act.at, "proposed_at": act.at}
    is_new = insert_new(connection, collection_runs, row | {"approved_at": act.at, "approved_by": act.by})
    return is_new or is_as_proposed(connection, run)


def seal(connection: Connection, run: str) -> None:
    """Remember what a run asks of whom: a change beside us shows."""
    sealed = update(collection_runs).where(collection_runs.c.id == run)
    connection.execute(sealed.values(digest=digest_of(connection, run)))


def unfinished(connection: Connection, creditor: str) -> Run | None:
    """The run of a creditor that is still being filled."""
    found = connection.execute(
        select(collection_runs.c.id).where(
            collection_runs.c.creditor == creditor, collection_runs.c.proposed_at.is_(None)
        )
    ).scalar()
    return Run(found, creditor) if found else None


def finish(connection: Connection, run: Run, act: Act) -> None:
    """The run is complete: it now waits for approval, as it is."""
    connection.execute(
        update(collection_runs)
        .where(collection_runs.c.id == run.id)
        .values(proposed_at=act.at, digest=digest_of(connection, run.id))
    )


def digest_of(connection: Connection, run: str) -> str:
    """SHA-256 over what a run would ask of whom: end-to-end id, cents, IBAN, mandate and date of each collection."""
    rows = connection.execute(
        select(
            collections.c.end_to_end_id,
            type_coerce(collections.c.amount, BigInteger),
            collections.c.debtor_iban,
            collections.c.mandate_reference,
            type_coerce(collections.c.collection_date, String),
        )
        .execution_options(yield_per=2000)
        .where(collections.c.run == run)
        .order_by(collections.c.end_to_end_id)
    )
    digest = sha256()
    for row in rows:
        digest.update("\x1f".join(map(str, row)).encode() + b"\n")
    return digest.hexdigest()


def is_as_proposed(connection: Connection, run: str) -> bool:
    """Whether a run still is what was proposed, and so what was approved."""
    kept = connection.execute(select(collection_runs.c.digest).where(collection_runs.c.id == run)).scalar()
    return kept == digest_of(connection, run)


def approve(connection: Connection, run: Run, act: Act, why: str) -> None:
    """Approve all proposed collections of a run."""
    connection.execute(
        update(collection_runs).where(collection_runs.c.id == run.id).values(approved_at=act.at, approved_by=act.by)
    )
    proposed = and_(collections.c.run == run.id, collections.c.state == CollectionState.PROPOSED.value)
    move_where(connection, proposed, CollectionState.PROPOSED, CollectionState.APPROVED, act, why)


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A run that waits for a person, with what it would collect.

    Attributes:
        digest: of all that it would ask of whom: what a person saw is what they approve.
        first_day: its earliest day of debit.
    """

    id: str
    creditor: str
    proposed_at: datetime
    digest: str
    collections: int
    total: Decimal
    first_day: date


def waiting(connection: Connection) -> list[WaitingRun]:
    """Complete runs with collections that nobody has approved yet, oldest first."""
    return _found(connection, _WAITING)


def not_in_file(connection: Connection) -> list[WaitingRun]:
    """Complete runs with collections that are in no file yet, approved or not, oldest first."""
    return _found(connection, _NOT_IN_FILE)


# Asked in each pass, often: made once.
_COMPLETE = (
    select(
        collection_runs.c.id,
        collection_runs.c.creditor,
        collection_runs.c.proposed_at,
        collection_runs.c.digest,
        func.count(),
        func.sum(collections.c.amount),
        func.min(collections.c.collection_date),
    )
    .join(collections, collections.c.run == collection_runs.c.id)
    .where(collection_runs.c.proposed_at.is_not(None))
    .group_by(collection_runs.c.id)
    .order_by(collection_runs.c.proposed_at, collection_runs.c.id)
)
_WAITING = _COMPLETE.where(collections.c.state == CollectionState.PROPOSED.value)
_NOT_IN_FILE = _COMPLETE.where(
    collections.c.state.in_([CollectionState.PROPOSED.value, CollectionState.APPROVED.value])
)


def _found(connection: Connection, query: Select[Any]) -> list[WaitingRun]:
    return [
        WaitingRun(row[0], row[1], row[2], row[3], row[4], Decimal(row[5]), row[6]) for row in connection.execute(query)
    ]


def to_submit(connection: Connection, creditor: str) -> list[Run]:
    """Runs of a creditor with approved collections that are in no file yet."""
    rows = connection.execute(
        select(collections.c.run, collections.c.creditor)
        .where(collections.c.state == CollectionState.APPROVED.value, collections.c.creditor == creditor)
        .distinct()
        .order_by(collections.c.run)
    )
    return [Run(row.run, row.creditor) for row in rows]
