"""Insert rows, or bring those that are there up to date: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.rows import driven


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key exists, overwrite the other columns given. All rows give the same columns."""
    if not rows:
        return
    statement = _prepared(table, tuple(rows[0]), connection.dialect)
    _write(
        connection, statement, driven(statement.columns, map(itemgetter(*statement.names), rows), connection.dialect)
    )


def upsert_driven(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    """The same for rows of all columns, in the order of the table, with values as the driver wants them."""
    if rows:
        _write(connection, _prepared(table, tuple(table.c.keys()), connection.dialect), rows)


def _write(connection: Connection, statement: _Prepared, values: list[tuple[Any, ...]]) -> None:
    if statement.is_positional:
        connection.exec_driver_sql(statement.sql, values)
    else:
        connection.exec_driver_sql(statement.sql, [dict(zip(statement.names, row, strict=True)) for row in values])


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there. Returns whether it was new."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**row).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement).first() is not None


class _Prepared(NamedTuple):
    """A statement as the driver takes it, and the columns that are its parameters, by position or by name."""

    sql: str
    names: tuple[str, ...]
    columns: tuple[Column[Any], ...]
    is_positional: bool


@lru_cache(maxsize=64)
def _prepared(table: Table, names: tuple[str, ...], dialect: Dialect) -> _Prepared:
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    upserting = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    compiled = upserting.compile(dialect=dialect, column_keys=list(names))
    in_order = tuple(compiled.positiontup or names)
    return _Prepared(str(compiled), in_order, tuple(table.c[name] for name in in_order), dialect.positional)
