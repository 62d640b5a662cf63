"""Approval: a person looks at a collection run before it goes to the bank, where the rules ask for that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from connector.engine import recover
from connector.installation import Installation
from connector.model.collection import CollectionState
from connector.steps.release import cancel
from connector.store import collections, recoveries, runs
from connector.store.database import Store
from connector.store.history import Act
from connector.store.runs import Run, WaitingRun


class NoSuchRun(LookupError):
    """No run of this name waits for approval."""


class RunChanged(ValueError):
    """A run is not what the person saw, or not what was proposed."""


class MayHaveLeft(RuntimeError):
    """The database was put back: what is in no file here may be in one at the bank."""


def waiting(store: Store) -> list[WaitingRun]:
    """The runs that wait, oldest first."""
    with store.reading() as connection:
        return runs.waiting(connection)


def approve(store: Store, name: str, at: datetime, by: str, digest: str = "") -> WaitingRun:
    """Let a run go to the bank with the next pass, as it was proposed.

    Args:
        digest: of the run that the person saw, or its beginning; empty if they name the run alone.

    Raises:
        NoSuchRun: none of this name waits.
        RunChanged: it is another one than was seen, or not what was proposed.
    """
    with store.transaction() as connection:
        found = _waiting(connection, name)
        if not found.digest.startswith(digest):
            raise RunChanged(f"The run {name} is not the one with digest {digest}, but {found.digest[:12]}.")
        if not runs.is_as_proposed(connection, name):
            raise RunChanged(f"The run {name} was changed in the database since it was proposed. Let go of it.")
        runs.approve(connection, Run(found.id, found.creditor), Act(at, by), "approved")
    return found


def let_go(installation: Installation, store: Store, name: str, at: datetime, by: str) -> WaitingRun:
    """Cancel all collections of a run that are in no file yet: its invoices are announced and proposed anew.

    Raises:
        NoSuchRun: none of this name waits for approval or for its file.
        MayHaveLeft: nobody knows yet whether one of its files did.
    """
    recover.look(installation, store)
    with store.transaction() as connection:
        found = _find(runs.not_in_file(connection), name)
        _check_that_none_left(connection, name)
        proposed = collections.ids_where(
            connection, run=found.id, states=[CollectionState.PROPOSED, CollectionState.APPROVED]
        )
        for stored in collections.find_many(connection, proposed).values():
            cancel(connection, stored, Act(at, by), "not approved")
        collections.forgive(connection, proposed)
    return found


def _check_that_none_left(connection: Connection, name: str) -> None:
    recovery = recoveries.current(connection)
    if recovery is not None and not (recovery.replayed and recovery.complete):
        raise MayHaveLeft(f"The database was put back, and a file of the run {name} may have left before that.")


def _waiting(connection: Connection, name: str) -> WaitingRun:
    return _find(runs.waiting(connection), name)


def _find(listed: Sequence[WaitingRun], name: str) -> WaitingRun:
    found = next((run for run in listed if run.id == name), None)
    if found is None:
        raise NoSuchRun(f"No collection run named {name} waits for approval.")
    return found
