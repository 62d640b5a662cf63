"""Many seeds, in one process or several."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import make_url

from connector.testing.simulation.database import open_database
from connector.testing.simulation.play import Outcome, play

_MEMORY = Path("/dev/shm")  # noqa: S108  a disk in memory, where there is one
_CHUNK_MAX = 25
_CHUNKS_EACH = 4  # so that no process is left without work while another has much of it


@dataclass(frozen=True, slots=True)
class Plan:
    """Which seeds are played, and on what.

    Attributes:
        database: address of a PostgreSQL database beside which others are made; SQLite if it is empty.
        plain: people have no habits: nobody moves, doubts or changes a mandate in the package.
    """

    seeds: range
    days: int
    database: str = ""
    jobs: int = 1
    plain: bool = False


def play_all(plan: Plan) -> Iterator[Outcome]:
    """Play all seeds; outcomes come in the order of the seeds."""
    size = max(1, min(_CHUNK_MAX, len(plan.seeds) // (plan.jobs * _CHUNKS_EACH)))
    chunks = [plan.seeds[start : start + size] for start in range(0, len(plan.seeds), size)]
    if plan.jobs == 1:
        for chunk in chunks:
            yield from play_some(chunk, plan.days, plan.database, plain=plan.plain)
        return
    with ProcessPoolExecutor(plan.jobs, mp_context=get_context("spawn")) as pool:
        addresses = [_beside(plan.database, number) for number in range(len(chunks))]
        for outcomes in pool.map(_played, chunks, repeat(plan.days), addresses, repeat(plan.plain)):
            yield from outcomes


def play_some(seeds: Sequence[int], days: int, database: str = "", *, plain: bool = False) -> Iterator[Outcome]:
    """Play seeds one after the other on one database."""
    where = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="sepa-connector-simulation-", dir=where) as folder:
        opened = open_database(database, Path(folder))
        try:
            for seed in seeds:
                yield play(seed, opened, Path(folder), days, plain=plain)
        finally:
            opened.drop()


def _played(seeds: Sequence[int], days: int, database: str, plain: bool) -> list[Outcome]:
    return list(play_some(seeds, days, database, plain=plain))


def _beside(database: str, number: int) -> str:
    """An address of its own for each process; the database of that name need not exist."""
    if not database:
        return ""
    parsed = make_url(database)
    return parsed.set(database=f"{parsed.database}_{number}").render_as_string(hide_password=False)
