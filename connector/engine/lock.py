"""The lock: two passes of one installation never overlap, on one machine or on several."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import text

from connector.errors import PassRunning
from connector.store.database import Store


@contextmanager
def pass_lock(store: Store, folder: Path) -> Iterator[None]:
    """Hold the lock of the installation. It is gone when the process is, however that ends.

    Raises:
        PassRunning: another pass holds it.
    """
    held = _advisory_lock(store) if store.engine.dialect.name == "postgresql" else _file_lock(folder)
    with held:
        yield


def _running() -> PassRunning:
    return PassRunning(
        "Another pass of this installation is running.", remedy="Wait until it is done; it does the same work."
    )


@contextmanager
def _file_lock(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "pass.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _running() from None
        yield


@contextmanager
def _advisory_lock(store: Store) -> Iterator[None]:
    """A session lock of PostgreSQL: it belongs to the database, so it holds over several machines."""
    number = int.from_bytes(blake2b(b"sepa-connector pass", digest_size=7).digest(), "big")
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": number}).scalar():
            raise _running()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": number})
