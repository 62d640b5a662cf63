"""Invoices as last read from their package."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, exists, false, func, or_, select, true, tuple_

from connector.model.customer import RecordKey
from connector.model.invoice import Invoice, InvoiceKind, new_invoice
from connector.model.mandate import MandateState
from connector.store.changed import Saved, columns_read, save_changed
from connector.store.tables import claims, invoices, mandates, notices

_BY_KEY = select(invoices).where(invoices.c.source == bindparam("of_source"), invoices.c.id == bindparam("with_id"))


def save(connection: Connection, records: Sequence[Invoice], at: datetime) -> Saved:
    """Store invoices as they were read; those that did not change are left alone."""
    return save_changed(connection, invoices, map(_row, records), at)


def find(connection: Connection, key: RecordKey) -> Invoice | None:
    """The invoice with this key."""
    row = connection.execute(_BY_KEY, {"of_source": key.source, "with_id": key.id}).first()
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


Place = tuple[date, str]
"""Where a walk over invoices stands: due date and id of the last one seen. Rows may change behind it."""


def place_of(invoice: Invoice) -> Place:
    """The place of an invoice in a walk."""
    return invoice.due_on, invoice.key.id


def to_announce(
    connection: Connection,
    source: str,
    *,
    due_until: date,
    stale_before: date,
    attempts: int,
    after: Place | None,
) -> list[Invoice]:
    """The next invoices that may need a notice: no live one, one too late, or one for less than is open now."""
    fresh = exists().where(
        notices.c.source == invoices.c.source,
        notices.c.invoice_id == invoices.c.id,
        notices.c.live.is_(true()),
        notices.c.collection_date >= stale_before,
        notices.c.amount >= invoices.c.open_amount,
    )
    return _next(connection, and_(_collectable(source, due_until, attempts), ~fresh), after)


def to_collect(
    connection: Connection,
    source: str,
    *,
    due_until: date,
    collected_until: date,
    attempts: int,
    with_notices: bool,
    after: Place | None,
) -> list[Invoice]:
    """The next invoices that may be collected now.

    Args:
        with_notices: only those with a notice for a day in the window, or that announced the debit themselves.
    """
    condition = _collectable(source, due_until, attempts)
    if with_notices:
        noticed = exists().where(
            notices.c.source == invoices.c.source,
            notices.c.invoice_id == invoices.c.id,
            notices.c.live.is_(true()),
            notices.c.collection_date <= collected_until,
        )
        condition = and_(condition, or_(noticed, invoices.c.announces_debit.is_(true())))
    return _next(connection, condition, after)


_BATCH = 4000
_OF_AN_INVOICE = columns_read(invoices)
_KINDS = {kind.value: kind for kind in InvoiceKind}


def _collectable(source: str, due_until: date, attempts: int) -> ColumnElement[bool]:
    """Open EUR invoices with a signed mandate, no live claim and attempts left."""
    of_invoice = and_(claims.c.source == invoices.c.source, claims.c.invoice_id == invoices.c.id)
    claimed = exists().where(of_invoice, claims.c.live.is_(true()))
    asked = select(func.count()).select_from(claims).where(of_invoice, claims.c.counts.is_(true())).scalar_subquery()
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
        invoices.c.gone.is_(false()),
        ~claimed,
        asked < attempts,
        has_mandate,
    )


def _next(connection: Connection, condition: ColumnElement[bool], after: Place | None) -> list[Invoice]:
    """The next matching invoices of a walk by due date and id."""
    if after is not None:
        condition = and_(condition, tuple_(invoices.c.due_on, invoices.c.id) > after)
    rows = connection.execute(
        select(*_OF_AN_INVOICE).where(condition).order_by(invoices.c.due_on, invoices.c.id).limit(_BATCH)
    ).all()
    return [invoice_of(row) for row in rows]


def _row(invoice: Invoice) -> tuple[object, ...]:
    """The values of `_OF_AN_INVOICE`."""
    return (
        *invoice.key,
        invoice.customer.id,
        invoice.number,
        str(invoice.kind),
        invoice.issued_on,
        invoice.due_on,
        invoice.total,
        invoice.open_amount,
        invoice.currency,
        invoice.reference,
        invoice.mandate_reference,
        invoice.announces_debit,
        invoice.gone,
    )


def invoice_of(row: Row[Any]) -> Invoice:
    """An invoice from its row, which begins with the columns of `_OF_AN_INVOICE`."""
    source, id_, customer_id, number, kind, *rest = row[: len(_OF_AN_INVOICE)]
    return new_invoice(RecordKey(source, id_), RecordKey(source, customer_id), number, _KINDS[kind], *rest)
