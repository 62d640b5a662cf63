"""Listed: the records of many keys, asked for with the keys of a source as one value.

So the statement is the same for one key and for thousands, and is made once. With a placeholder for each key it would
be made, and read by the database, anew for every length of the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Text, and_, bindparam, column, exists, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _EachOf(FunctionElement[str]):
    """The texts of a JSON list, as rows with one column, `value`."""

    inherit_cache = True
    name = "each_of"


@compiles(_EachOf, "sqlite")
def _on_sqlite(element: _EachOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_EachOf, "postgresql")
def _on_postgresql(element: _EachOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS JSON))"


def is_listed(source: Column[str], id_: Column[str]) -> ColumnElement[bool]:
    """Whether the source and id in these columns are of a list that `lists` gives the statement."""
    return and_(source == bindparam("source"), id_.in_(select(_each_id())))


def without_row(source: Column[str], id_: Column[str]) -> Select[str]:
    """The ids of such a list that no row has in these columns. Mostly there are none: little has to be told."""
    listed = _each_id()
    return select(listed).where(~exists().where(source == bindparam("source"), id_ == listed))


def _each_id() -> ColumnElement[str]:
    return _EachOf(bindparam("ids", type_=Text)).table_valued(column("value", Text)).c.value


def lists(keys: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    """These keys as parameters of such a statement, one list for each source."""
    by_source: dict[str, list[str]] = {}
    for source, id_ in keys:
        by_source.setdefault(source, []).append(id_)
    for source, ids in by_source.items():
        yield {"source": source, "ids": json.dumps(ids)}
