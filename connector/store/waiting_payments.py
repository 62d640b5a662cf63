"""Payments that wait: money that is there, and that is booked only when nobody can have it back without a reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from connector.store.package_tables import waiting_payments
from connector.store.tables import collections
from connector.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class WaitingPayment:
    """A collection that was settled on `paid_on` and is booked on `book_on`."""

    end_to_end_id: str
    book_on: date
    paid_on: date
    bank_reference: str


def add(connection: Connection, waiting: WaitingPayment) -> None:
    """Let a payment wait; one that waits already stays as it is."""
    row = {
        "end_to_end_id": waiting.end_to_end_id,
        "book_on": waiting.book_on,
        "paid_on": waiting.paid_on,
        "bank_reference": waiting.bank_reference,
    }
    insert_new(connection, waiting_payments, row)


def remove(connection: Connection, end_to_end_id: str) -> bool:
    """It waits no more. Returns whether it did."""
    return (
        connection.execute(delete(waiting_payments).where(waiting_payments.c.end_to_end_id == end_to_end_id)).rowcount
        == 1
    )


def find(connection: Connection, end_to_end_id: str) -> WaitingPayment | None:
    """The payment of a collection, if it waits."""
    row = connection.execute(select(waiting_payments).where(waiting_payments.c.end_to_end_id == end_to_end_id)).first()
    return _of(row) if row else None


def due(connection: Connection, creditors: Collection[str], until: date | None, limit: int) -> list[WaitingPayment]:
    """The next payments of these creditors that are booked on this day or before; all if no day is given."""
    query = (
        select(waiting_payments)
        .join(collections, collections.c.end_to_end_id == waiting_payments.c.end_to_end_id)
        .where(collections.c.creditor.in_(list(creditors)))
        .order_by(waiting_payments.c.book_on, waiting_payments.c.end_to_end_id)
        .limit(limit)
    )
    if until is not None:
        query = query.where(waiting_payments.c.book_on <= until)
    return [_of(row) for row in connection.execute(query)]


def _of(row: Row[Any]) -> WaitingPayment:
    return WaitingPayment(row.end_to_end_id, row.book_on, row.paid_on, row.bank_reference)
