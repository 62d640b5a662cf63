"""What most commands begin with: the config read, the logs set up, the installation and its database opened."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from connector.cli.clock import utc_now
from connector.cli.databases import ready_store
from connector.config import Config, load, open_installation
from connector.config.model import LogFormat
from connector.installation import Installation
from connector.logs import set_up_logs
from connector.store import breakage
from connector.store.database import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """A configured installation with its database."""

    config: Config
    installation: Installation
    store: Store


@contextmanager
def opened(config_file: Path, clock: Callable[[], datetime] = utc_now) -> Iterator[Opened]:
    """The installation of a config file, closed at the end.

    Args:
        clock: the time now, aware, UTC.

    Raises:
        ConfigError: the config is wrong; nothing was opened.
        Fatal: the database is of another version, or it or the disk can't be used.
    """
    config = load(config_file)
    start_logs(config)
    try:
        with closing(ready_store(config)) as store, closing(open_installation(config, clock)) as installation:
            yield Opened(config, installation, store)
    except (DBAPIError, OSError) as error:
        told = breakage.in_words(error)
        if told is None:
            raise
        raise told from error


def start_logs(config: Config) -> None:
    """Log as the config says: for a person on a terminal, for a machine elsewhere."""
    chosen = config.logs.format
    as_json = chosen is LogFormat.JSON or (chosen is LogFormat.AUTO and not sys.stderr.isatty())
    set_up_logs(config.logs.level.value, as_json=as_json, clock=utc_now)
