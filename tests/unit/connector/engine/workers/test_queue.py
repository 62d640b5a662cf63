"""The queue: a road is owed once however many schedule it, a job waits once, and no job dies with its worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.jobs import Job as Queued
from sqlalchemy import text

from connector.engine.workers import tables
from connector.engine.workers.jobs import AUDIT, Job
from connector.engine.workers.queue import QUEUE, Queue, open_queue
from connector.errors import Fatal
from connector.model.deed import Step
from connector.store.database import Store, open_store

pytestmark = pytest.mark.live

DUE = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
PULL = Job(Step.PULL, "books", 1)
SILENT = timedelta(seconds=30)


@pytest.fixture
def store(postgresql_url: str) -> Iterator[Store]:
    made = open_store(postgresql_url)
    tables.make(made)
    yield made
    made.close()


def _with_queue(url: str, do: Callable[[Queue], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with open_queue(url) as queue:
            await do(queue)

    asyncio.run(whole())


def _waiting(store: Store) -> list[str]:
    with store.reading() as connection:
        asked = "SELECT queueing_lock FROM sepa_connector_jobs.procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        return [row[0] for row in connection.execute(text(asked))]


async def _taken(queue: Queue) -> None:
    """A worker takes the next job, and is heard of no more."""
    manager = queue.app.job_manager
    worker = await manager.register_worker()
    assert await manager.fetch_job([QUEUE], worker) is not None


def _no_sign_of_life(store: Store) -> None:
    with store.transaction() as connection:
        past = "UPDATE sepa_connector_jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        connection.execute(text(past))


def test_however_many_schedule_a_road_it_is_owed_once(store: Store, postgresql_url: str) -> None:
    async def do(queue: Queue) -> None:
        async with open_queue(postgresql_url) as other:
            owed = await asyncio.gather(queue.begin_road(DUE), other.begin_road(DUE), queue.begin_road(DUE))
        assert sorted(owed) == [False, False, True]

    _with_queue(postgresql_url, do)
    assert _waiting(store) == ["road"]


def test_a_road_that_was_walked_is_not_owed_again_by_a_late_scheduler(store: Store, postgresql_url: str) -> None:
    async def do(queue: Queue) -> None:
        assert await queue.begin_road(DUE)
        await queue.app.run_worker_async(wait=False, delete_jobs="always", install_signal_handlers=False)
        assert not await queue.begin_road(DUE)
        assert await queue.begin_road(DUE + timedelta(days=1))

    async def begin(_road: int) -> None:
        pass

    async def with_task(queue: Queue) -> None:
        queue.on_road(begin)
        await do(queue)

    _with_queue(postgresql_url, with_task)
    assert _waiting(store) == ["road"]


def test_a_job_waits_once_but_may_wait_while_the_same_is_being_done(store: Store, postgresql_url: str) -> None:
    async def do(queue: Queue) -> None:
        assert await queue.put(PULL)
        assert not await queue.put(Job(Step.PULL, "books", 2))
        assert await queue.put(Job(Step.PULL, "shop", 1))
        await _taken(queue)
        assert await queue.put(PULL)
        assert sorted(job.name for job in await queue.open_jobs()) == ["pull of books", "pull of books", "pull of shop"]

    _with_queue(postgresql_url, do)
    assert _waiting(store) == ["pull of shop", "pull of books"]


def test_the_audit_is_put_once_a_day_however_many_roads_it_has(store: Store, postgresql_url: str) -> None:
    night = int(DUE.timestamp())

    async def do(queue: Queue) -> None:
        assert await queue.put_daily(Job(None, AUDIT, night))
        await _taken(queue)
        assert [job.name for job in await queue.open_jobs()] == ["audit"]
        assert not await queue.put_daily(Job(None, AUDIT, night + 3600))
        assert await queue.put_daily(Job(None, AUDIT, night + 86_400))

    _with_queue(postgresql_url, do)
    assert _waiting(store) == ["audit"]


def test_the_job_of_a_dead_worker_is_taken_over(store: Store, postgresql_url: str) -> None:
    async def do(queue: Queue) -> None:
        await queue.put(PULL)
        await _taken(queue)
        assert await queue.take_over(SILENT) == []
        _no_sign_of_life(store)
        assert await queue.take_over(SILENT) == ["pull of books"]
        assert await queue.open_jobs() == [PULL]

    _with_queue(postgresql_url, do)
    assert _waiting(store) == ["pull of books"]


def test_the_job_of_a_dead_worker_that_waits_again_already_is_let_go(store: Store, postgresql_url: str) -> None:
    async def do(queue: Queue) -> None:
        await queue.put(PULL)
        await _taken(queue)
        await queue.put(PULL)
        _no_sign_of_life(store)
        assert await queue.take_over(SILENT) == ["pull of books"]
        assert await queue.open_jobs() == [PULL]

    _with_queue(postgresql_url, do)


def test_workers_that_look_after_the_same_dead_one_do_not_hinder_each_other(
    store: Store, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def do(queue: Queue) -> None:
        for job in (PULL, Job(Step.PULL, "shop", 1)):
            await queue.put(job)
            await _taken(queue)
        await queue.put(PULL)
        _no_sign_of_life(store)
        found = await queue.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT.total_seconds())
        assert sorted(await queue.take_over(SILENT)) == ["pull of books", "pull of shop"]

        async def as_before(**_how: object) -> Iterable[Queued]:
            return found

        monkeypatch.setattr(queue.app.job_manager, "get_stalled_jobs", as_before)
        assert await queue.take_over(SILENT) == []

    _with_queue(postgresql_url, do)
    assert sorted(_waiting(store)) == ["pull of books", "pull of shop"]


def test_the_job_of_a_worker_that_was_forgotten_is_taken_over_too(store: Store, postgresql_url: str) -> None:
    """A worker that starts forgets those that are silent; what they did must not be forgotten with them."""

    async def do(queue: Queue) -> None:
        await queue.put(PULL)
        await _taken(queue)
        _no_sign_of_life(store)
        await queue.app.job_manager.prune_stalled_workers(SILENT.total_seconds())
        assert await queue.take_over(SILENT) == ["pull of books"]

    _with_queue(postgresql_url, do)
    assert _waiting(store) == ["pull of books"]


def test_the_tables_are_made_once_and_told_apart_by_their_version(store: Store) -> None:
    tables.make(store)
    with store.transaction() as connection:
        connection.execute(text(f"COMMENT ON SCHEMA {tables.SCHEMA} IS 'procrastinate 0.1'"))
    with pytest.raises(Fatal, match=r"made by procrastinate 0\.1") as raised:
        tables.make(store)
    assert "db upgrade" in raised.value.remedy
    tables.make_anew(store)
    tables.make(store)


def test_the_tables_of_the_queue_stand_apart_from_ours(store: Store) -> None:
    with store.reading() as connection:
        asked = "SELECT table_schema FROM information_schema.tables WHERE table_name LIKE 'procrastinate%'"
        assert {row[0] for row in connection.execute(text(asked))} == {tables.SCHEMA}
