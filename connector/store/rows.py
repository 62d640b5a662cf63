"""Rows: many new rows at once, given to the driver as they are, without a dictionary for each on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, Table
from sqlalchemy.engine import Dialect

from connector.store.types import Instant

_ROWS_IN_A_STATEMENT = 100  # a database prepares its checks once for them all
_FEW_KEPT = 1024  # a run knows few days and instants, each many times


def insert_rows(
    connection: Connection, table: Table, columns: tuple[Column[Any], ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows whose values stand in the order of these columns of the table."""
    values = driven(columns, rows, connection.dialect)
    rest = len(values) % _ROWS_IN_A_STATEMENT
    many = [
        tuple(chain.from_iterable(values[at : at + _ROWS_IN_A_STATEMENT]))
        for at in range(0, len(values) - rest, _ROWS_IN_A_STATEMENT)
    ]
    if many:
        connection.exec_driver_sql(_insert(table, columns, _ROWS_IN_A_STATEMENT, connection.dialect), many)
    if rest:
        connection.exec_driver_sql(_insert(table, columns, 1, connection.dialect), values[-rest:])


def driven(columns: tuple[Column[Any], ...], rows: Iterable[Sequence[Any]], dialect: Dialect) -> list[tuple[Any, ...]]:
    """Rows of these columns as the driver wants them."""
    by_column: list[Iterable[Any]] = list(zip(*rows, strict=True))
    if not by_column:
        return []
    for at, convert in _converters(columns, dialect).items():
        by_column[at] = map(convert, by_column[at])
    return list(zip(*by_column, strict=True))


@lru_cache(maxsize=64)
def _insert(table: Table, columns: tuple[Column[Any], ...], rows: int, dialect: Dialect) -> str:
    preparer = dialect.identifier_preparer
    names = ", ".join(preparer.format_column(column) for column in columns)
    one = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(columns))
    into = f"INSERT INTO {preparer.format_table(table)} ({names})"
    return f"{into} VALUES " + ", ".join([f"({one})"] * rows)


@lru_cache(maxsize=64)
def _converters(columns: tuple[Column[Any], ...], dialect: Dialect) -> dict[int, Callable[[Any], Any]]:
    """By their place, what makes of the values of a column what the driver wants; most it takes as they are."""
    converters: dict[int, Callable[[Any], Any]] = {}
    for at, column in enumerate(columns):
        convert = column.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            few = isinstance(column.type, (Boolean, Date, Instant))
            converters[at] = lru_cache(_FEW_KEPT)(convert) if few else convert
    return converters
