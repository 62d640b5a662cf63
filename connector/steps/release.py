"""Release: give back what a collection held when it comes to nothing."""

from __future__ import annotations

from sqlalchemy import Connection

from connector.model.collection import CollectionState
from connector.model.mandate import MandateState
from connector.store import collections, mandates, notices
from connector.store.collection_rows import StoredCollection
from connector.store.history import Act


def cancel(connection: Connection, stored: StoredCollection, act: Act, why: str) -> None:
    """Let go of a collection that never left: its invoices are free again, and must be announced anew."""
    collections.move(connection, stored, CollectionState.CANCELLED, act, why)
    notices.withdraw(connection, [claim.invoice for claim in stored.collection.claims])
    release_mandate(connection, stored, act, why)


def release_mandate(connection: Connection, stored: StoredCollection, act: Act, why: str) -> None:
    """A one-off mandate whose one collection took no money may be used after all."""
    collection = stored.collection
    mandate = mandates.find(connection, collection.mandate_reference, collection.creditor)
    if mandate is not None and mandate.state is MandateState.SPENT:
        mandates.change(connection, mandate, mandate.moved(MandateState.ACTIVE), act, why)
