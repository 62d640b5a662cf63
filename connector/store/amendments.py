"""Amendments: which account of an amended mandate the debtor's bank knows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from connector.model.collection import CollectionState
from connector.store.chunks import chunks
from connector.store.tables import collections

_S = CollectionState
_UNANSWERED = frozenset({_S.IN_FILE, _S.SUBMITTED})
_WITH_THE_BANK = _UNANSWERED | {_S.ACCEPTED, _S.SETTLED, _S.RETURNED, _S.REFUNDED, _S.REVERSED}


def known_accounts(connection: Connection, creditor: str, references: Iterable[str]) -> dict[str, str]:
    """The account under which the last collection of each mandate went through, by mandate reference.

    A collection that was rejected taught the bank nothing. One that waits for its answer may still be rejected: so
    long, what it said it comes from is what is known.
    """
    known: dict[str, str] = {}
    for some in chunks(references):
        rows = connection.execute(
            select(
                collections.c.mandate_reference,
                collections.c.state,
                collections.c.debtor_iban,
                collections.c.amended_from,
            )
            .where(
                collections.c.creditor == creditor,
                collections.c.mandate_reference.in_(some),
                collections.c.state.in_([state.value for state in _WITH_THE_BANK]),
            )
            .order_by(collections.c.collection_date, collections.c.end_to_end_id)
        )
        for row in rows:
            waits = row.state in _UNANSWERED and row.amended_from
            known[row.mandate_reference] = row.amended_from if waits else row.debtor_iban
    return known
