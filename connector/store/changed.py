"""Store what was read from a package, and touch only what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Table, select

from connector.model.customer import RecordKey
from connector.store.listed import is_listed, lists
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
    """Insert new rows and overwrite changed ones. Of one key, the last row counts."""
    latest = {RecordKey(row["source"], row["id"]): row for row in rows}
    known: dict[RecordKey, str] = {}
    for listed in lists(latest):
        found = connection.execute(_digests(table), listed)
        known.update((RecordKey(listed["source"], id_), digest) for id_, digest in found)
    to_write = [row for key, row in latest.items() if known.get(key) != row["digest"]]
    upsert(connection, table, to_write)
    new = len(latest) - len(known)
    return Saved(new, len(to_write) - new, len(latest) - len(to_write))


@lru_cache
def _digests(table: Table) -> Select[str, str]:
    return select(table.c.id, table.c.digest).where(is_listed(table.c.source, table.c.id))
