"""One pass over the road: each step decides and writes down, then the outbox makes what is owed.

`run_pass` is what `sync` and the daemon do; `rehearse` is the same pass on a store that forgets it, for `plan`.
"""

from __future__ import annotations

import gc
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event

import structlog
from sqlalchemy import Connection

from connector.engine import outbox, recover, witness
from connector.engine.lease import Scope, lease, nobody_working
from connector.engine.recover import Recovering
from connector.errors import ConnectorError, LostLease, Stopped
from connector.installation import Installation
from connector.model.deed import Deed, Step
from connector.model.reason import Reason
from connector.steps import collect, follow, invite, notify, pull, reconcile, show, submit, write_back
from connector.steps.work import Progress, Work
from connector.store import passes
from connector.store.database import Store

ROAD: Mapping[Step, Callable[[Work], None]] = {
    Step.PULL: pull.run,
    Step.INVITE: invite.run,
    Step.FOLLOW: follow.run,
    Step.WRITE_BACK: write_back.run,
    Step.NOTIFY: notify.run,
    Step.COLLECT: collect.run,
    Step.SUBMIT: submit.run,
    Step.RECONCILE: reconcile.run,
    Step.SHOW: show.run,
}
"""The steps, in their order."""

_OBJECTS_BETWEEN_SEARCHES = 100_000
_BETWEEN_SEARCHES_ELSE = gc.get_threshold()[0]  # asked once: passes of several jobs may go side by side
_SET_BACK_MAX = timedelta(days=7)  # a clock that was further ahead than this was wrong then


class Outcome(StrEnum):
    """How a pass ended."""

    DONE = "done"
    EXCEPTIONS = "exceptions"  # done, with things for a person to look at
    FAILED = "failed"
    STOPPED = "stopped"


EXIT_CODES: Mapping[Outcome, int] = {
    Outcome.DONE: 0,
    Outcome.FAILED: 1,
    Outcome.STOPPED: 1,
    Outcome.EXCEPTIONS: 3,
}


@dataclass
class Told:
    """What a pass told: kept to count, and to show in `plan`."""

    listener: Callable[[Deed], None] = lambda _deed: None
    deeds: list[Deed] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    keep: bool = False

    def __call__(self, deed: Deed) -> None:
        """Take a deed."""
        self.counts[f"{deed.step}.{deed.code}"] += 1
        if self.keep:
            self.deeds.append(deed)
        self.listener(deed)


@dataclass(frozen=True, slots=True)
class PassResult:
    """What came of a pass.

    Attributes:
        number: of the pass in the run history; None for a rehearsal.
        counts: "step.deed" to how often.
        deeds: all of them, in their order; of a rehearsal only.
        exceptions: how many were met.
        error: what stopped it, if something did.
        unreachable: why each side that did not answer did not; the rest of the pass went on without it.
    """

    outcome: Outcome
    number: int | None
    counts: Mapping[str, int]
    exceptions: int
    deeds: tuple[Deed, ...] = ()
    error: ConnectorError | None = None
    unreachable: tuple[Reason, ...] = ()

    @property
    def exit_code(self) -> int:
        """Exit code of `sync`."""
        return EXIT_CODES[self.outcome]

    def log(self, event: str, **more: object) -> None:
        """How it ended as a line of the log: an error if it failed, with all that stood in its way.

        Args:
            more: facts to go along.
        """
        facts: dict[str, object] = {"number": self.number, "outcome": self.outcome.value, "exceptions": self.exceptions}
        if self.error is not None:
            facts["error"] = str(self.error)
        if self.unreachable:
            away = (reason.facts for reason in self.unreachable)
            facts["unreachable"] = {one["target"]: f"{one['why']} {one['remedy']}".strip() for one in away}
        failed = self.outcome is Outcome.FAILED and not isinstance(self.error, LostLease)
        write = structlog.get_logger().error if failed else structlog.get_logger().info
        write(event, **facts, **self.counts, **more)


