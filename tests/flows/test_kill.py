"""A pass is killed at twenty random moments and run again: the end is the same, and nothing was done twice.

The kill is SIGKILL, at a moment drawn over the whole length of the pass, from a seed that a failure prints.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connector.config import load
from connector.store.database import open_store
from connector.store.tables import collections, effects, exceptions, invoices, mandates
from tests.flows.house import PREPARED_NIGHT, one_pass, prepared

SEED = 20261124
KILLS = 20


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


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("house") / "house").parent


def _copy(house: Path, to: Path) -> Path:
    shutil.copytree(house, to)
    return to / "config.yaml"


def _walk(config: str) -> None:
    one_pass(Path(config), PREPARED_NIGHT)


def _killed(config: Path, after_seconds: float) -> float | None:
    """Start a pass in a process of its own and kill it. Returns how long it took if it ended before."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.flows.test_kill"])
    process = processes.Process(target=_walk, args=(str(config),))
    started = time.monotonic()
    process.start()
    process.join(after_seconds)
    ended = not process.is_alive()
    process.kill()
    process.join()
    return time.monotonic() - started if ended else None


@pytest.mark.xdist_group("kill")
@pytest.mark.timeout(300)
def test_a_pass_killed_at_any_moment_and_run_again_ends_the_same(house: Path, tmp_path: Path) -> None:
    whole = _copy(house, tmp_path / "whole")
    result = one_pass(whole, PREPARED_NIGHT)
    expected = _state(whole)
    assert {key.partition(".")[0] for key in result.counts} >= {"pull", "invite", "follow", "collect", "submit"}
    assert all(state == "done" for _, state in expected["effects"])
    for rows in ("mandates.csv", "payments.csv", "mail"):
        assert max(Counter(expected[rows]).values()) == 1

    length = _killed(_copy(house, tmp_path / "measured"), after_seconds=60)
    assert length is not None
    moments = random.Random(SEED)
    kills = 0
    for number in range(KILLS * 5):
        if kills == KILLS:
            break
        config = _copy(house, tmp_path / str(number))
        moment = moments.uniform(0.02, length)
        ended_after = _killed(config, moment)
        if ended_after is not None:
            length = ended_after  # the machine is faster now: draw from the true length
            continue
        kills += 1
        one_pass(config, PREPARED_NIGHT)
        assert _state(config) == expected, f"seed {SEED}, kill {number} after {moment:.3f} s"
    assert kills == KILLS
