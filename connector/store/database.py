"""Opening the database: SQLite by default (WAL, FULL, foreign keys), PostgreSQL by URL.

A `Store` hands out transactions. Every change of the product happens in one of them; nothing commits by itself.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from connector.errors import Fatal

OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600
"""Rights of what we make for the data of an installation."""

_BUSY_TIMEOUT_MS = 30_000
_IDLE_TIMEOUT_MS = 600_000  # a frozen process lets go of what it has in hands
_READ_ONLY = "sepa_connector_read_only"
_MIGRATIONS = Path(__file__).with_name("migrations")


class Store:
    """The database of one installation.

    A rehearsal is a Store whose transactions are savepoints of one that is rolled back at the end: the same code
    runs, and nothing stays.
    """

    def __init__(
        self,
        engine: Engine,
        outer: Connection | None = None,
        fence: Callable[[Connection], None] = lambda _connection: None,
    ) -> None:
        self.engine = engine
        self._outer = outer
        self._fence = fence

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that commits at the end and rolls back on any exception."""
        if self._outer is None:
            with self.engine.begin() as connection:
                self._fence(connection)
                yield connection
        else:
            with self._outer.begin_nested():
                yield self._outer

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads: on SQLite it waits for no writer, and no writer waits for it."""
        if self._outer is None:
            with self.engine.connect() as connection:
                yield connection.execution_options(**{_READ_ONLY: True})
        else:
            yield self._outer

    def fenced(self, fence: Callable[[Connection], None]) -> Store:
        """The same database for one holder of a lease: `fence` begins each transaction, and raises if it is lost."""
        return Store(self.engine, self._outer, fence)

    @contextmanager
    def rehearsal(self) -> Iterator[Store]:
        """A Store whose changes are all thrown away at the end."""
        with self.engine.connect() as connection, connection.begin() as outer:
            yield Store(self.engine, connection)
            outer.rollback()

    def upgrade(self) -> None:
        """Bring the tables to the newest version; creates them in an empty database."""
        with self.engine.begin() as connection:
            command.upgrade(_alembic(connection), "head")

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """A Store on this database. Nothing is created yet but, for SQLite, the folder of the file.

    Args:
        url: sqlite:///path, or postgresql://user:password@host/name.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        options = {"options": f"-c idle_in_transaction_session_timeout={_IDLE_TIMEOUT_MS}"}
        driven = parsed.set(drivername="postgresql+psycopg")
        return Store(create_engine(driven, pool_pre_ping=True, connect_args=options))
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Fatal(
            f"A database of kind {parsed.get_backend_name()} is not supported.",
            where="config key database",
            remedy="Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        )
    Path(parsed.database).parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"check_same_thread": False})
    event.listen(engine, "do_connect", _made_for_its_owner)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return Store(engine)


def _made_for_its_owner(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    """A new database is for one pair of eyes, as the files beside it then are: it holds accounts and signatures."""
    file = str(arguments[0])
    if file != ":memory:" and not Path(file).exists():
        with suppress(OSError):  # SQLite says better what is wrong
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, OWNER_ONLY_FILE))


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at once: two writers then wait for each other instead of failing half-way."""
    if not connection.get_execution_options().get(_READ_ONLY, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif connection.connection.dbapi_connection is not None:  # takes no lock yet: nothing can go wrong here
        connection.connection.dbapi_connection.cursor().execute("BEGIN")


def _alembic(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
