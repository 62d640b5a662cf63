"""Copies of a database for tests: taken while it is in use, and put back in its place."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from connector.store.database import Store, open_store
from tests.support.live import missing


def copy_of(url: str, to: Path) -> None:
    """A consistent copy of a database, while it is in use."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(_file(url))) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
    else:
        _run("pg_dump", "--format=custom", f"--file={to}", f"--dbname={url}")


def put_back(url: str, copy: Path) -> Store:
    """Put a copy in the place of a database, as an administrator does without our commands."""
    if url.startswith("sqlite"):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{_file(url)}{suffix}").unlink(missing_ok=True)
        shutil.copy(copy, _file(url))
    else:
        _run("pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={url}", str(copy))
    return open_store(url)


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))


def _run(program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        missing(program, "On Debian or Ubuntu: apt-get install postgresql-client")
    subprocess.run([program, *arguments], check=True, capture_output=True)
