"""Audit: compare the accounting packages, the mandate service and the bank's word with our own ledger. Reads only.

Each comparison stands in a room beside this one. What can't be reached is a difference too, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from connector.engine import audit_files, audit_mandates, audit_money
from connector.engine.differences import TOUCHES_MONEY, Difference, DifferenceKind
from connector.errors import Retriable, Skippable, UnknownOutcome, Unsupported
from connector.installation import Installation
from connector.steps.work import Work
from connector.store import recoveries
from connector.store.database import Store
from connector.store.recoveries import RECORD


@dataclass(frozen=True, slots=True)
class Scope:
    """How far the audit looks.

    Attributes:
        since_days: single changes - a payment, a mandate - are looked up if they were made in so many days.
        patience_days: how long after its day a collection, or a file, may be without an answer.
    """

    since_days: int = 60
    patience_days: int = 5


def audit(installation: Installation, store: Store, scope: Scope | None = None) -> Iterator[Difference]:
    """All differences, as they are found. A side that can't be reached, or does not let us in, is one."""
    scope = scope or Scope()
    work = Work(installation, store, by="audit", folder=installation.folder, rehearsal=True)
    since = installation.clock() - timedelta(days=scope.since_days)
    before = installation.today() - timedelta(days=scope.patience_days)
    yield from _put_back(store)
    yield from _reached(installation.mandates.name, audit_mandates.of_service(work))
    for source in installation.sources.values():
        yield from _reached(source.name, audit_mandates.in_package(work, source, since))
        yield from _reached(source.name, audit_money.open_amounts(work, source))
    yield from _booked(work, scope)
    yield from audit_money.unsettled(work)
    yield from audit_files.without_answer(work, before)
    yield from audit_files.outgoing(work)
    yield from audit_files.unread(work)


def touching_money(work: Work) -> list[Difference]:
    """Those differences that may mean that money was asked or moved without our knowledge."""
    found = (
        *_booked(work, Scope()),
        *audit_money.unsettled(work),
        *audit_files.outgoing(work),
        *audit_files.unread(work),
    )
    return [one for one in found if one.kind in TOUCHES_MONEY]


def _booked(work: Work, scope: Scope) -> Iterator[Difference]:
    since = work.installation.clock() - timedelta(days=scope.since_days)
    for source in work.installation.sources.values():
        yield from _reached(source.name, audit_money.booked(work, source, since))


def _put_back(store: Store) -> Iterator[Difference]:
    with store.reading() as connection:
        recovery = recoveries.current(connection)
    if recovery is not None:
        began = recovery.began_at.date().isoformat()
        yield Difference(DifferenceKind.PUT_BACK, RECORD, str(recovery.last_pass), began, "")


def _reached(name: str, found: Iterable[Difference]) -> Iterator[Difference]:
    """What was found at another side; that it could not be reached is told as well. What it can't do is no fault."""
    try:
        yield from found
    except Unsupported:
        return
    except (Retriable, UnknownOutcome, Skippable) as error:
        yield Difference(DifferenceKind.NOT_REACHED, f"connection {name}", "", error.what, name)
