"""Invoices as last read from their package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select, true

from connector.model.customer import RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import MandateState
from connector.store.changed import Saved, digest_of, save_changed
from connector.store.tables import claims, invoices, mandates, notices


def save(connection: Connection, records: Sequence[Invoice], at: datetime) -> Saved:
    """Store invoices as they were read; those that did not change are left alone."""
    return save_changed(connection, invoices, [_row(invoice, at) for invoice in records])


def find(connection: Connection, key: RecordKey) -> Invoice | None:
    """The invoice with this key."""
    row = connection.execute(select(invoices).where(invoices.c.source == key.source, invoices.c.id == key.id)).first()
    return invoice_of(row) if row else None


def search(connection: Connection, word: str) -> list[Invoice]:
    """Invoices whose id or number is this word."""
    rows = connection.execute(select(invoices).where(or_(invoices.c.id == word, invoices.c.number == word)))
    return [invoice_of(row) for row in rows]


def of_customer(connection: Connection, key: RecordKey) -> list[Invoice]:
    """All invoices of a customer, latest first."""
    rows = connection.execute(
        select(invoices)
        .where(invoices.c.source == key.source, invoices.c.customer_id == key.id)
        .order_by(invoices.c.due_on.desc(), invoices.c.id)
    )
    return [invoice_of(row) for row in rows]


def to_announce(
    connection: Connection, source: str, due_until: date, stale_before: date, attempts: int
) -> Iterator[list[Invoice]]:
    """Invoices that may need a notice: no live one, or one that is late or for less than is open now."""
    fresh = exists().where(
        notices.c.source == invoices.c.source,
        notices.c.invoice_id == invoices.c.id,
        notices.c.live.is_(true()),
        notices.c.collection_date >= stale_before,
        notices.c.amount >= invoices.c.open_amount,
    )
    yield from _batches(connection, and_(_collectable(source, due_until, attempts), ~fresh))


def to_collect(
    connection: Connection, source: str, due_until: date, collected_until: date, attempts: int
) -> Iterator[list[Invoice]]:
    """Invoices that may be collected now: their notice is for a day in the window, or they need none."""
    noticed = exists().where(
        notices.c.source == invoices.c.source,
        notices.c.invoice_id == invoices.c.id,
        notices.c.live.is_(true()),
        notices.c.collection_date <= collected_until,
    )
    ready = or_(noticed, invoices.c.announces_debit.is_(true()))
    yield from _batches(connection, and_(_collectable(source, due_until, attempts), ready))


def announced_by_package(
    connection: Connection, source: str, due_until: date, attempts: int
) -> Iterator[list[Invoice]]:
    """Invoices that may be collected now where no notices of ours are sent at all."""
    yield from _batches(connection, _collectable(source, due_until, attempts))


_BATCH = 500


def _collectable(source: str, due_until: date, attempts: int) -> ColumnElement[bool]:
    """Open EUR invoices with a signed mandate, no live claim and attempts left."""
    of_invoice = and_(claims.c.source == invoices.c.source, claims.c.invoice_id == invoices.c.id)
    claimed = exists().where(of_invoice, or_(claims.c.live.is_(true()), claims.c.attempt >= attempts))
    has_mandate = exists().where(
        mandates.c.source == invoices.c.source,
        mandates.c.customer_id == invoices.c.customer_id,
        mandates.c.state == MandateState.ACTIVE.value,
    )
    return and_(
        invoices.c.source == source,
        invoices.c.kind == InvoiceKind.INVOICE.value,
        invoices.c.currency == "EUR",
        invoices.c.open_amount > Decimal(0),
        invoices.c.due_on <= due_until,
        ~claimed,
        has_mandate,
    )


def _batches(connection: Connection, condition: ColumnElement[bool]) -> Iterator[list[Invoice]]:
    """Matching invoices by due date and id. The next batch is asked for after the last one: rows may change."""
    after: tuple[date, str] | None = None
    while True:
        further = (
            condition
            if after is None
            else and_(
                condition,
                or_(
                    invoices.c.due_on > after[0],
                    and_(invoices.c.due_on == after[0], invoices.c.id > after[1]),
                ),
            )
        )
        rows = connection.execute(
            select(invoices).where(further).order_by(invoices.c.due_on, invoices.c.id).limit(_BATCH)
        ).all()
        if not rows:
            return
        yield [invoice_of(row) for row in rows]
        after = (rows[-1].due_on, rows[-1].id)


def _row(invoice: Invoice, at: datetime) -> dict[str, Any]:
    row = {
        "source": invoice.key.source,
        "id": invoice.key.id,
        "customer_id": invoice.customer.id,
        "number": invoice.number,
        "kind": invoice.kind.value,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "total": invoice.total,
        "open_amount": invoice.open_amount,
        "currency": invoice.currency,
        "reference": invoice.reference,
        "mandate_reference": invoice.mandate_reference,
        "announces_debit": invoice.announces_debit,
    }
    return row | {"digest": digest_of(row), "read_at": at}


def invoice_of(row: Row[Any]) -> Invoice:
    """An invoice from its row."""
    return Invoice(
        key=RecordKey(row.source, row.id),
        customer=RecordKey(row.source, row.customer_id),
        number=row.number,
        kind=InvoiceKind(row.kind),
        issued_on=row.issued_on,
        due_on=row.due_on,
        total=row.total,
        open_amount=row.open_amount,
        currency=row.currency,
        reference=row.reference,
        mandate_reference=row.mandate_reference,
        announces_debit=row.announces_debit,
    )
