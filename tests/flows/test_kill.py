"""A road in progress is killed two hundred times and gone on with: it ends as if nothing had happened, nothing twice.

The kill is SIGKILL on a real process, on real files and a real database, at moments drawn over the whole length of a
pass from a seed that a failure prints. What follows a kill is killed as well, up to some times in a row.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from connector.config import load
from connector.store.database import open_store
from connector.store.tables import bank_files, claims, collections, effects, exceptions, invoices, mandates
from tests.flows.house import PREPARED_NIGHT, one_pass, prepared
from tests.flows.victims import SIGNALLED, Victims, victims
from tests.support.postgresql import PostgresqlServer

SEED = 20261124
KILLS = 200
IN_A_ROW_MAX = 6
_LONG = 120.0


@dataclass(frozen=True, slots=True)
class Street:
    """Houses that are all alike.

    Attributes:
        another: makes one. Returns its config.
        is_quiet: waits until nobody is connected to the database of a house.
    """

    another: Callable[[], Path]
    is_quiet: Callable[[Path], None] = lambda _config: None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.live)])
def street(request: pytest.FixtureRequest, pattern_house: Path, tmp_path: Path) -> Street:
    """Houses on SQLite, and on PostgreSQL."""
    if request.param == "sqlite":
        return _on_files(pattern_house.parent, tmp_path)
    return _on_server(tmp_path, request.getfixturevalue("postgresql_server"))


def _numbers() -> Iterator[str]:
    return map(str, range(10**6))


def _on_files(house: Path, folder: Path) -> Street:
    numbers = _numbers()
    return Street(lambda: _copy(house, folder / next(numbers)))


def _on_server(folder: Path, server: PostgresqlServer) -> Street:
    template = server.create_database()
    house, numbers = prepared(folder / "house", server.url(template)).parent, _numbers()

    def another() -> Path:
        config = _copy(house, folder / next(numbers))
        database = server.create_database(template)
        config.write_text(config.read_text("utf-8").replace(f"/{template}\n", f"/{database}\n"), "utf-8")
        return config

    def is_quiet(config: Path) -> None:
        """A server notices a little later that a client is gone."""
        with psycopg.connect(load(config).database_url, autocommit=True) as connection:
            others = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            while (connection.execute(others).fetchone() or (0,))[0]:
                pass

    return Street(another, is_quiet)


def _copy(house: Path, to: Path) -> Path:
    shutil.copytree(house, to)
    return to / "config.yaml"


def _state(config: Path) -> dict[str, Any]:
    """All that a pass leaves: in the database, in the package's files, at the bank, in the mail."""
    folder = config.parent
    store = open_store(load(config).database_url)
    with store.reading() as connection:

        def rows(*columns: Any) -> list[tuple[Any, ...]]:
            return sorted(tuple(row) for row in connection.execute(select(*columns)))

        kept: dict[str, Any] = {
            "mandates": rows(mandates.c.reference, mandates.c.state, mandates.c.last_used_on),
            "collections": rows(collections.c.end_to_end_id, collections.c.state, collections.c.bank_file),
            "claims": rows(claims.c.end_to_end_id, claims.c.invoice_id, claims.c.attempt, claims.c.live),
            "files": rows(bank_files.c.name, bank_files.c.state, bank_files.c.sha256),
            "effects": rows(effects.c.key, effects.c.state),
            "exceptions": rows(exceptions.c.code, exceptions.c.record),
            "invoices": rows(invoices.c.id, invoices.c.open_amount),
        }
    store.close()
    for name in ("mandates.csv", "payments.csv"):
        kept[name] = sorted((folder / "exchange" / name).read_text(encoding="utf-8-sig").splitlines())
    kept["outbox"] = {path.name: path.read_bytes() for path in (folder / "outbox").glob("*.xml")}
    kept["mail"] = sorted(path.name for path in (folder / "mail").glob("*.eml"))
    kept["inbox"] = sorted(str(path.relative_to(folder)) for path in (folder / "inbox").rglob("*.xml"))
    kept["exchange"] = sorted(path.name for path in (folder / "exchange").glob("*.csv"))
    return kept


def _undisturbed(config: Path) -> dict[str, Any]:
    """The state after a pass that does everything, each thing once."""
    result = one_pass(config, PREPARED_NIGHT)
    state = _state(config)
    assert {key.partition(".")[0] for key in result.counts} >= {"pull", "invite", "follow", "collect", "submit"}
    assert all(how == "done" for _, how in state["effects"])
    for rows in ("mandates.csv", "payments.csv", "mail"):
        assert max(Counter(state[rows]).values()) == 1
    return state


def _haunted(house: Path, street: Street, killer: Victims, moments: random.Random, length: float) -> tuple[int, float]:
    """Walk the road in a house, killed again and again. Returns how often, and how long an undisturbed end took."""
    kills = 0
    while True:
        death = killer.walk(house, moments.uniform(0, length) if kills < IN_A_ROW_MAX else _LONG)
        street.is_quiet(house)
        if death.status != SIGNALLED:
            assert death.status == 0
            return kills, death.seconds
        kills += 1


@pytest.mark.uncounted
@pytest.mark.timeout(1200)
def test_a_road_that_is_killed_two_hundred_times_ends_the_same(street: Street) -> None:
    expected = _undisturbed(street.another())
    moments = random.Random(SEED)
    kills = houses = 0
    with victims(street.another()) as killer:
        length = killer.walk(street.another(), _LONG).seconds
        while kills < KILLS:
            house = street.another()
            killed, took = _haunted(house, street, killer, moments, length)
            kills, houses = kills + killed, houses + 1
            if not killed:
                length = took  # the machine is faster now: draw from the true length
            assert _state(house) == expected, f"seed {SEED}, house {houses}, killed {killed} times"
            shutil.rmtree(house.parent)
    assert houses > KILLS / (IN_A_ROW_MAX + 1)
