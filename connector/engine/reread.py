"""Reread: take a feed again from its start, where the audit shows that something was missed.

Nothing is asked twice by it: a record that is the same as before costs no write, an event or an answer that was applied
is not applied again. What the bank said is read again from what was kept of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from connector.engine.audit_mandates import contradictions
from connector.engine.lease import Scope, lease
from connector.engine.replay import unread_files
from connector.model.deed import Step
from connector.ports import Feed
from connector.steps import journal, reconcile
from connector.steps.work import Work
from connector.store import cursors, effects, recoveries, rereading
from connector.store.database import Store
from connector.store.history import Act
from connector.store.recoveries import Cause

BANK = "bank"
"""The one feed that is not read from another side again, but from the files that were kept."""

STEP_OF: Mapping[str, Step] = {
    Feed.CUSTOMERS.value: Step.PULL,
    Feed.INVOICES.value: Step.PULL,
    Feed.MANDATES.value: Step.PULL,
    Feed.MANDATE_EVENTS.value: Step.FOLLOW,
    BANK: Step.RECONCILE,
}
"""The step that reads each feed."""

_OF_PACKAGES = (Feed.CUSTOMERS, Feed.INVOICES, Feed.MANDATES)


class NothingToMakeAgain(LookupError):
    """There is no such change, or it is not one that was made."""


def set_back(work: Work, feeds: Collection[str]) -> None:
    """Begin these feeds anew: the next pass reads them from their start. The bank's files are read again at once."""
    with lease(work.store, work.folder, Scope(), work.installation.clock) as fenced:
        held = Work(work.installation, fenced, by=work.by, folder=work.folder, tell=work.tell)
        _set_back(held, feeds)
        if BANK in feeds:
            _read_bank_again(held)


def _set_back(work: Work, feeds: Collection[str]) -> None:
    now, service = work.installation.clock(), work.installation.mandates.name
    events = Feed.MANDATE_EVENTS.value in feeds
    missed = [id_ for one in contradictions(work) for id_ in one.missed] if events else []
    with work.store.transaction() as connection:
        for source in work.installation.sources:
            for feed in _OF_PACKAGES:
                if feed.value in feeds:
                    cursors.move(connection, source, feed, "", now)
        if events:
            cursors.move(connection, service, Feed.MANDATE_EVENTS, "", now)
            rereading.forget_events(connection, service, missed)


def _read_bank_again(work: Work) -> None:
    """Files that were never read in, then the answers that found no collection when they came."""
    for kept in unread_files(work):
        reconcile.apply_kept(work, kept.creditor, kept.name, kept.path, kept.path.name)
    received = journal.received_folder(work.folder)
    with work.store.reading() as connection:
        unmatched = rereading.files_with_unmatched(connection)
    for file in unmatched:
        if (received / file.sha256).is_file():
            reconcile.apply_again(work, file.creditor, file.name, received / file.sha256, file.sha256)


def recover(work: Work) -> bool:
    """Take the database for older than the world, until a pass has compared them from the start.

    Returns False if it is so taken already.
    """
    with lease(work.store, work.folder, Scope(), work.installation.clock) as fenced:
        with fenced.transaction() as connection:
            if recoveries.current(connection) is not None:
                return False
            recoveries.begin(connection, Cause.ASKED, work.installation.clock(), complete=True)
        _set_back(Work(work.installation, fenced, by=work.by, folder=work.folder), [*STEP_OF])
    return True


def make_again(store: Store, key: str, act: Act) -> None:
    """Let a change that was made, and is gone at the other side, be made again; it is looked up there first.

    Raises:
        NothingToMakeAgain: there is no such change, or it was not made.
    """
    with store.transaction() as connection:
        effect = effects.find(connection, key)
        if effect is None or not rereading.doubt(connection, effect, act):
            raise NothingToMakeAgain(f"No change {key} was made.")
