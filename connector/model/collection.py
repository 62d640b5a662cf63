"""Collection: one amount from one debtor on one date under one mandate, and the claims it makes on invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bankfiles.frozen import maker_of
from bankfiles.pain008.model import SequenceType
from connector.errors import IllegalTransition
from connector.model.customer import RecordKey
from connector.model.mandate import MandateType

AMOUNT_MIN = Decimal("0.01")
AMOUNT_MAX = Decimal("999999999.99")  # EPC SDD rulebook, AT-06


class CollectionState(StrEnum):
    """Life of a collection."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_FILE = "in_file"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"
    REFUNDED = "refunded"
    REVERSED = "reversed"
    CANCELLED = "cancelled"


_S = CollectionState
_ENDED_BY_BANK = frozenset({_S.SETTLED, _S.REJECTED, _S.RETURNED, _S.REFUNDED, _S.REVERSED})
_NEXT: dict[CollectionState, frozenset[CollectionState]] = {
    _S.PROPOSED: frozenset({_S.APPROVED, _S.CANCELLED}),
    _S.APPROVED: frozenset({_S.IN_FILE, _S.CANCELLED}),
    # Back to approved: its file is withdrawn before it left, and written anew without what changed since.
    # The bank's answers arrive in any order, even before our own note that the file was sent.
    _S.IN_FILE: frozenset({_S.APPROVED, _S.SUBMITTED, _S.ACCEPTED, _S.CANCELLED}) | _ENDED_BY_BANK,
    _S.SUBMITTED: frozenset({_S.ACCEPTED, _S.CANCELLED}) | _ENDED_BY_BANK,
    _S.ACCEPTED: frozenset({_S.CANCELLED}) | _ENDED_BY_BANK,
    _S.SETTLED: frozenset({_S.RETURNED, _S.REFUNDED, _S.REVERSED}),
    _S.REJECTED: frozenset(),
    _S.RETURNED: frozenset(),
    _S.REFUNDED: frozenset(),
    _S.REVERSED: frozenset(),
    _S.CANCELLED: frozenset(),
}

FAILED_STATES = frozenset({_S.REJECTED, _S.RETURNED, _S.REFUNDED, _S.REVERSED, _S.CANCELLED})
"""States that give the money (back) to the debtor: the claims on the invoices are released."""


def next_state(end_to_end_id: str, old: CollectionState, new: CollectionState) -> CollectionState:
    """The new state, if it can be reached.

    Raises:
        IllegalTransition: it can't.
    """
    if new not in _NEXT[old]:
        raise IllegalTransition(
            f"A collection that is {old} can't become {new}.",
            where=f"collection {end_to_end_id}",
            remedy="Compare its history with the bank statement.",
        )
    return new


@dataclass(frozen=True, slots=True)
class Claim:
    """The part of one invoice that a collection asks for.

    Attributes:
        part: which part of the invoice, from 1; an invoice that is collected whole has one part.
        attempt: how often this part has been asked for, this time included; from 1.
    """

    invoice: RecordKey
    part: int
    attempt: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Collection:
    """One direct debit of ours."""

    end_to_end_id: str
    creditor: str
    customer: RecordKey
    mandate_reference: str
    amount: Decimal
    collection_date: date
    sequence_type: SequenceType
    state: CollectionState
    remittance: str
    claims: tuple[Claim, ...]


new_claim, new_collection = maker_of(Claim), maker_of(Collection)  # as the classes, where very many are made


def sequence_type_for(mandate_type: MandateType) -> SequenceType:
    """One-off mandates collect OOFF; all others RCUR, which may be the first since 20 November 2016."""
    return SequenceType.ONE_OFF if mandate_type is MandateType.ONE_OFF else SequenceType.RECURRENT
