"""One Tryton server for all tests of this folder; each test works on customers and invoices of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from adapters.accounting import calls
from adapters.accounting.tryton.adapter import TrytonPackage
from adapters.accounting.tryton.client import TrytonClient
from adapters.accounting.tryton.settings import TrytonSettings
from connector.ports import Surroundings
from connector.testing.clock import SettableClock
from tests.counterparts.tryton import environment
from tests.counterparts.tryton.read_back import client_of
from tests.counterparts.tryton.server import TrytonServer, start
from tests.live.tryton.given import SOURCE, Open, books
from tests.support.live import missing

RULES_MAX = 30  # of the contract; each is tried on books of its own


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """Books that all tests share."""
    if not environment.is_ready():
        missing("Tryton", "Run script/bootstrap tryton.")
    with start(tmp_path_factory.mktemp("tryton"), books(), fresh=RULES_MAX) as running:
        yield running


@pytest.fixture
def person(server: TrytonServer) -> Iterator[TrytonClient]:
    """Somebody who works in Tryton at the same time."""
    client = client_of(server)
    yield client
    client.close()


@pytest.fixture
def clock() -> SettableClock:
    """Noon of the day."""
    return SettableClock(datetime(2026, 11, 24, 12, tzinfo=UTC))


@pytest.fixture
def open_package(
    server: TrytonServer, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """Opens the package with settings that differ from the server's own, or through another network."""
    monkeypatch.setattr(calls, "FIRST_PAUSE_SECONDS", 0)
    opened = []

    def open_it(transport: httpx2.BaseTransport | None = None, **settings: object) -> TrytonPackage:
        given = TrytonSettings.model_validate({**server.settings(), **settings})
        package = TrytonPackage(given, Surroundings(SOURCE, clock, tmp_path), transport)
        opened.append(package)
        return package

    yield open_it
    for package in opened:
        package.close()


@pytest.fixture
def package(open_package: Open) -> TrytonPackage:
    """The package as the server's settings open it."""
    return open_package()
