"""Matching: which of our collections an answer of the bank is about.

Order (an exact id first, the amount last): end-to-end id; mandate reference with amount; batch; file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from bankfiles.answers import Answer, Scope
from connector.model.collection import FAILED_STATES, CollectionState
from connector.store import bank_files, collections
from connector.store.bank_files import BankFile
from connector.store.collection_rows import StoredCollection

_SENT = frozenset(CollectionState) - FAILED_STATES - {CollectionState.PROPOSED, CollectionState.APPROVED}


@dataclass(frozen=True, slots=True)
class Match:
    """What an answer is about. `file` is set if it is about the file as a whole."""

    collections: Sequence[StoredCollection]
    file: BankFile | None = None


def match(connection: Connection, creditor: str, answer: Answer) -> Match | None:
    """The collections of this creditor that an answer is about; None if there are none."""
    found = _by_end_to_end_id(connection, answer) or _by_mandate(connection, answer)
    if found is None and answer.scope is not Scope.TRANSACTION:
        found = _by_batch(connection, answer) or _by_file(connection, answer)
    if found is None or any(stored.collection.creditor != creditor for stored in found.collections):
        return None
    return found


def names_ours(connection: Connection, answer: Answer) -> bool:
    """Whether an answer names a batch or file of ours, even if its amount does not fit."""
    batch = bank_files.find_batch(connection, answer.batch_id) if answer.batch_id else None
    file = bank_files.find(connection, answer.message_id) if answer.message_id else None
    return batch is not None or file is not None


def _by_end_to_end_id(connection: Connection, answer: Answer) -> Match | None:
    stored = collections.find(connection, answer.end_to_end_id) if answer.end_to_end_id else None
    return Match([stored]) if stored else None


def _by_mandate(connection: Connection, answer: Answer) -> Match | None:
    """By mandate and amount, if that fits one collection only. Never if the bank gave an end-to-end id."""
    amount = answer.original_amount or answer.amount
    if answer.end_to_end_id or not answer.mandate_reference or amount is None:
        return None
    ids = collections.ids_where(connection, mandate_reference=answer.mandate_reference, amount=amount, states=_SENT)
    if len(ids) != 1:
        return None
    return Match(list(collections.find_many(connection, ids).values()))


def _by_batch(connection: Connection, answer: Answer) -> Match | None:
    """A batch as a whole. A booked total that is not the batch's is no match: something else is in it."""
    batch = bank_files.find_batch(connection, answer.batch_id) if answer.batch_id else None
    if batch is None:
        return None
    ids = collections.ids_where(connection, bank_file=batch.message_id, batch_id=batch.batch_id, states=_SENT)
    found = list(collections.find_many(connection, ids).values())
    if answer.amount is not None and answer.amount != _open_total(found) and answer.amount != batch.total:
        return None
    return Match(found)


def _by_file(connection: Connection, answer: Answer) -> Match | None:
    file = bank_files.find(connection, answer.message_id) if answer.message_id else None
    if file is None:
        return None
    ids = collections.ids_where(connection, bank_file=file.message_id, states=_SENT)
    found = list(collections.find_many(connection, ids).values())
    if answer.amount is not None and answer.amount != _open_total(found) and answer.amount != file.total:
        return None
    return Match(found, file)


def _open_total(found: Sequence[StoredCollection]) -> Decimal:
    return sum((stored.collection.amount for stored in found), Decimal(0))
