"""Recover: after the database was put back to an older state, nothing that went out since goes out again.

The world - the package, the mandate service, the bank, the mail - is further than the database then. While a recovery
is open

1. every change that is owed anew begins as unknown: it is looked up at the other side, never simply made;
2. the steps that ask debtors for money wait: no notice, no collection and no bank file is made;
3. the feeds are read on from where the database stands, then what the journal tells is taken up (replay.py);
4. what the bank says is read only after that: it may be about a file that the database does not know before.

It ends when a whole pass left nothing uncertain and the audit finds nothing that touches money - or when a person
who has looked says so: `sepa-connector audit --accept`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from connector.engine import outbox, witness
from connector.engine.audit import touching_money
from connector.engine.replay import replay
from connector.engine.witness import Seen
from connector.installation import Installation
from connector.model.deed import DeedCode, Step
from connector.model.reason import Reason, ReasonCode
from connector.steps.work import Work
from connector.store import exceptions, passes, recoveries
from connector.store.database import Store
from connector.store.passes import PastPass
from connector.store.recoveries import RECORD, Cause, Recovery

ASKING = frozenset({Step.NOTIFY, Step.COLLECT, Step.SUBMIT})
"""Steps that ask debtors for money, or tell them that it will be asked."""

_READING = frozenset({Step.PULL, Step.INVITE, Step.FOLLOW})
"""Steps that bring in what the journal builds on: invoices, and mandates with their signatures."""
_ROUNDS = 2
_REASONS = (ReasonCode.DATABASE_PUT_BACK, ReasonCode.JOURNAL_LOST)


class NothingToAccept(LookupError):
    """No recovery is open, or what the journal tells is not taken up yet."""


def begin_pass(connection: Connection, installation: Installation, scope: str, day: date) -> int:
    """Write down that a pass began; if the database was put back, a recovery begins.

    Returns its number, above all that the database or the witness know.
    """
    seen, now = witness.read(installation.folder), installation.clock()
    _look(connection, seen, now)
    return passes.begin(connection, scope, now, day, after=seen.began if seen else 0)


def look(installation: Installation, store: Store) -> None:
    """See whether the database was put back, as a pass does when it begins: for a rehearsal."""
    seen = witness.read(installation.folder)
    with store.transaction() as connection:
        _look(connection, seen, installation.clock())


def _look(connection: Connection, seen: Seen | None, at: datetime) -> None:
    last = next(iter(passes.latest(connection, limit=1)), None)
    recovery = recoveries.current(connection)
    if recovery is not None and _is_newest(recovery, last):  # it began with `db restore`, for this very state
        if not recovery.complete and seen and seen.began > recovery.last_pass:
            recoveries.judge(connection, recovery, complete=True)
        return
    cause = _why_older(last, seen, on_this_machine=connection.dialect.name == "sqlite")
    if cause is not None:
        recoveries.begin(connection, cause, at, complete=cause is Cause.OLDER)


def _why_older(last: PastPass | None, seen: Seen | None, *, on_this_machine: bool) -> Cause | None:
    """How it shows that the database is older than the world; None if it does not.

    Several machines may share a PostgreSQL database, each with a data folder of its own: there, a folder that knows
    nothing tells nothing.
    """
    newest = last.id if last else 0
    if seen is None:
        return Cause.LOST if on_this_machine and newest > 1 else None
    forgotten = seen.began > newest or (last is not None and last.outcome is None and seen.ended >= newest)
    return Cause.OLDER if forgotten else None


def _is_newest(recovery: Recovery, last: PastPass | None) -> bool:
    """Whether no pass began since the database was put back."""
    return (last.id if last else 0) == recovery.last_pass


def accept(store: Store, at: datetime, by: str) -> None:
    """A person has looked: the database counts as up to date. What is uncertain stays so, and is never repeated.

    Raises:
        NothingToAccept: no recovery is open, no pass has taken up the journal yet, or it tells of a bank file that
            could not be taken up: its invoices would be free to be asked for again.
    """
    with store.transaction() as connection:
        recovery = recoveries.current(connection)
        if recovery is None:
            raise NothingToAccept("The database was not put back; there is nothing to accept.")
        if not recovery.replayed:
            raise NothingToAccept("No pass has compared the database with the world yet: run sepa-connector sync.")
        if missing := _not_adopted(connection):
            raise NothingToAccept(
                f"These bank files went out and are not taken up, so their invoices would be asked for again: "
                f"{', '.join(missing)}. Deal with each (sepa-connector exceptions list), or answer for it: "
                "sepa-connector exceptions ignore NUMBER."
            )
        _end(connection, at, by)


def _not_adopted(connection: Connection) -> list[str]:
    """Bank files that went out and could not be taken up."""
    shown = exceptions.all_open(connection)
    return [one.reason.facts["file"] for one in shown if one.reason.code is ReasonCode.BANK_FILE_NOT_ADOPTED]


def _end(connection: Connection, at: datetime, by: str) -> None:
    recoveries.end(connection, at, by)
    for code in _REASONS:
        exceptions.close(connection, [RECORD], code, at, by)


class Recovering:
    """A pass that may have to recover: it takes each step, or lets it wait."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._walked: set[Step] = set()
        with work.store.reading() as connection:
            self._recovery = recoveries.current(connection)
        if self._recovery is not None:
            self._show(self._recovery)

    def take(self, step: Step, run: Callable[[Work], None]) -> None:
        """Take a step, unless it asks for money and the database is not up to date."""
        if self._recovery is not None and step is Step.NOTIFY and self._all_was_read():
            replay(self._work, self._recovery.last_pass)
            with self._work.store.transaction() as connection:
                recoveries.note_replayed(connection, self._recovery, self._work.act().at)
            self._recovery = replace(self._recovery, replayed=True)
        if not self._waits(step):
            run(self._work)
        if self._recovery is not None:
            for _ in range(_ROUNDS):  # what a change brings about is in doubt as well
                outbox.clear_up(self._work, step)
                outbox.make(self._work, step)
        self._walked.add(step)

    def _waits(self, step: Step) -> bool:
        recovery = self._recovery
        return recovery is not None and (step in ASKING or (step is Step.RECONCILE and not recovery.replayed))

    def finish(self) -> None:
        """End the recovery if the whole road was walked and nothing is uncertain any more."""
        work, recovery = self._work, self._recovery
        if recovery is None or self._walked != set(Step) or work.unreachable or work.installation.part:
            return
        with work.store.reading() as connection:
            now = recoveries.current(connection)
            stuck = _not_adopted(connection)
        if now is None or not now.replayed or not now.complete or stuck or touching_money(work):
            return
        act = work.act()
        with work.store.transaction() as connection:
            _end(connection, act.at, act.by)
        work.did(Step.RECONCILE, DeedCode.DATABASE_IS_UP_TO_DATE)

    def _all_was_read(self) -> bool:
        """Whether the feeds were read in this pass: what the journal tells builds on them."""
        installation = self._work.installation
        read = {*installation.sources, installation.mandates.name}
        return self._walked >= _READING and not read & self._work.unreachable.keys()

    def _show(self, recovery: Recovery) -> None:
        code = ReasonCode.DATABASE_PUT_BACK if recovery.complete else ReasonCode.JOURNAL_LOST
        reason = Reason(code, {"last_pass": str(recovery.last_pass)})
        with self._work.store.transaction() as connection:
            self._work.show(connection, Step.PULL, RECORD, reason)
