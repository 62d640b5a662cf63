"""Store what was read from a package, and touch only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, select

from connector.store.listed import is_listed, lists
from connector.store.rows import driven
from connector.store.upsert import upsert_driven


class Saved(NamedTuple):
    """How many records were new, changed, or the same as before."""

    new: int
    changed: int
    same: int


def columns_read(table: Table) -> tuple[Column[Any], ...]:
    """The columns of what was read; after them a table has its digest, and when that was."""
    *read, digest, read_at = table.c
    assert (digest.name, read_at.name) == ("digest", "read_at")
    return tuple(read)


def save_changed(connection: Connection, table: Table, rows: Iterable[Sequence[Any]], at: datetime) -> Saved:
    """Insert new rows and overwrite changed ones. Of one key, the last row counts.

    Args:
        rows: values of `columns_read`, which begin with source and id.
        at: when they were read.
    """
    latest = {row[:2]: row for row in driven(columns_read(table), rows, connection.dialect)}
    known: dict[tuple[str, str], str] = {}
    for listed in lists(latest):
        source = listed["source"]
        known.update(((source, id_), digest) for id_, digest in connection.execute(_digests(table), listed))
    ((read_at,),) = driven((table.c.read_at,), [(at,)], connection.dialect)
    written = _written(table)
    digested = [(key, row, _digest_of(written % row)) for key, row in latest.items()]
    to_write = [(*row, digest, read_at) for key, row, digest in digested if known.get(key) != digest]
    upsert_driven(connection, table, to_write)
    new = len(latest) - len(known)
    return Saved(new, len(to_write) - new, len(latest) - len(to_write))


def _digest_of(row: str) -> str:
    """Digest over a row, to see whether it changed."""
    return blake2b(row.encode(), digest_size=16).hexdigest()


@lru_cache
def _written(table: Table) -> str:
    """How a row is written for its digest, as a format: a third of the work of a `repr`, for each record read.

    It takes what the driver gets, where amounts and mostly dates are plain values; of a database the driver is always
    the same. No text holds a NUL, the databases take none; only a text that may be missing needs quotes.
    """
    return "\0".join("%r" if column.nullable else "%s" for column in columns_read(table))


@lru_cache
def _digests(table: Table) -> Select[str, str]:
    return select(table.c.id, table.c.digest).where(is_listed(table.c.source, table.c.id))