def run_pass(
    installation: Installation,
    store: Store,
    *,
    steps: Collection[Step] = tuple(Step),
    tell: Callable[[Deed], None] = lambda _deed: None,
    progress: Callable[[Progress], None] = lambda _progress: None,
    stop: Event | None = None,
    scope: Scope | None = None,
) -> PassResult:
    """Walk the road once.

    Args:
        scope: what nobody else may work on meanwhile; everything, if it is not given. A job of several that go side
            by side gives its own, with the part of the installation and the step that go with it.

    Raises:
        PassRunning: another pass is at work; nothing was done.
    """
    told = Told(tell)
    scope = scope or Scope()
    with lease(store, installation.folder, scope, installation.clock) as fenced:
        with fenced.transaction() as connection:
            day = _day(connection, installation)
            number = recover.begin_pass(connection, installation, scope.name, day)
        witness.note_begun(installation.folder, number)
        work = Work(
            replace(installation, day=day),
            fenced,
            number=number,
            by=f"pass {number}",
            folder=installation.folder,
            tell=told,
            progress=progress,
            stop=stop or Event(),
            scope=scope.name,
        )
        with _what_is_loaded_left_alone():
            error = _walk(work, steps)
        for source in installation.sources.values():
            source.package.close()  # until the next pass; a folder of files writes its report now
        result = _result(work, told, number, error)
        if not isinstance(error, LostLease):
            with fenced.transaction() as connection:
                passes.end(connection, number, installation.clock(), result.outcome.value, dict(told.counts))
            witness.note_ended(installation.folder, number)
    return result


@contextmanager
def _what_is_loaded_left_alone() -> Iterator[None]:
    """Python seldom looks for unused objects that hold each other, and not among those that it is made of itself.

    Long work makes many objects and hardly any that hold each other: the rest go at once, without that search. What
    the first pass of a process finds is set apart for good; what passes leave behind is found by a later search.
    """
    if not gc.get_freeze_count():
        gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
    try:
        yield
    finally:
        gc.set_threshold(_BETWEEN_SEARCHES_ELSE)


def _day(connection: Connection, installation: Installation) -> date:
    """The creditor's date for this pass. It does not go back if the clock does, unless that was far ahead before."""
    today, latest = installation.today(), passes.latest_day(connection)
    return latest if latest is not None and timedelta(0) < latest - today <= _SET_BACK_MAX else today


def rehearse(
    installation: Installation,
    store: Store,
    *,
    steps: Collection[Step] = tuple(Step),
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> PassResult:
    """What `run_pass` would do now. Nothing is changed here or at any other side.

    Raises:
        PassRunning: a pass is at work.
    """
    told = Told(keep=True)
    with (
        nobody_working(store, installation.folder, installation.clock),
        store.rehearsal() as forgetful,
        tempfile.TemporaryDirectory(prefix="sepa-connector-plan-") as folder,
    ):
        recover.look(installation, forgetful)
        work = Work(
            replace(installation, day=installation.today()),
            forgetful,
            by="plan",
            folder=Path(folder),
            rehearsal=True,
            tell=told,
            progress=progress,
        )
        return _result(work, told, None, _walk(work, steps))


def _walk(work: Work, steps: Collection[Step]) -> ConnectorError | None:
    """Take the steps asked for, in the order of the road. Returns what stopped it, if something did."""
    try:
        recovering = Recovering(work)
        for step, take in ROAD.items():
            if step in steps:
                outbox.clear_up(work, step)
                recovering.take(step, take)
                outbox.make(work, step)
        recovering.finish()
    except ConnectorError as error:
        return error
    return None


def _result(work: Work, told: Told, number: int | None, error: ConnectorError | None) -> PassResult:
    if isinstance(error, Stopped):
        outcome = Outcome.STOPPED
    elif error is not None or work.unreachable:
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.EXCEPTIONS if work.met else Outcome.DONE
    away = tuple(work.unreachable.values())
    return PassResult(outcome, number, dict(told.counts), work.met, tuple(told.deeds), error, away)
