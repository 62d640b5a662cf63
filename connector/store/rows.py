"""Rows: many new rows at once, given to the driver as they are, without a dictionary for each on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Date, Table
from sqlalchemy.engine import Dialect

from connector.store.types import Instant

_DAYS_KEPT = 1024  # a run knows few days and instants, each many times


def insert_rows(
    connection: Connection, table: Table, columns: tuple[Column[Any], ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows whose values stand in the order of these columns of the table."""
    by_column: list[Iterable[Any]] = list(zip(*rows, strict=True))
    if not by_column:
        return
    statement, converters = _prepared(table, columns, connection.dialect)
    for at, convert in converters.items():
        by_column[at] = map(convert, by_column[at])
    connection.exec_driver_sql(statement, list(zip(*by_column, strict=True)))


@lru_cache(maxsize=64)
def _prepared(
    table: Table, columns: tuple[Column[Any], ...], dialect: Dialect
) -> tuple[str, dict[int, Callable[[Any], Any]]]:
    """The statement, and by their place the columns whose values the driver wants in another form."""
    preparer = dialect.identifier_preparer
    names = ", ".join(preparer.format_column(column) for column in columns)
    places = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(columns))
    converters: dict[int, Callable[[Any], Any]] = {}
    for at, column in enumerate(columns):
        convert = column.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            few = isinstance(column.type, (Date, Instant))
            converters[at] = lru_cache(_DAYS_KEPT)(convert) if few else convert
    into = f"INSERT INTO {preparer.format_table(table)} ({names})"
    return f"{into} VALUES ({places})", converters
