"""The lock: it tells at once whether its holder's process lives, on one machine or on several."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, text

from connector.errors import PassRunning
from connector.store.database import OWNER_ONLY_FOLDER, Store

EVERYTHING = "pass"
"""Name of the lock of a whole pass."""


def pass_running() -> PassRunning:
    """What is told to whoever comes second."""
    return PassRunning(
        "Another pass of this installation is running.", remedy="Wait until it is done; it does the same work."
    )


@contextmanager
def pass_lock(store: Store, folder: Path) -> Iterator[None]:
    """Hold the lock of a whole pass. It is gone when the process is, however that ends.

    Raises:
        PassRunning: another process holds it.
    """
    with Locks(store, folder) as locks:
        if not locks.take(EVERYTHING):
            raise pass_running()
        yield


class Locks:
    """Locks by name, until the end of the `with`: of files (SQLite), or of the database (PostgreSQL)."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._in_database = store.engine.dialect.name == "postgresql"
        self._session: Connection | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Locks:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, at)

    def take(self, name: str) -> bool:
        """Hold a lock, unless another process does. Returns whether we have it."""
        held = self._advisory(name) if self._in_database else self._file(name)
        if held is None:
            return False
        self._stack.push(held)
        return True

    def is_free(self, name: str) -> bool:
        """Whether no living process holds a lock."""
        held = self._advisory(name) if self._in_database else self._file(name)
        if held is None:
            return False
        held.close()
        return True

    def _file(self, name: str) -> ExitStack | None:
        self._folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
        path = self._folder / f"{re.sub(r'[^A-Za-z0-9-]+', '-', name)}.lock"
        with ExitStack() as stack:
            file = stack.enter_context(path.open("w"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            return stack.pop_all()

    def _advisory(self, name: str) -> ExitStack | None:
        """A session lock of PostgreSQL: it belongs to the database, so it holds over several machines."""
        if self._session is None:
            session = self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._session = self._stack.enter_context(session)
        session = self._session
        number = int.from_bytes(blake2b(f"sepa-connector {name}".encode(), digest_size=7).digest(), "big")
        if not session.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": number}).scalar():
            return None
        stack = ExitStack()
        stack.callback(session.execute, text("SELECT pg_advisory_unlock(:n)"), {"n": number})
        return stack
