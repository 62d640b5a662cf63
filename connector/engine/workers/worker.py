"""The worker: it takes jobs from the queue until it is asked to stop, and jobs of workers that died.

The one event loop of ours: it waits for jobs, beats, and looks after the dead. The steps are done in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any, TypeVar

import structlog
from procrastinate.jobs import DeleteJobCondition

from connector.engine.workers.jobs import AUDIT, Came, Job, again, first, following, must_wait
from connector.engine.workers.perform import perform
from connector.engine.workers.queue import Queue, open_queue
from connector.errors import Fatal, PassRunning
from connector.installation import Installation
from connector.model.deed import Deed
from connector.store import recoveries
from connector.store.database import Store

_LOOK_SECONDS = 1.0
"""How often a worker looks for a job whose time has come; one that may begin at once is told to it."""
_BEATS = 3
"""Signs of life within the time after which a worker counts as dead."""
_log = structlog.get_logger()

Result = TypeVar("Result")
Open = Callable[[], AbstractContextManager[tuple[Installation, Store]]]
"""Opens the installation with its database."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many jobs at once, and after how much silence a worker counts as dead."""

    concurrency: int = 1
    silent: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class _Opened:
    installation: Installation
    store: Store
    closing: ExitStack


def _opened(open_: Open) -> _Opened:
    with ExitStack() as stack:
        installation, store = stack.enter_context(open_())
        return _Opened(installation, store, stack.pop_all())


class Worker:
    """Does jobs.

    Args:
        tell: told of each deed.
        audit: compares with the world, once a day when a road is done; None if that is not wanted.
    """

    def __init__(
        self,
        url: str,
        open_: Open,
        tell: Callable[[Deed], None],
        pace: Pace,
        audit: Callable[[Installation, Store], None] | None = None,
    ) -> None:
        self._url = url
        self._open = open_
        self._tell = tell
        self._pace = pace
        self._audit = audit
        self._stop = Event()
        self._threads = ThreadPoolExecutor(pace.concurrency, thread_name_prefix="job")
        self._idle: list[_Opened] = []

    def run(self, when_ready: Callable[[Callable[[], None]], None] = lambda _stop: None) -> None:
        """Work until asked to stop.

        Args:
            when_ready: told how to ask it, from any thread.

        Raises:
            Fatal: the queue can't be reached any more.
        """
        try:
            asyncio.run(self._work(when_ready))
        finally:
            self._threads.shutdown()
            for opened in self._idle:
                opened.closing.close()

    async def _work(self, when_ready: Callable[[Callable[[], None]], None]) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_told)
        async with open_queue(self._url, connections=self._pace.concurrency + 2) as queue:
            queue.on_road(lambda road: self._begin(queue, road))
            queue.on_job(lambda job: self._do(queue, job))
            beat = self._pace.silent.total_seconds() / _BEATS
            working = asyncio.create_task(
                queue.app.run_worker_async(
                    concurrency=self._pace.concurrency,
                    fetch_job_polling_interval=_LOOK_SECONDS,
                    delete_jobs=DeleteJobCondition.ALWAYS.value,
                    install_signal_handlers=False,
                    update_heartbeat_interval=beat,
                    stalled_worker_timeout=self._pace.silent.total_seconds(),
                )
            )
            looking = asyncio.create_task(self._look_after_the_dead(queue, beat))

            def stop() -> None:
                self._stop.set()
                loop.call_soon_threadsafe(working.cancel)

            when_ready(stop)
            _log.info("worker.started", concurrency=self._pace.concurrency)
            await asyncio.wait([working, looking], return_when=asyncio.FIRST_COMPLETED)
            asked = self._stop.is_set()
            self._stop.set()
            working.cancel()  # it waits for the jobs in hand
            looking.cancel()
            for ended in await asyncio.gather(working, looking, return_exceptions=True):
                if isinstance(ended, Exception):
                    _log.error("worker.broken", why=str(ended))
        _log.info("worker.stopped")
        if not asked:
            raise Fatal(
                "The worker lost the queue.",
                where="database",
                remedy="See that PostgreSQL runs, then start the worker again; its jobs are taken over.",
            )

    async def _look_after_the_dead(self, queue: Queue, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            for name in await queue.take_over(self._pace.silent):
                _log.warning("job.taken_over", job=name)

    async def _begin(self, queue: Queue, road: int) -> None:
        for job in await self._in_thread(partial(self._first, road)):
            await queue.put(job)
        _log.info("road.begun", due=road)

    async def _do(self, queue: Queue, job: Job) -> None:
        """Do a job and put into the queue what follows from it; it leaves the queue itself only after that."""
        open_jobs = await queue.open_jobs()
        came, after = await self._in_thread(partial(self._perform, job, open_jobs))
        coming = after if came is Came.DONE else again(job, came)
        if coming is not None:
            await queue.put(coming)
        elif came is not Came.DONE:
            _log.error("job.given_up", job=job.name)
        elif self._audit is not None and job.of != AUDIT:
            await queue.put_daily(Job(None, AUDIT, job.road))

    def _first(self, road: int) -> list[Job]:
        with self._borrowed() as (installation, store):
            return first(installation, road, recovering=_recovering(store))

    def _perform(self, job: Job, open_jobs: list[Job]) -> tuple[Came, Job | None]:
        with self._borrowed() as (installation, store):
            if must_wait(installation, job, open_jobs):
                return Came.TAKEN, None
            if job.step is None and job.of == AUDIT:
                return self._compare(installation, store), None
            came = perform(installation, store, job, self._tell, self._stop)
            done = came is Came.DONE
            return came, following(installation, job, recovering=_recovering(store)) if done else None

    def _compare(self, installation: Installation, store: Store) -> Came:
        try:
            if self._audit is not None:
                self._audit(installation, store)
        except PassRunning:
            return Came.TAKEN
        return Came.DONE

    @contextmanager
    def _borrowed(self) -> Iterator[tuple[Installation, Store]]:
        """An installation for one job: adapters are not made for two at once. After a fault it is not used again."""
        opened = self._idle.pop() if self._idle else _opened(self._open)
        with ExitStack() as unless_well:
            unless_well.push(opened.closing)
            yield opened.installation, opened.store
            unless_well.pop_all()
        self._idle.append(opened)

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _told(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job that could not be told to the queue as done: another worker does it again, and finds nothing to do."""
    _log.warning("job.not_told", why=str(context.get("exception") or context.get("message")).strip())


def _recovering(store: Store) -> bool:
    with store.reading() as connection:
        return recoveries.current(connection) is not None
