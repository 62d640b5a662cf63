"""Approval: a person looks at a collection run before it goes to the bank, where the rules ask for that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from connector.model.collection import CollectionState
from connector.steps.release import cancel
from connector.store import collections, runs
from connector.store.database import Store
from connector.store.history import Act
from connector.store.runs import Run, WaitingRun


class NoSuchRun(LookupError):
    """No run of this name waits for approval."""


def waiting(store: Store) -> list[WaitingRun]:
    """The runs that wait, oldest first."""
    with store.reading() as connection:
        return runs.waiting(connection)


def approve(store: Store, name: str, at: datetime, by: str) -> WaitingRun:
    """Let a run go to the bank with the next pass."""
    with store.transaction() as connection:
        found = _waiting(connection, name)
        runs.approve(connection, Run(found.id, found.creditor), Act(at, by), "approved")
    return found


def let_go(store: Store, name: str, at: datetime, by: str) -> WaitingRun:
    """Cancel all collections of a run: its invoices are announced and proposed anew."""
    with store.transaction() as connection:
        found = _waiting(connection, name)
        proposed = collections.ids_where(connection, run=found.id, states=[CollectionState.PROPOSED])
        for stored in collections.find_many(connection, proposed).values():
            cancel(connection, stored, Act(at, by), "not approved")
        collections.forgive(connection, proposed)
    return found


def _waiting(connection: Connection, name: str) -> WaitingRun:
    found = next((run for run in runs.waiting(connection) if run.id == name), None)
    if found is None:
        raise NoSuchRun(f"No collection run named {name} waits for approval.")
    return found
