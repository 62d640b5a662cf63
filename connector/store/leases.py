"""Leases: who works on what now. A token that grows with every holder keeps an older one from writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import Connection, bindparam, insert, select, text, true, update

from connector.store.pass_tables import leases


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that is held.

    Attributes:
        holder: who, for a person: a host and a process.
        locked: its holder also has the lock that is gone when its process is.
    """

    scope: str
    token: int
    holder: str
    locked: bool
    expires_at: datetime


def one_taker(connection: Connection) -> None:
    """Until this transaction ends nobody else takes a lease. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(blake2b(b"sepa-connector leases", digest_size=7).digest(), "big")
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})


def held(connection: Connection) -> Sequence[Lease]:
    """All leases that somebody holds, expired ones too."""
    rows = connection.execute(select(leases).where(leases.c.held.is_(true())).order_by(leases.c.scope))
    return [Lease(row.scope, row.token, row.holder, row.locked, row.expires_at) for row in rows]


def take(connection: Connection, scope: str, holder: str, *, locked: bool, at: datetime, expires_at: datetime) -> int:
    """Take a lease, whoever had it. Returns the token; all older ones are worth nothing from now on."""
    values = {"holder": holder, "held": True, "locked": locked, "beat_at": at, "expires_at": expires_at}
    taken = connection.execute(
        update(leases)
        .where(leases.c.scope == scope)
        .values(token=leases.c.token + 1, **values)
        .returning(leases.c.token)
    ).scalar()
    if taken is None:
        connection.execute(insert(leases).values(scope=scope, token=1, **values))
        return 1
    return int(taken)


def revoke(connection: Connection, scope: str) -> None:
    """Take a lease from its holder, for good."""
    connection.execute(update(leases).where(leases.c.scope == scope).values(token=leases.c.token + 1, held=False))


def give_back(connection: Connection, scope: str, token: int) -> None:
    """The work is done. A lease that was lost stays with its new holder."""
    connection.execute(update(leases).where(leases.c.scope == scope, leases.c.token == token).values(held=False))


# Asked at the begin of every transaction: made once.
_BEAT = (
    select(leases.c.beat_at)
    .where(leases.c.scope == bindparam("scope"), leases.c.token == bindparam("token"), leases.c.held.is_(true()))
    .with_for_update()
)


def last_beat(connection: Connection, scope: str, token: int) -> datetime | None:
    """When the holder was last heard of; None if the lease is lost.

    Nobody can take the lease before this transaction ends: what it writes is written by its holder.
    """
    return connection.execute(_BEAT, {"scope": scope, "token": token}).scalar()


def beat(connection: Connection, scope: str, *, at: datetime, expires_at: datetime) -> None:
    """The holder is alive."""
    connection.execute(update(leases).where(leases.c.scope == scope).values(beat_at=at, expires_at=expires_at))
