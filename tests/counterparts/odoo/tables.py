"""Rows in memory, with ids, a few indexes and transactions that can be undone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tests.counterparts.odoo.fields import Row


class Table:
    """The rows of one model. A row is never changed in place: `put` takes a new one."""

    def __init__(self, indexed: Iterable[str] = ()) -> None:
        self.rows: dict[int, Row] = {}
        self.ids: list[int] = []
        self._indexes: dict[str, dict[object, list[int]]] = {name: {} for name in indexed}
        self._last_id = 0

    def reserve(self) -> int:
        """The next id, given to one transaction for ever."""
        self._last_id += 1
        return self._last_id

    def put(self, row: Row) -> Row | None:
        """Insert or replace. Returns what was there."""
        id_: int = row["id"]
        before = self.rows.get(id_)
        self.rows[id_] = row
        if before is None:
            insort(self.ids, id_)
        for name, index in self._indexes.items():
            old = before and before.get(name)
            new = row.get(name)
            if before is None or old != new:
                if before is not None:
                    index[old].remove(id_)
                insort(index.setdefault(new, []), id_)
        return before

    def drop(self, id_: int) -> Row:
        """Remove a row and return it."""
        row = self.rows.pop(id_)
        self.ids.pop(bisect_left(self.ids, id_))
        for name, index in self._indexes.items():
            index[row.get(name)].remove(id_)
        return row

    def copy(self) -> Table:
        """The same rows in a table of its own. Rows are shared: none is ever changed in place."""
        copy = Table()
        copy.rows, copy.ids, copy._last_id = dict(self.rows), list(self.ids), self._last_id
        copy._indexes = {name: {key: list(ids) for key, ids in index.items()} for name, index in self._indexes.items()}
        return copy

    def is_indexed(self, name: str) -> bool:
        """Whether `where` knows a field."""
        return name in self._indexes

    def where(self, name: str, values: Iterable[object]) -> list[int]:
        """Ids of the rows whose indexed field has one of the values, in order."""
        index = self._indexes[name]
        return sorted(id_ for value in set(values) for id_ in index.get(value, ()))

    def above(self, id_: int) -> list[int]:
        """Ids greater than one."""
        return self.ids[bisect_right(self.ids, id_) :]


class Tables:
    """All tables of a database, changed in one transaction at a time."""

    def __init__(self) -> None:
        self.of: dict[str, Table] = {}
        self._undo: list[tuple[Table, int, Row | None]] | None = None

    def put(self, model: str, row: Row) -> None:
        """Insert or replace a row."""
        table = self.of[model]
        self._note(table, row["id"], table.put(row))

    def drop(self, model: str, id_: int) -> None:
        """Remove a row."""
        table = self.of[model]
        self._note(table, id_, table.drop(id_))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another one, a savepoint."""
        outermost = self._undo is None
        undo = self._undo = [] if self._undo is None else self._undo
        mark = len(undo)
        try:
            yield
        except BaseException:
            while len(undo) > mark:
                table, id_, before = undo.pop()
                if before is not None:
                    table.put(before)
                elif id_ in table.rows:
                    table.drop(id_)
            raise
        finally:
            if outermost:
                self._undo = None

    def _note(self, table: Table, id_: int, before: Row | None) -> None:
        if self._undo is not None:
            self._undo.append((table, id_, before))
