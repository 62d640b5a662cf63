"""Store what was read from a package, and touch only what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from connector.store.upsert import upsert


class Saved(NamedTuple):
    """How many records were new, changed, or the same as before."""

    new: int
    changed: int
    same: int


def digest_of(row: Mapping[str, Any]) -> str:
    """Digest over the values of a row, to see whether it changed."""
    return blake2b(repr(tuple(row.values())).encode(), digest_size=16).hexdigest()


def save_changed(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> Saved:
    """Insert new rows and overwrite changed ones. The rows are of one source; the last of a key counts."""
    latest = {row["id"]: row for row in rows}
    if not latest:
        return Saved(0, 0, 0)
    source = next(iter(latest.values()))["source"]
    known = {
        found.id: found.digest
        for found in connection.execute(
            select(table.c.id, table.c.digest).where(table.c.source == source, table.c.id.in_(latest))
        )
    }
    to_write = [row for key, row in latest.items() if known.get(key) != row["digest"]]
    upsert(connection, table, to_write)
    new = len(latest) - len(known)
    return Saved(new, len(to_write) - new, len(latest) - len(to_write))
