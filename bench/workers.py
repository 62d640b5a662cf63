"""Workers: one night of settling and booking by one, two and three of them, against one process with one pass.

The same house on PostgreSQL each time: two creditors, three sources, files. What is to be booked stands on statements
that wait in the inboxes. That jobs wait to be taken, and creditors for their sources, is in the workers' time.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text

from bench.figure import Figure, measured
from connector.config import load
from connector.engine.workers import tables
from connector.engine.workers.queue import open_queue
from connector.store.database import Store, open_store
from tests.flows.crew import Crew, FileClock
from tests.flows.house import one_pass
from tests.flows.large_house import NIGHTS, Banks, founded
from tests.support.postgresql import PostgresqlServer, running_server

INVOICES = 600
NIGHT = NIGHTS[-1]
_LOOK_SECONDS = 0.05
_SECONDS_MAX = 600


@contextmanager
def _houses(number: int) -> Iterator[list[Path]]:
    """So many houses that are alike: all invoices collected and paid, nothing booked. By their configs."""
    with running_server() as server, tempfile.TemporaryDirectory(prefix="bench-workers-") as folder:
        first = Path(folder) / "0"
        database = server.create_database()
        config = founded(first, server.url(database), invoices_in_all=INVOICES, due_in_all=INVOICES)
        banks = Banks(first)
        for night in NIGHTS[:-1]:
            one_pass(config, night)
            banks.day(night + timedelta(hours=8))
        yield [config, *(_copy(server, config, database, Path(folder) / str(n)) for n in range(1, number))]


def _copy(server: PostgresqlServer, config: Path, database: str, to: Path) -> Path:
    shutil.copytree(config.parent, to)
    copy = to / config.name
    copy.write_text(
        config.read_text("utf-8").replace(server.url(database), server.url(server.create_database(database)))
    )
    return copy


def _by_workers(config: Path, number: int) -> float:
    """Seconds from when the road is owed until no job is left."""
    url = load(config).database_url
    store = open_store(url)
    tables.make(store)
    clock = config.with_name("clock")
    FileClock(clock).set(NIGHT)
    with Crew([config], clock) as crew:
        crew.start_workers(number)
        _wait(lambda: _count(store, "workers") == number)
        started = time.perf_counter()
        asyncio.run(_owe(url))
        _wait(lambda: _count(store, "jobs") == 0)
        seconds = time.perf_counter() - started
        crew.dismiss_workers()
    with store.reading() as connection:
        booked = connection.execute(text("SELECT count(*) FROM effects WHERE kind = 'register_payment'")).scalar_one()
    store.close()
    if booked != INVOICES:
        raise RuntimeError(f"{booked} of {INVOICES} payments were booked.")
    return seconds


async def _owe(url: str) -> None:
    async with open_queue(url) as queue:
        await queue.begin_road(NIGHT)


def _count(store: Store, what: str) -> int:
    with store.reading() as connection:
        asked = text(f"SELECT count(*) FROM {tables.SCHEMA}.procrastinate_{what}")
        return int(connection.execute(asked).scalar_one())


def _wait(until: Callable[[], bool]) -> None:
    latest = time.perf_counter() + _SECONDS_MAX
    while not until():
        if time.perf_counter() > latest:
            raise RuntimeError("The workers did not get through.")
        time.sleep(_LOOK_SECONDS)


def night(number: int) -> Figure:
    """The night by so many workers."""
    with _houses(2) as (alone, shared):
        bare = measured(one_pass, alone, NIGHT)
        return Figure(f"workers.{number}", _by_workers(shared, number), "s", "one process, one pass", bare.seconds)


FIGURES = {f"workers.{number}": partial(night, number) for number in (1, 2, 3)}
