"""The queue: jobs on their way, in Procrastinate's hands. It only transports: lease and outbox hold once-only.

No job has Procrastinate's `lock`, which a killed worker would leave behind; its `queueing_lock` keeps a job from
waiting twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job as Queued
from procrastinate.jobs import Status
from psycopg.errors import RaiseException

from connector.engine.workers.jobs import Job, pause_before
from connector.engine.workers.tables import SCHEMA

QUEUE = "road"
_ROAD = "road"
_STEP = "step"
_OPEN = ("todo", "doing")
_DAY_SECONDS = 86_400


class Queue:
    """The queue of an installation, opened."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def begin_road(self, due: datetime) -> bool:
        """Owe the road of a scheduled instant. False if another scheduler was first, or one still waits to begin.

        Args:
            due: the instant of the schedule, not that of the call: it is the same for every scheduler.
        """
        instant = int(due.timestamp())
        road = Queued(queue=QUEUE, lock=None, queueing_lock=_ROAD, task_name=_ROAD, task_kwargs={"timestamp": instant})
        try:
            return await self.app.job_manager.defer_periodic_job(road, "", instant) is not None
        except AlreadyEnqueued:
            return False

    async def put(self, job: Job) -> bool:
        """Put a job into the queue, for later if it waited or broke. False if one of its name waits already."""
        pause = pause_before(job)
        put = self.app.configure_task(
            _STEP, queue=QUEUE, queueing_lock=job.name, schedule_in={"seconds": pause} if pause else None
        )
        try:
            await put.defer_async(**job.written())
        except AlreadyEnqueued:
            return False
        return True

    async def put_daily(self, job: Job) -> bool:
        """Put a job into the queue, once on each day (UTC) of a road. False if it was put on that day."""
        day = job.road - job.road % _DAY_SECONDS
        daily = Queued(
            queue=QUEUE,
            lock=None,
            queueing_lock=job.name,
            task_name=_STEP,
            task_kwargs={**job.written(), "timestamp": day},
        )
        try:
            return await self.app.job_manager.defer_periodic_job(daily, job.name, day) is not None
        except AlreadyEnqueued:
            return False

    async def open_jobs(self) -> list[Job]:
        """Jobs that wait or are being done."""
        found = [
            one for status in _OPEN for one in await self.app.job_manager.list_jobs_async(task=_STEP, status=status)
        ]
        return [Job.read(one.task_kwargs) for one in found]

    async def take_over(self, silent: timedelta) -> list[str]:
        """Put the jobs of workers that were silent for so long back into the queue. Returns their names."""
        stalled = await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent.total_seconds())
        return [job.queueing_lock or job.task_name for job in stalled if await self._put_back(job)]

    async def _put_back(self, job: Queued) -> bool:
        """Put a job back that nobody does any more. False if another worker was first."""
        try:
            try:
                await self.app.job_manager.retry_job(job)
            except UniqueViolation:  # the same waits already
                await self.app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException as error:
            if isinstance(error.__cause__, RaiseException):  # it is not being done any more
                return False
            raise
        return True

    def on_road(self, begin: Callable[[int], Awaitable[None]]) -> None:
        """What to do when a road begins: told its instant, in seconds since 1970."""

        @self.app.task(name=_ROAD, queue=QUEUE)
        async def road(timestamp: int) -> None:
            await begin(timestamp)

    def on_job(self, do: Callable[[Job], Awaitable[None]]) -> None:
        """What to do with a job."""

        @self.app.task(name=_STEP, queue=QUEUE)
        async def step(**written: Any) -> None:
            await do(Job.read(written))


@asynccontextmanager
async def open_queue(url: str, *, connections: int = 1) -> AsyncIterator[Queue]:
    """Open the queue of a database.

    Args:
        url: postgresql://user:password@host/name.
        connections: how many it may use at once; listening takes another one.
    """
    connector = PsycopgConnector(
        conninfo=url, kwargs={"options": f"-c search_path={SCHEMA}"}, min_size=1, max_size=connections
    )
    app = App(connector=connector)
    async with app.open_async():
        yield Queue(app)
