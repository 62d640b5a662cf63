"""The database of a simulated installation: a fresh one for each seed, reopened after each kill, put back from a copy.

The tables are made once and copied. SQLite does not wait for the disk here: it is the process that dies, not the
machine.
"""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, make_url, text

from connector.store.database import Store, open_store


class Database(ABC):
    """One database, used for one seed after the other.

    Attributes:
        on_commit: what stands around each commit of a pass.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.on_commit: Callable[[Callable[[], None]], None] = _plainly
        dialect: Any = store.engine.dialect
        commit = dialect.do_commit
        dialect.do_commit = lambda connection: self.on_commit(lambda: commit(connection))

    def reopen(self) -> None:
        """Let go of all connections, as a process does that ends."""
        self.store.close()

    @abstractmethod
    def renew(self) -> None:
        """Begin with empty tables."""

    @abstractmethod
    def keep(self) -> None:
        """Make the backup of today."""

    @abstractmethod
    def put_back(self) -> None:
        """Put the backup in the database's place."""

    def drop(self) -> None:
        """Leave nothing behind."""
        self.store.close()


class SqliteDatabase(Database):
    """A file in a folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "connector.db"
        self._template = folder / "template.db"
        self._backup = folder / "backup.db"
        store = open_store(f"sqlite:///{self._file}")
        event.listen(store.engine, "connect", _do_not_wait_for_the_disk)
        store.upgrade()
        store.close()
        shutil.copyfile(self._file, self._template)
        super().__init__(store)

    def renew(self) -> None:
        """Copy the empty tables."""
        self._replace(self._template)

    def keep(self) -> None:
        """Copy the file, of which nobody has hold."""
        self.store.close()
        shutil.copyfile(self._file, self._backup)

    def put_back(self) -> None:
        """Copy it back."""
        self._replace(self._backup)

    def _replace(self, source: Path) -> None:
        self.store.close()
        for suffix in ("-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source, self._file)


def _do_not_wait_for_the_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


class PostgresqlDatabase(Database):
    """Databases beside the one of an address, named after it; the one itself is only used to make them."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._server = open_store(url).engine.execution_options(isolation_level="AUTOCOMMIT")
        self._names = {part: f"{parsed.database}_{part}" for part in ("simulation", "template", "backup")}
        template = parsed.set(database=self._names["template"]).render_as_string(hide_password=False)
        self._make("template", None)
        empty = open_store(template)
        empty.upgrade()
        empty.close()
        store = open_store(parsed.set(database=self._names["simulation"]).render_as_string(hide_password=False))
        super().__init__(store)

    def renew(self) -> None:
        """Copy the empty tables."""
        self._replace("simulation", "template")

    def keep(self) -> None:
        """Copy the database, to which nobody is connected."""
        self._replace("backup", "simulation")

    def put_back(self) -> None:
        """Copy it back."""
        self._replace("simulation", "backup")

    def drop(self) -> None:
        """Drop what was made."""
        super().drop()
        for part in self._names:
            self._drop(part)
        self._server.dispose()

    def _replace(self, part: str, source: str) -> None:
        self.store.close()
        self._make(part, source)

    def _make(self, part: str, source: str | None) -> None:
        self._drop(part)
        template = f' TEMPLATE "{self._names[source]}"' if source else ""
        _execute(self._server, f'CREATE DATABASE "{self._names[part]}"{template}')

    def _drop(self, part: str) -> None:
        _execute(self._server, f'DROP DATABASE IF EXISTS "{self._names[part]}" WITH (FORCE)')


def _execute(server: Engine, statement: str) -> None:
    with server.connect() as connection:
        connection.execute(text(statement))


def _plainly(commit: Callable[[], None]) -> None:
    commit()


def open_database(url: str, folder: Path) -> Database:
    """A database for simulations: at an address of PostgreSQL, or in a folder."""
    return PostgresqlDatabase(url) if url else SqliteDatabase(folder)
