"""Which records changed since a cursor, where Odoo keeps no list of changes.

Every row in Odoo bears the instant of its last write (`write_date`: UTC, told in whole seconds). What makes following
it safe:

- A transaction gives its rows the instant at which it began, and may end minutes later. So changes are read again from
  `overlap` before the newest instant seen, until that instant has been known for as long as the overlap. Only
  differences of our own clock count, all instants are the server's.
- Versions differ in whether `>` an instant takes the rest of its second: only `>=` a whole second is asked.
- Thousands of rows can bear the same instant: pages go by id.
- Not every change bumps the record that it belongs to (a new bank account does not bump its contact): the rows of other
  models are watched as well, and lead back to it.
- A deletion leaves nothing: once a night the ids of all records are read and told as `present`.
- The first reading goes by id, with the marks for later set before it starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from adapters.accounting.odoo.client import Domain, OdooClient, Row, integer, integers
from connector.errors import NoAccess

CHANGED = "write_date"
_FORMAT = "%Y-%m-%d %H:%M:%S"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_IDS_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Watch:
    """Rows of a model whose changes are changes of the records that the field `leads_to` names."""

    model: str
    domain: Domain
    leads_to: str


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the changes of one model are known.

    Attributes:
        newest: newest instant of a change that was seen, by the server's clock.
        known_since: when it was first seen, by our clock.
        settled: nothing of that second or older can still appear.
    """

    newest: datetime
    known_since: datetime
    settled: bool = False

    def after(self, newest: datetime, now: datetime, overlap: timedelta) -> Mark:
        """This mark after a reading that began `now` and saw changes up to `newest`."""
        if newest > self.newest:
            return Mark(newest, now)
        return replace(self, settled=self.settled or now - self.known_since > overlap + timedelta(seconds=1))

    def domain(self, overlap: timedelta) -> list[object]:
        """The changes that have to be read next."""
        since = self.newest + timedelta(seconds=1) if self.settled else self.newest - overlap
        return [[CHANGED, ">=", since.strftime(_FORMAT)]]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Marks by model; `after_id` is set while the first reading is under way.

    Attributes:
        compared_on: day (UTC) on which all ids were last compared.
    """

    marks: Mapping[str, Mark]
    after_id: int | None = None
    compared_on: str = ""

    def text(self) -> str:
        """As the engine stores it."""
        marks = {
            model: [mark.newest.strftime(_FORMAT), mark.known_since.isoformat(), mark.settled]
            for model, mark in self.marks.items()
        }
        told = {"marks": marks, "after_id": self.after_id, "compared_on": self.compared_on}
        return json.dumps(told, sort_keys=True)

    @classmethod
    def read(cls, text: str, where: str) -> Cursor:
        """From a stored text.

        Raises:
            NoAccess: it is no cursor of this adapter.
        """
        try:
            found = json.loads(text)
            marks = {
                model: Mark(instant(newest), datetime.fromisoformat(known_since), settled)
                for model, (newest, known_since, settled) in found["marks"].items()
            }
            return cls(marks, found["after_id"], found["compared_on"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoAccess(
                "The stored cursor is not one of the Odoo adapter.",
                where=where,
                remedy="Did the source change its package under the same name? Give it a new name.",
            ) from error


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and the cursor to store with them."""

    rows: Sequence[Row]
    cursor: str
    total: int | None = None
    present: frozenset[str] | None = None


