"""Processes that are killed: each a fork of one that has imported everything and walked the road once.

The fork does a whole pass on the files and the database of a house, as `sync` does, and gets a real SIGKILL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from tests.flows.house import PREPARED_NIGHT, one_pass

SIGNALLED = -signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Death:
    """How a victim ended: `status` is 0 after a whole pass and SIGNALLED if it was killed before."""

    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Victims:
    """Starts victims, one after the other."""

    server: Connection

    def walk(self, config: Path, after_seconds: float) -> Death:
        """Let one walk the road; kill it if it has not ended by then."""
        self.server.send((str(config), after_seconds))
        death = self.server.recv()
        assert isinstance(death, Death)
        return death


@contextmanager
def victims(warm: Path) -> Iterator[Victims]:
    """A server of victims.

    Args:
        warm: config of a house that it may use up to warm up.
    """
    spawning = multiprocessing.get_context("spawn")
    here, there = spawning.Pipe()
    process = spawning.Process(target=_serve, args=(there, str(warm)))
    process.start()
    there.close()
    assert here.recv() == "warm"
    yield Victims(here)
    here.close()
    process.join(30)


def _serve(asked: Connection, warm: str) -> None:
    one_pass(Path(warm), PREPARED_NIGHT)
    asked.send("warm")
    while True:
        try:
            config, after_seconds = asked.recv()
        except EOFError:
            return
        asked.send(_one(Path(config), after_seconds))


def _one(config: Path, after_seconds: float) -> Death:
    """The end of a pipe that only the victim holds tells when it is gone; until it is reaped its id is no other's."""
    gone, held = os.pipe()
    started = time.monotonic()
    victim = os.fork()
    if victim == 0:
        os._exit(_walk(config))
    os.close(held)
    if not wait([gone], after_seconds):
        os.kill(victim, signal.SIGKILL)
    _, status = os.waitpid(victim, 0)
    os.close(gone)
    return Death(os.waitstatus_to_exitcode(status), time.monotonic() - started)


def _walk(config: Path) -> int:
    try:
        return one_pass(config, PREPARED_NIGHT).exit_code
    except BaseException:  # noqa: BLE001  the fork must not go on as its parent
        traceback.print_exc()
        return 99
