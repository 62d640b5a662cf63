"""Targets: how the other sides behave - whom we must leave alone, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from connector.store.pass_tables import targets
from connector.store.upsert import upsert


@dataclass(frozen=True, slots=True)
class Target:
    """A source, service, bank or mailer, by its name in the config.

    Attributes:
        refusals: changes that it refused since `counted_since`.
        open: the circuit is open: it refused so many that it gets one call at a time until one goes well.
        not_before: it asked not to be called before.
    """

    name: str
    refusals: int = 0
    counted_since: datetime | None = None
    open: bool = False
    not_before: datetime | None = None


_NAMED = select(targets).where(targets.c.name == bindparam("name"))  # asked before every call: made once


def find(connection: Connection, name: str) -> Target:
    """How a target stands; a new one has a clean record."""
    row = connection.execute(_NAMED, {"name": name}).first()
    return Target(row.name, row.refusals, row.counted_since, row.open, row.not_before) if row else Target(name)


def save(connection: Connection, target: Target) -> None:
    """Store how a target stands."""
    row = {
        "name": target.name,
        "refusals": target.refusals,
        "counted_since": target.counted_since,
        "open": target.open,
        "not_before": target.not_before,
    }
    upsert(connection, targets, [row])
