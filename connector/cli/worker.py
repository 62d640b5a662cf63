"""`worker`: does the jobs of an installation, with as many others as there are, until it is asked to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from connector.cli.auditing import compare_for_the_log
from connector.cli.clock import utc_now
from connector.cli.distributed import have_queue
from connector.cli.failing import DONE
from connector.cli.opening import opened
from connector.cli.passes import log_deed
from connector.config import Config, open_installation
from connector.errors import ConnectorError, PassRunning
from connector.installation import Installation
from connector.store.database import Store, open_store


def run(config_file: Path, concurrency: int, clock: Callable[[], datetime] = utc_now) -> int:
    """Do jobs until SIGTERM or Ctrl-C; jobs under way finish the record in hand, and others go on with them.

    Args:
        concurrency: jobs at once.
    """
    with opened(config_file, clock) as it:
        config = it.config
        have_queue(config, it.store)
    from connector.engine.workers.worker import Pace, Worker

    pace = Pace(concurrency, timedelta(seconds=config.workers.silent_seconds))
    audit = _compare if config.schedule.audit else None
    Worker(config.database_url, partial(_job_opened, config, clock), log_deed, pace, audit).run(_stop_on_signal)
    return DONE


def _compare(installation: Installation, store: Store) -> None:
    try:
        compare_for_the_log(installation, store)
    except PassRunning:
        raise  # the job is tried again later
    except ConnectorError as error:
        structlog.get_logger().warning("audit.failed", why=str(error))


@contextmanager
def _job_opened(config: Config, clock: Callable[[], datetime]) -> Iterator[tuple[Installation, Store]]:
    with closing(open_store(config.database_url)) as store, closing(open_installation(config, clock)) as installation:
        yield installation, store


def _stop_on_signal(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop())
