"""The worker: it goes along the road by itself, leaves it to others when asked to stop, and outlives a broken job."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from connector.engine.workers import tables
from connector.engine.workers.jobs import Job
from connector.engine.workers.queue import open_queue
from connector.engine.workers.worker import Pace, Worker
from connector.errors import Fatal, PassRunning
from connector.installation import Installation
from connector.model.deed import Deed, DeedCode, Step
from connector.store.database import Store
from tests.flows.world import World, new_world

pytestmark = pytest.mark.live

Stop = Callable[[], None]


class Bench:
    """A worker of a small world, and what it did."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.url = url
        self.deeds: list[DeedCode] = []
        self.opened = 0

    def put(self, job: Job) -> None:
        async def put() -> None:
            async with open_queue(self.url) as queue:
                await queue.put(job)

        asyncio.run(put())

    def begin_road(self) -> None:
        async def begin() -> None:
            async with open_queue(self.url) as queue:
                assert await queue.begin_road(self.world.clock.now)

        asyncio.run(begin())

    def work_until(self, last: DeedCode, *, concurrency: int = 1) -> None:
        """Let a worker work until it told of this deed."""
        stops: list[Stop] = []

        def tell(deed: Deed) -> None:
            self.deeds.append(deed.code)
            if deed.code is last:
                stops[0]()

        Worker(self.url, self.open, tell, Pace(concurrency, timedelta(seconds=30))).run(stops.append)

    @contextmanager
    def open(self) -> Iterator[tuple[Installation, Store]]:
        self.opened += 1
        yield self.world.installation, self.world.store

    def waiting(self) -> list[str]:
        with self.world.store.reading() as connection:
            asked = f"SELECT queueing_lock FROM {tables.SCHEMA}.procrastinate_jobs WHERE status = 'todo' ORDER BY id"
            return [row[0] for row in connection.execute(text(asked))]


@pytest.fixture
def bench(postgresql_tables_url: str, tmp_path: Path) -> Iterator[Bench]:
    world = new_world(postgresql_tables_url, tmp_path)
    tables.make(world.store)
    yield Bench(world, postgresql_tables_url)
    world.store.close()


def test_it_goes_along_the_road_and_leaves_the_rest_of_it_to_others(bench: Bench) -> None:
    bench.world.customer("ada")
    bench.world.walk()
    bench.world.sign("ada")
    bench.world.customer("bob")
    bench.begin_road()
    bench.work_until(DeedCode.INVITE)
    assert bench.deeds == [DeedCode.READ_CUSTOMERS, DeedCode.INVITE]
    assert bench.waiting() == ["invite of books"]
    bench.work_until(DeedCode.SIGNED, concurrency=2)
    assert bench.deeds == [DeedCode.READ_CUSTOMERS, DeedCode.INVITE, DeedCode.SIGNED]
    assert len(bench.world.service.invited) == len(bench.world.mailer.sent) == 2
    assert bench.waiting() == ["follow of books"]


def test_an_installation_is_opened_once_for_many_jobs_and_anew_after_a_fault(bench: Bench) -> None:
    bench.world.customer("ada")
    bench.world.package.trouble.before("read_customers", RuntimeError("a fault of an adapter"))
    bench.put(Job(Step.PULL, "books", 1))
    bench.put(Job(Step.PULL, "shop", 1))  # of which the configuration knows nothing
    bench.put(Job(Step.NOTIFY, "books", 1))
    bench.begin_road()
    bench.work_until(DeedCode.INVITE)
    assert bench.opened == 2
    assert bench.deeds == [DeedCode.READ_CUSTOMERS, DeedCode.INVITE]


def test_a_lost_connection_is_no_end_of_the_road(bench: Bench) -> None:
    bench.world.customer("ada")
    lost = OperationalError("SELECT", {}, Exception("server closed the connection"))
    bench.world.package.trouble.before("read_customers", lost)
    bench.begin_road()
    bench.work_until(DeedCode.INVITE)
    assert bench.deeds == [DeedCode.READ_CUSTOMERS, DeedCode.INVITE]


def test_a_road_ends_with_the_audit_and_only_the_first_of_a_day_does(bench: Bench) -> None:
    stops: list[Stop] = []
    on_the_way: list[list[str]] = []

    def audit(_installation: Installation, _store: Store) -> None:
        on_the_way.append(bench.waiting())
        if len(on_the_way) == 1:
            raise PassRunning("Somebody is at work.")
        stops[0]()

    bench.begin_road()
    Worker(bench.url, bench.open, lambda _deed: None, Pace(), audit).run(stops.append)
    assert on_the_way == [[], []]
    bench.world.clock.forward(hours=1)
    bench.world.customer("ada")
    bench.begin_road()
    bench.work_until(DeedCode.INVITE)
    assert len(on_the_way) == 2


def test_a_worker_that_lost_the_queue_ends_and_says_so(bench: Bench) -> None:
    bench.world.customer("ada")
    bench.begin_road()

    def drop(deed: Deed) -> None:
        with bench.world.store.transaction() as connection:
            connection.execute(text(f"DROP SCHEMA {tables.SCHEMA} CASCADE"))

    with pytest.raises(Fatal, match="lost the queue"):
        Worker(bench.url, bench.open, drop, Pace()).run()
