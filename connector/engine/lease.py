"""The lease: one at a time works on the same thing, and one that was thought dead can't write when it wakes up.

A lease is a row with a token that grows with every holder. Each writing transaction of a holder looks first whether
its token still counts, and on the way says that it is alive. With the lease goes a lock that is gone when the process
is, so that a pass which was killed is followed at once. Only a process that is frozen keeps its lock: its lease runs
out, another takes over, and whatever the frozen one does when it wakes is refused.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from connector.engine.lock import EVERYTHING, Locks, pass_running
from connector.errors import LostLease
from connector.model.deed import Step
from connector.store import leases
from connector.store.database import Store

RUNS_OUT = timedelta(minutes=10)
"""After so long without a sign of life a holder counts as dead; more than the longest call to another side takes."""

_BEAT = timedelta(minutes=1)
_ALL = "*"


@dataclass(frozen=True, slots=True)
class Scope:
    """What one works on while nobody else works on the same.

    A whole pass overlaps everything. Jobs of different sources, or different steps, go side by side: a job is one step
    over one part of the installation (`Installation.of_source` for pull, invite, write back and notify,
    `Installation.of_creditor` for collect, submit and reconcile; follow is not divided).

    Attributes:
        step: None for all of them.
        part: `Installation.part`: "" for the whole installation.
    """

    step: Step | None = None
    part: str = ""

    @property
    def name(self) -> str:
        """Its name: of the lock, of the lease, and of the sender of an effect."""
        if self == Scope():
            return EVERYTHING
        return f"{self.step or _ALL} of {self.part or _ALL}"

    @classmethod
    def named(cls, name: str) -> Scope:
        """The scope of a name."""
        if name == EVERYTHING:
            return cls()
        step, _, part = name.partition(" of ")
        return cls(None if step == _ALL else Step(step), "" if part == _ALL else part)

    def overlaps(self, other: Scope) -> bool:
        """Whether two of these may not be worked on at the same time."""
        steps = self.step is None or other.step is None or self.step is other.step
        return steps and (not self.part or not other.part or self.part == other.part)


@contextmanager
def lease(store: Store, folder: Path, scope: Scope, clock: Callable[[], datetime]) -> Iterator[Store]:
    """Hold a scope. Yields the store to work with: each of its transactions is refused once the lease is lost.

    Raises:
        PassRunning: somebody who is alive holds something that overlaps.
    """
    with Locks(store, folder) as locks:
        locked = locks.take(scope.name)
        with store.reading() as connection:
            _dead_in_the_way(connection, locks, scope, clock(), locked=locked)
        with store.transaction() as connection:
            leases.one_taker(connection)
            at = clock()
            for one in _dead_in_the_way(connection, locks, scope, at, locked=locked):
                leases.revoke(connection, one.scope)
            token = leases.take(connection, scope.name, _holder(), locked=locked, at=at, expires_at=at + RUNS_OUT)
        try:
            yield store.fenced(_Fence(scope.name, token, clock))
        finally:
            with store.transaction() as connection:
                leases.give_back(connection, scope.name, token)


@contextmanager
def nobody_working(store: Store, folder: Path, clock: Callable[[], datetime]) -> Iterator[None]:
    """Keep whole passes away, and see that no job is running: for a rehearsal.

    Raises:
        PassRunning: somebody is at work.
    """
    with Locks(store, folder) as locks:
        if not locks.take(EVERYTHING):
            raise pass_running()
        with store.reading() as connection:
            held = leases.held(connection)
        if any(not _is_dead(one, locks, clock(), own=one.scope == EVERYTHING) for one in held):
            raise pass_running()
        yield


def _dead_in_the_way(
    connection: Connection, locks: Locks, scope: Scope, at: datetime, *, locked: bool
) -> Sequence[leases.Lease]:
    """The leases that overlap a scope and whose holders are gone.

    Raises:
        PassRunning: one of the holders lives, or somebody has our lock without a lease, as a rehearsal does.
    """
    held = [one for one in leases.held(connection) if scope.overlaps(Scope.named(one.scope))]
    if any(not _is_dead(one, locks, at, own=locked and one.scope == scope.name) for one in held):
        raise pass_running()
    if not locked and all(one.scope != scope.name for one in held):
        raise pass_running()
    return held


def _is_dead(one: leases.Lease, locks: Locks, at: datetime, *, own: bool) -> bool:
    """Whether a holder is gone: its lock is free - or ours, then `own` - or there was no sign of it for long."""
    lock_is_gone = one.locked and (own or locks.is_free(one.scope))
    return lock_is_gone or one.expires_at <= at


def _holder() -> str:
    return f"{socket.gethostname()} {os.getpid()}"[:80]


@dataclass(frozen=True, slots=True)
class _Fence:
    """Begins each transaction of a holder."""

    scope: str
    token: int
    clock: Callable[[], datetime]

    def __call__(self, connection: Connection) -> None:
        """See that the lease still counts, and say now and then that its holder is alive.

        Raises:
            LostLease: it does not.
        """
        last = leases.last_beat(connection, self.scope, self.token)
        if last is None:
            raise LostLease(
                "This pass was silent for so long that another took over its work.",
                where=f"lease {self.scope}",
                remedy="Nothing is lost. See what froze this process: a suspended machine, a full disk, a debugger.",
            )
        at = self.clock()
        if not last <= at < last + _BEAT:
            leases.beat(connection, self.scope, at=at, expires_at=at + RUNS_OUT)
