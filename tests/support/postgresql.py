"""PostgreSQL: a throw-away server for each test process, and a fresh database for each test."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
import pytest

from tests.support.live import missing

START_SECONDS_MAX = 30
UNSAFE_BUT_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")


@dataclass
class PostgresqlServer:
    """A server on loopback whose data are thrown away with it."""

    programs: Path
    folder: Path
    password: str = field(repr=False)
    port: int = 0
    databases: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster and serve it. PostgreSQL refuses to run as root, so root lends it another user."""
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        for path in (self.folder, password_file):
            _give_away(path)
        subprocess.run(
            [
                *(self.programs / "initdb", "--pgdata", self.folder / "data", "--username", "postgres"),
                *("--auth", "scram-sha-256", "--pwfile", password_file),
                *("--encoding", "UTF8", "--no-locale", "--no-sync"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            user=_other_user(),
        )
        self.port = _free_port()
        settings = (f"unix_socket_directories={self.folder}", "listen_addresses=127.0.0.1", *UNSAFE_BUT_FAST)
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)),
                    *(word for setting in settings for word in ("-c", setting)),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=_other_user(),
            )
        self._wait_until_it_answers(self.process)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self._administer("SELECT 1")
                return
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"PostgreSQL did not start:\n{(self.folder / 'log').read_text()}")
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once, as the data are of no use any more."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=30)

    def url(self, database: str) -> str:
        """Address of a database, as a person would write it in the config."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, like: str = "template1") -> str:
        """Make a database, empty or as another one that nobody is connected to. Returns its name."""
        self.databases += 1
        name = f"test_{self.databases}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {like}{self._copied_as_files}")
        return name

    def drop_database(self, name: str) -> None:
        """Throw a database away, whoever is still connected to it."""
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    @cached_property
    def _copied_as_files(self) -> str:
        """Versions since 15 copy through the log unless they are told not to, which takes them three times as long."""
        with psycopg.connect(self.url("postgres")) as connection:
            return " STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def _programs() -> Path | None:
    """Folder of initdb and postgres, of the newest version; Debian keeps them out of the PATH."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda initdb: [int(part) for part in initdb.parts[4].split(".")],
    )
    return debian[-1].parent if debian else None


def _other_user() -> str | None:
    """Whom root lends the server to; None if we are not root."""
    if os.geteuid() != 0:
        return None
    return "postgres" if any(user.pw_name == "postgres" for user in pwd.getpwall()) else "nobody"


def _give_away(path: Path) -> None:
    user = _other_user()
    if user:
        shutil.chown(path, user)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server, as long as the `with` lasts."""
    programs = _programs()
    if programs is None:
        missing("PostgreSQL's server", "On Debian or Ubuntu: apt-get install postgresql")
    # Not under pytest's own folder, which other users may not enter.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        server = PostgresqlServer(programs, Path(folder), secrets.token_hex(16))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server of this test process."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """Address of an empty PostgreSQL database of this test's own."""
    database = postgresql_server.create_database()
    yield postgresql_server.url(database)
    postgresql_server.drop_database(database)
