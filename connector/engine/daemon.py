"""The daemon: a pass on schedule, one at a time, caught up after a missed night, stopped cleanly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from connector.engine.one_pass import PassResult
from connector.errors import PassRunning
from connector.store import passes
from connector.store.database import Store

_JOB = "pass"
_log = structlog.get_logger()


class Daemon:
    """Runs passes on a schedule until it is stopped.

    Args:
        run: walks the road once; told of `stop`, it finishes the record in hand and returns.
        trigger: when a pass is due.
        clock: the time now, aware, UTC.
    """

    def __init__(
        self,
        run: Callable[[Event], PassResult],
        trigger: CronTrigger,
        store: Store,
        clock: Callable[[], datetime],
    ) -> None:
        self._run = run
        self._trigger = trigger
        self._store = store
        self._clock = clock
        self._stop = Event()
        self._scheduler = BackgroundScheduler()

    def start(self) -> None:
        """Start the schedule; a pass that was missed while nothing ran starts at once."""
        missed = missed_pass(self._store, self._trigger, self._clock())
        first = {"next_run_time": self._clock()} if missed else {}
        self._scheduler.add_job(
            self._walk, self._trigger, id=_JOB, coalesce=True, max_instances=1, misfire_grace_time=None, **first
        )
        self._scheduler.start()
        _log.info("daemon.started", next_pass=str(self.next_pass()), catching_up=missed)

    def next_pass(self) -> datetime | None:
        """When the next pass is due."""
        job = self._scheduler.get_job(_JOB)
        due: datetime | None = job.next_run_time if job else None
        return due

    def stop(self) -> None:
        """End the schedule; a pass under way finishes the record in hand. Returns when it has."""
        self._stop.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        _log.info("daemon.stopped")

    def _walk(self) -> None:
        """One pass. Whatever goes wrong in it is logged, and the next one is due as ever."""
        try:
            result = self._run(self._stop)
        except PassRunning as error:
            _log.warning("pass.skipped", why=error.what)
        except Exception:  # noqa: BLE001  seam: a fault of this program must not end the schedule
            _log.exception("pass.broken")
        else:
            _log.info("pass.ended", number=result.number, outcome=result.outcome.value)


def missed_pass(store: Store, trigger: CronTrigger, now: datetime) -> bool:
    """Whether a pass was due since the last one began. An installation that never ran waits for its first time."""
    with store.reading() as connection:
        latest = passes.latest(connection, limit=1)
    if not latest:
        return False
    due: datetime | None = trigger.get_next_fire_time(None, latest[0].started_at)
    return due is not None and due <= now
