"""Release: give back what a collection held when it comes to nothing."""

from __future__ import annotations

from sqlalchemy import Connection

from connector.model.mandate import MandateState
from connector.store import mandates
from connector.store.collections import StoredCollection
from connector.store.history import Act


def release_mandate(connection: Connection, stored: StoredCollection, act: Act, why: str) -> None:
    """A one-off mandate whose one collection took no money may be used after all."""
    collection = stored.collection
    mandate = mandates.find(connection, collection.mandate_reference, collection.creditor)
    if mandate is not None and mandate.state is MandateState.SPENT:
        mandates.change(connection, mandate, mandate.moved(MandateState.ACTIVE), act, why)
