"""Which records changed since a cursor, where Tryton keeps no list of changes.

Every row in Tryton bears the instant of its last change. Three things make following them safe:

- A change below a record (a new e-mail address, a payment on an invoice) does not touch the record. So the rows
  below are watched as well, and lead back to it.
- A transaction gives its rows the instant at which it began, and may end minutes later. So changes are read again
  from `overlap` before the newest instant seen, until that instant has been known for as long as the overlap.
  Only differences of our own clock count; the server's clock may be off.
- The first reading goes by id, with the marks for later set before it starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.accounting.tryton.client import Domain, Order, Row, TrytonClient
from connector.errors import NoAccess

CHANGED = "last_modified_at"
_NEVER = datetime(1970, 1, 1)  # noqa: DTZ001 - before any change; naive, as the server's instants are


@dataclass(frozen=True, slots=True)
class Watch:
    """Rows of a model, and to which records they lead.

    Attributes:
        fields: what is read of a row to find the records.
        leads_to: ids of the records that a row belongs to.
    """

    model: str
    domain: Domain
    fields: tuple[str, ...]
    leads_to: Callable[[Row], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the changes of one model are known.

    Attributes:
        newest: newest instant of a change that was seen, by the server's clock.
        known_since: when it was first seen, by our clock.
        settled: nothing older than it can still appear.
    """

    newest: datetime
    known_since: datetime
    settled: bool = False

    def after(self, newest: datetime, now: datetime, overlap: timedelta) -> Mark:
        """This mark after a reading that began `now` and saw changes up to `newest`."""
        if newest > self.newest:
            return Mark(newest, now)
        return replace(self, settled=self.settled or now - self.known_since >= overlap)

    def domain(self, overlap: timedelta) -> Domain:
        """The changes that have to be read next."""
        if self.settled:
            return [[CHANGED, ">", self.newest]]
        return [[CHANGED, ">=", self.newest - overlap]]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Marks by model; `after_id` is set while the first reading is under way."""

    marks: Mapping[str, Mark]
    after_id: int | None = None

    def text(self) -> str:
        """As the engine stores it."""
        marks = {
            model: [mark.newest.isoformat(), mark.known_since.isoformat(), mark.settled]
            for model, mark in self.marks.items()
        }
        return json.dumps({"marks": marks, "after_id": self.after_id}, sort_keys=True)

    @classmethod
    def read(cls, text: str, where: str) -> Cursor:
        """From a stored text.

        Raises:
            NoAccess: it is no cursor of this adapter.
        """
        try:
            found = json.loads(text)
            marks = {
                model: Mark(datetime.fromisoformat(newest), datetime.fromisoformat(known_since), settled)
                for model, (newest, known_since, settled) in found["marks"].items()
            }
            return cls(marks, found["after_id"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoAccess(
                "The stored cursor is not one of the Tryton adapter.",
                where=where,
                remedy="Did the source change its package under the same name? Give it a new name.",
            ) from error


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and the cursor to store with them."""

    rows: Sequence[Row]
    cursor: str
    total: int | None


@dataclass(frozen=True)
class ChangeFeed:
    """Records of one model, created or changed since a cursor.

    Attributes:
        model, domain, fields: the records.
        watches: where their changes show; the records themselves included.
    """

    client: TrytonClient
    model: str
    domain: Domain
    fields: tuple[str, ...]
    watches: tuple[Watch, ...]
    page_size: int
    overlap: timedelta
    clock: Callable[[], datetime]

    def pages(self, cursor: str) -> Iterator[Page]:
        """The records in pages, all of them if the cursor is empty. The last page may be empty."""
        where = f"{self.client.name}: cursor of {self.model}"
        at = Cursor.read(cursor, where) if cursor else Cursor(self._marks_now(), after_id=0)
        if at.after_id is not None:
            yield from self._all(at.marks, at.after_id)
        else:
            yield from self._changed(at.marks)

    def _all(self, marks: Mapping[str, Mark], after_id: int) -> Iterator[Page]:
        total = self.client.count(self.model, self.domain)
        while True:
            rows = self._rows([["id", ">", after_id]], limit=self.page_size)
            is_last = len(rows) < self.page_size
            if rows:
                after_id = integer(rows[-1]["id"])
            yield Page(rows, Cursor(marks, None if is_last else after_id).text(), total)
            if is_last:
                return

    def _changed(self, marks: Mapping[str, Mark]) -> Iterator[Page]:
        now = self.clock()
        changed: dict[int, datetime] = {}
        marks_after = dict(marks)
        for watch in self.watches:
            mark = marks.get(watch.model, Mark(_NEVER, now))
            newest = mark.newest
            for row in self._changes(watch, mark.domain(self.overlap)):
                at = _instant(row)
                newest = max(newest, at)
                for record in watch.leads_to(row):
                    changed[record] = max(at, changed.get(record, at))
            marks_after[watch.model] = mark.after(newest, now, self.overlap)
        oldest_first = sorted(changed, key=lambda record: (changed[record], record))
        done = Cursor(marks_after).text()
        if not oldest_first and marks_after != marks:
            yield Page((), done, 0)
        for start in range(0, len(oldest_first), self.page_size):
            ids = oldest_first[start : start + self.page_size]
            place = {record: number for number, record in enumerate(ids)}
            rows = sorted(self._rows([["id", "in", ids]]), key=lambda row: place[integer(row["id"])])
            # What changed is known as a whole or not at all: the cursor moves with the last page.
            is_last = start + self.page_size >= len(oldest_first)
            yield Page(rows, done if is_last else Cursor(marks).text(), len(oldest_first))

    def _rows(self, domain: Domain, limit: int | None = None) -> list[Row]:
        return self.client.read(self.model, self.fields, [*self.domain, *domain], limit=limit)

    def _changes(self, watch: Watch, since: Domain) -> Iterator[Row]:
        """Rows of a watch by the instant of their change; a page goes on from the last row of the one before."""
        rest: list[object] = []
        while True:
            rows = self.client.read(
                watch.model,
                (CHANGED, *watch.fields),
                [*watch.domain, *since, *rest],
                order=(Order(CHANGED), Order("id")),
                limit=self.page_size,
            )
            yield from rows
            if len(rows) < self.page_size:
                return
            at, last = _instant(rows[-1]), rows[-1]["id"]
            rest = [["OR", [CHANGED, ">", at], [[CHANGED, "=", at], ["id", ">", last]]]]

    def _marks_now(self) -> dict[str, Mark]:
        now = self.clock()
        marks = {}
        for watch in self.watches:
            newest = self.client.read(watch.model, (CHANGED,), watch.domain, order=(Order(CHANGED, "DESC"),), limit=1)
            marks[watch.model] = Mark(_instant(newest[0]) if newest else _NEVER, now)
        return marks


def integer(value: object) -> int:
    """An id as Tryton gives it."""
    assert isinstance(value, int)
    return value


def _instant(row: Row) -> datetime:
    at = row[CHANGED]
    assert isinstance(at, datetime)
    return at
