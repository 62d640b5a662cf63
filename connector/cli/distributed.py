"""What the commands need where workers do the jobs: PostgreSQL, the extra, and the tables of the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from threading import Event

import structlog
from sqlalchemy import make_url

from connector.config import Config
from connector.errors import ConfigError
from connector.store.database import Store


def why_not_distributed(config: Config) -> ConfigError | None:
    """What is in the way of workers; None if nothing is."""
    if not config.workers.enabled:
        return ConfigError(
            "Workers are not enabled: the daemon does the passes of the schedule itself.",
            where="config key workers",
            remedy="Write workers: {enabled: true}, and start the daemon again.",
        )
    if make_url(config.database_url).get_backend_name() != "postgresql":
        return ConfigError(
            "Workers need PostgreSQL; the database of this installation is SQLite.",
            where="config key database",
            remedy="Name a PostgreSQL database, or let `run` or `sync` do the passes by themselves.",
        )
    if find_spec("procrastinate") is None:
        return ConfigError(
            "Workers need the package procrastinate, which is not installed.",
            where="extra distributed",
            remedy="Install sepa-connector[distributed], or run script/bootstrap.",
        )
    return None


def have_queue(config: Config, store: Store) -> None:
    """Have the tables of the queue.

    Raises:
        ConfigError: workers can't be had here.
        Fatal: the tables are of another version.
    """
    _require(config)
    from connector.engine.workers import tables

    tables.make(store)


def renew_queue(config: Config, store: Store) -> None:
    """Have the tables of the queue in the version that is installed, with nothing running.

    Raises:
        ConfigError: workers can't be had here.
    """
    _require(config)
    from connector.engine.workers import tables

    tables.make_anew(store)


def road_owed(config: Config, store: Store) -> Callable[[datetime, Event], None]:
    """What a daemon does on schedule where workers do the jobs: it owes them the road of that instant.

    Raises:
        ConfigError: workers can't be had here.
        Fatal: the tables of the queue are of another version.
    """
    have_queue(config, store)
    from connector.engine.workers.queue import open_queue

    async def begin(due: datetime) -> bool:
        async with open_queue(config.database_url) as queue:
            return await queue.begin_road(due)

    def act(due: datetime, _stop: Event) -> None:
        ours = asyncio.run(begin(due))
        structlog.get_logger().info("road.owed" if ours else "road.owed_already", due=due.isoformat())

    return act


def _require(config: Config) -> None:
    error = why_not_distributed(config)
    if error is not None:
        raise error
