"""The daemon: it acts on schedule, one at a time, catches up after a missed night, and is stopped cleanly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from connector.errors import PassRunning
from connector.store import breakage, passes
from connector.store.database import Store

_JOB = "pass"
_log = structlog.get_logger()


class Daemon:
    """Acts on a schedule until it is stopped.

    Args:
        act: walks the road once, or sees that workers do. It is told the instant of the schedule for which it acts,
            the same for every daemon of an installation, and of `stop`, on which it finishes the record in hand.
        trigger: when a pass is due.
        clock: the time now, aware, UTC.
    """

    def __init__(
        self,
        act: Callable[[datetime, Event], None],
        trigger: CronTrigger,
        store: Store,
        clock: Callable[[], datetime],
    ) -> None:
        self._act = act
        self._trigger = trigger
        self._store = store
        self._clock = clock
        self._stop = Event()
        self._scheduler = BackgroundScheduler()
        self._due: datetime | None = None

    def start(self) -> None:
        """Start the schedule; a pass that was missed while nothing ran starts at once."""
        now = self._clock()
        missed = missed_pass(self._store, self._trigger, now)
        self._due = missed or self._trigger.get_next_fire_time(None, now)
        first = {"next_run_time": now} if missed else {}
        self._scheduler.add_job(
            self._fire, self._trigger, id=_JOB, coalesce=True, max_instances=1, misfire_grace_time=None, **first
        )
        self._scheduler.start()
        _log.info("daemon.started", next_pass=str(self.next_pass()), catching_up=missed is not None)

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

    def _fire(self) -> None:
        """Act once. Whatever goes wrong in it is logged, and the next time is due as ever."""
        now = self._clock()
        due, self._due = self._due or now, self._trigger.get_next_fire_time(self._due, now)
        try:
            self._act(due, self._stop)
        except PassRunning as error:
            _log.warning("pass.skipped", why=error.what)
        except Exception as error:  # noqa: BLE001  seam: a fault of this program must not end the schedule
            told = breakage.in_words(error)
            if told is None:
                _log.exception("pass.broken")
            else:
                _log.error("pass.broken", why=str(told))


def missed_pass(store: Store, trigger: CronTrigger, now: datetime) -> datetime | None:
    """When a pass was due since the last one began. An installation that never ran waits for its first time."""
    with store.reading() as connection:
        latest = passes.latest(connection, limit=1)
    if not latest:
        return None
    due: datetime | None = trigger.get_next_fire_time(None, latest[0].started_at)
    return due if due is not None and due <= now else None