@dataclass(frozen=True)
class ChangeFeed:
    """Records of one model, created or changed since a cursor.

    Attributes:
        domain: the records; archived ones are left out unless it names `active`.
        fetch: reads records in full, by a domain and a limit, in the order of their ids.
        watches: where their changes show; the records themselves included.
        compares: whether deletions are looked for.
    """

    client: OdooClient
    model: str
    domain: Domain
    fetch: Callable[[Domain, int | None], list[Row]]
    watches: tuple[Watch, ...]
    page_size: int
    overlap: timedelta
    clock: Callable[[], datetime]
    compares: bool = True

    def pages(self, cursor: str) -> Iterator[Page]:
        """The records in pages, all of them if the cursor is empty. The last page may be empty."""
        where = self.client.where(f"cursor of {self.model}")
        at = Cursor.read(cursor, where) if cursor else Cursor(self._marks_now(), 0, self._today())
        if at.after_id is not None:
            yield from self._all(at, at.after_id)
            return
        done = yield from self._changed(at)
        if self.compares and done.compared_on != self._today():
            yield Page((), replace(done, compared_on=self._today()).text(), 0, self._present())

    def _all(self, at: Cursor, after_id: int) -> Iterator[Page]:
        total = self.client.count(self.model, self.domain)
        while True:
            rows = self.fetch([*self.domain, ["id", ">", after_id]], self.page_size)
            is_last = len(rows) < self.page_size
            if rows:
                after_id = integer(rows[-1]["id"])
            yield Page(rows, replace(at, after_id=None if is_last else after_id).text(), total)
            if is_last:
                return

    def _changed(self, at: Cursor) -> Generator[Page, None, Cursor]:
        """What changed, the oldest change first. Returns the cursor after it."""
        now = self.clock()
        changed: dict[int, datetime] = {}
        marks = dict(at.marks)
        for watch in self.watches:
            mark = at.marks.get(watch.model, Mark(_NEVER, now))
            newest = mark.newest
            for row in self._changes(watch, mark.domain(self.overlap)):
                written = instant(row[CHANGED])
                newest = max(newest, written)
                for record in integers(row[watch.leads_to]):
                    changed[record] = max(written, changed.get(record, written))
            marks[watch.model] = mark.after(newest, now, self.overlap)
        done = replace(at, marks=marks)
        oldest_first = sorted(changed, key=lambda record: (changed[record], record))
        if not oldest_first and done != at:
            yield Page((), done.text(), 0)
        for start in range(0, len(oldest_first), self.page_size):
            ids = oldest_first[start : start + self.page_size]
            place = {record: number for number, record in enumerate(ids)}
            rows = sorted(
                self.fetch([*self.domain, ["id", "in", ids]], None), key=lambda row: place[integer(row["id"])]
            )
            # What changed is known as a whole or not at all: the cursor moves with the last page.
            is_last = start + self.page_size >= len(oldest_first)
            yield Page(rows, (done if is_last else at).text(), len(oldest_first))
        return done

    def _changes(self, watch: Watch, since: Domain) -> Iterator[Row]:
        """Rows of a watch, in pages by id."""
        fields = sorted({CHANGED, watch.leads_to} - {"id"})
        after_id = 0
        while True:
            domain = [*watch.domain, *since, ["id", ">", after_id]]
            rows = self.client.read(watch.model, fields, domain, limit=self.page_size)
            yield from rows
            if len(rows) < self.page_size:
                return
            after_id = integer(rows[-1]["id"])

    def _present(self) -> frozenset[str]:
        ids: list[int] = []
        while True:
            page = self.client.ids(self.model, [*self.domain, ["id", ">", ids[-1] if ids else 0]], limit=_IDS_AT_A_TIME)
            ids += page
            if len(page) < _IDS_AT_A_TIME:
                return frozenset(map(str, ids))

    def _marks_now(self) -> dict[str, Mark]:
        now = self.clock()
        marks = {}
        for watch in self.watches:
            newest = self.client.read(watch.model, (CHANGED,), watch.domain, order=f"{CHANGED} desc", limit=1)
            marks[watch.model] = Mark(instant(newest[0][CHANGED]) if newest else _NEVER, now)
        return marks

    def _today(self) -> str:
        return self.clock().date().isoformat()


def instant(value: object) -> datetime:
    """An instant as Odoo tells it: UTC, in whole seconds."""
    return datetime.strptime(str(value)[:19], _FORMAT).replace(tzinfo=UTC)
