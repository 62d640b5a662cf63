"""A collection and its claims as rows, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from bankfiles.frozen import maker_of
from bankfiles.pain008.model import Scheme, SequenceType
from connector.model.collection import Claim, Collection, CollectionState, new_claim, new_collection
from connector.model.customer import RecordKey
from connector.store.tables import claims, collections


@dataclass(frozen=True, slots=True)
class StoredCollection:
    """A collection with the debtor as they were when it was proposed, and where it went since.

    Attributes:
        amended_from: the account that the debtor's bank knows of this mandate, where it is another one: the collection
            tells that the mandate was amended.
    """

    collection: Collection
    run: str
    scheme: Scheme
    debtor_name: str
    debtor_iban: str
    debtor_bic: str | None
    mandate_signed_on: date
    bank_file: str | None
    batch_id: str | None
    settled_on: date | None
    reason_code: str | None
    amended_from: str | None = None


new_stored = maker_of(StoredCollection)  # as `StoredCollection(...)`, where very many are made

PROPOSED = (
    collections.c.end_to_end_id,
    collections.c.run,
    collections.c.creditor,
    collections.c.source,
    collections.c.customer_id,
    collections.c.mandate_reference,
    collections.c.amount,
    collections.c.collection_date,
    collections.c.sequence_type,
    collections.c.scheme,
    collections.c.state,
    collections.c.remittance,
    collections.c.debtor_name,
    collections.c.debtor_iban,
    collections.c.debtor_bic,
    collections.c.mandate_signed_on,
    collections.c.amended_from,
)


def row_of(stored: StoredCollection) -> tuple[object, ...]:
    """The values of `PROPOSED`."""
    collection = stored.collection
    return (
        collection.end_to_end_id,
        stored.run,
        collection.creditor,
        *collection.customer,
        collection.mandate_reference,
        collection.amount,
        collection.collection_date,
        collection.sequence_type.value,
        stored.scheme.value,
        collection.state.value,
        collection.remittance,
        stored.debtor_name,
        stored.debtor_iban,
        stored.debtor_bic,
        stored.mandate_signed_on,
        stored.amended_from,
    )


CLAIMED = (
    claims.c.end_to_end_id,
    claims.c.source,
    claims.c.invoice_id,
    claims.c.part,
    claims.c.attempt,
    claims.c.amount,
    claims.c.live,
    claims.c.counts,
)


def claim_row(collection: Collection, claim: Claim) -> tuple[object, ...]:
    """The values of `CLAIMED`."""
    return (collection.end_to_end_id, *claim.invoice, claim.part, claim.attempt, claim.amount, True, True)


def claim_of(row: Row[Any]) -> Claim:
    """A claim from its row."""
    return new_claim(RecordKey(row.source, row.invoice_id), row.part, row.attempt, row.amount)


def stored_of(row: Row[Any], of_collection: Sequence[Claim]) -> StoredCollection:
    """A collection from its row and its claims."""
    collection = new_collection(
        end_to_end_id=row.end_to_end_id,
        creditor=row.creditor,
        customer=RecordKey(row.source, row.customer_id),
        mandate_reference=row.mandate_reference,
        amount=row.amount,
        collection_date=row.collection_date,
        sequence_type=SequenceType(row.sequence_type),
        state=CollectionState(row.state),
        remittance=row.remittance,
        claims=tuple(of_collection),
    )
    return new_stored(
        collection=collection,
        run=row.run,
        scheme=Scheme(row.scheme),
        debtor_name=row.debtor_name,
        debtor_iban=row.debtor_iban,
        debtor_bic=row.debtor_bic,
        mandate_signed_on=row.mandate_signed_on,
        bank_file=row.bank_file,
        batch_id=row.batch_id,
        settled_on=row.settled_on,
        reason_code=row.reason_code,
        amended_from=row.amended_from,
    )
