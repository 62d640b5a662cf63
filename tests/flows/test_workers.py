"""Two daemons and three workers on one PostgreSQL, workers killed at random: the same end as one process alone.

The kills are SIGKILL, at moments and of workers drawn from a seed that a failure prints.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from connector.config import load
from connector.engine.workers import tables
from connector.store.database import Store, open_store
from tests.flows.crew import Crew, FileClock
from tests.flows.house import one_pass
from tests.flows.large_house import NIGHTS, Banks, asked, founded, state_of, total_asked

SEED = 20261128
INVOICES = DUE = 5000
KILLS_A_NIGHT = 4
ROUNDS_MAX = 2000


def _machine(config: Path, number: int, *, data: str) -> Path:
    """The config of a machine: its own port, and the common data folder or one of its own."""
    text_ = config.read_text("utf-8").replace("data: data\n", f"data: {data}\n")
    path = config.with_name(f"machine-{number}.yaml")
    path.write_text(f"{text_}web: {{port: {_free_port()}}}\n", "utf-8")
    return path


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def memory_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one: 5,000 bookings in files are as many waits for the disk."""
    shared = Path("/dev/shm")
    if not shared.is_dir():
        yield tmp_path
        return
    folder = shared / f"sepa-connector-{tmp_path.name}-{id(tmp_path)}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def _alone(config: str) -> None:
    """The nights as one process walks them."""
    banks = Banks(Path(config).parent)
    for night in NIGHTS:
        one_pass(Path(config), night)
        banks.day(night + timedelta(hours=8))


def _open_jobs(store: Store) -> int:
    with store.reading() as connection:
        count = text("SELECT count(*) FROM sepa_connector_jobs.procrastinate_jobs")
        return int(connection.execute(count).scalar_one())


def _roads(store: Store) -> list[int]:
    """The instants of roads that were owed; Procrastinate keeps the latest."""
    with store.reading() as connection:
        asked_ = text(
            "SELECT defer_timestamp FROM sepa_connector_jobs.procrastinate_periodic_defers WHERE task_name = 'road'"
        )
        return [row[0] for row in connection.execute(asked_)]


@pytest.mark.live
@pytest.mark.uncounted
@pytest.mark.timeout(1500)
def test_workers_killed_at_random_end_as_one_process_does(memory_folder: Path, postgresql_url: str) -> None:
    alone = founded(
        memory_folder / "alone", f"sqlite:///{memory_folder}/alone.db", invoices_in_all=INVOICES, due_in_all=DUE
    )
    meanwhile = multiprocessing.get_context("forkserver").Process(target=_alone, args=(str(alone),))
    meanwhile.start()
    config = founded(memory_folder / "crew", postgresql_url, invoices_in_all=INVOICES, due_in_all=DUE)
    banks, clock = Banks(config.parent), FileClock(config.parent / "clock")
    machines = [_machine(config, n, data="own-data" if n == 2 else "data") for n in range(3)]
    store = open_store(load(config).database_url)
    tables.make(store)
    chance = random.Random(SEED)
    before: list[int] = []
    with Crew(machines, config.parent / "clock") as crew:
        for night in NIGHTS:
            clock.set(night)
            crew.start_daemons(2)
            if not crew.workers:
                crew.start_workers(3)
            kills = 0
            for _ in range(ROUNDS_MAX):
                number = chance.randrange(3)
                crew.workers[number].join(chance.uniform(0.2, 1.5))
                owed, left = _roads(store) != before, _open_jobs(store)
                if owed and left == 0:
                    break
                if left > 0 and kills < KILLS_A_NIGHT:
                    crew.kill_worker(number)
                    kills += 1
            assert _open_jobs(store) == 0, f"seed {SEED}, night of {night:%Y-%m-%d}: jobs are left"
            before = _roads(store)
            crew.dismiss_daemons()
            banks.day(night + timedelta(hours=8))
        crew.dismiss_workers()
    store.close()
    meanwhile.join()
    assert meanwhile.exitcode == 0
    found, expected = state_of(config), state_of(alone)
    for what, value in expected.items():
        assert found[what] == value, f"seed {SEED}: {what}"
    assert len(expected["invoices"]) == INVOICES
    assert len(expected["collections"]) == DUE
    assert {row[1] for row in found["collections"]} == {"settled"}
    for creditor, times in asked(config).items():
        assert times == asked(alone)[creditor]
        assert set(times.values()) == {1}
    assert total_asked(config) == total_asked(alone) > Decimal(0)
