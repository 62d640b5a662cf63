"""Bank files of ours without a journal, fetched back from the bank: what was asked in them is found by derived ids.

An end-to-end id is made from an invoice and the number of the attempt, so the invoices of the mandate's customer
tell which of them a collection was for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from bankfiles.answers import Unreadable
from bankfiles.pain008.batches import batch_key
from bankfiles.pain008.derived_ids import derived_id
from bankfiles.pain008.model import Collection as FileCollection
from bankfiles.pain008.reader import read_collections
from connector.model.collection import Claim, Collection, CollectionState
from connector.model.creditor import Creditor
from connector.model.derived import end_to_end_id
from connector.model.mandate import Mandate
from connector.steps.work import Work
from connector.store import invoices, mandates
from connector.store.collection_rows import StoredCollection

_ATTEMPTS_MAX = 50
_ON_ONE_PART = 1


@dataclass(frozen=True, slots=True)
class Untraceable(Exception):
    """A collection of a bank file is for no invoice that we know."""

    end_to_end_id: str

    def __str__(self) -> str:
        return f"Collection {self.end_to_end_id} in it is for no invoice that was read."


def bare_files(folder: Path) -> list[Path]:
    """Bank files among our outgoing ones that have no journal."""
    return [path for path in sorted((folder / "outgoing").glob("*.xml")) if not path.with_suffix(".jsonl").exists()]


def traced(work: Work, path: Path) -> list[StoredCollection]:
    """The collections of a bank file, each with its invoice.

    Raises:
        Untraceable: one of them is for no invoice that we know.
    """
    creditors = {(one.identifier, one.iban): one for one in work.installation.creditors.values()}
    with work.store.reading() as connection, path.open("rb") as source:
        return [
            _traced(connection, creditors, path.stem, batch_id, told)
            for batch_id, told in _with_batches(path.stem, read_collections(source))
        ]


def _with_batches(message_id: str, told: Iterator[FileCollection | Unreadable]) -> Iterator[tuple[str, FileCollection]]:
    """Each collection with the id that its batch was given when the file was written."""
    number, key = 0, None
    for one in told:
        if isinstance(one, Unreadable):
            raise Untraceable(f"in line {one.line}")
        if batch_key(one) != key:
            number, key = number + 1, batch_key(one)
        yield derived_id(message_id, f"-{number}"), one


def _traced(
    connection: Connection,
    creditors: Mapping[tuple[str, str], Creditor],
    message_id: str,
    batch_id: str,
    told: FileCollection,
) -> StoredCollection:
    creditor = creditors.get((told.creditor.identifier, told.creditor.iban))
    mandate = mandates.find(connection, told.mandate_reference, creditor.id) if creditor else None
    claim = _claim(connection, mandate, told) if mandate else None
    if creditor is None or mandate is None or claim is None:
        raise Untraceable(told.end_to_end_id)
    collection = Collection(
        end_to_end_id=told.end_to_end_id,
        creditor=creditor.id,
        customer=mandate.customer,
        mandate_reference=mandate.reference,
        amount=told.amount,
        collection_date=told.collection_date,
        sequence_type=told.sequence_type,
        state=CollectionState.IN_FILE,
        remittance=str(told.remittance or ""),
        claims=(claim,),
    )
    return StoredCollection(
        collection=collection,
        run=message_id,
        scheme=told.scheme,
        debtor_name=told.debtor_name,
        debtor_iban=told.debtor_iban,
        debtor_bic=told.debtor_bic,
        mandate_signed_on=told.mandate_signed_on,
        bank_file=message_id,
        batch_id=batch_id,
        settled_on=None,
        reason_code=None,
    )


def _claim(connection: Connection, mandate: Mandate, told: FileCollection) -> Claim | None:
    for invoice in invoices.of_customer(connection, mandate.customer):
        for attempt in range(1, _ATTEMPTS_MAX + 1):
            if end_to_end_id(invoice.key, invoice.number, _ON_ONE_PART, attempt) == told.end_to_end_id:
                return Claim(invoice.key, _ON_ONE_PART, attempt, told.amount)
    return None
