"""Who and what needs a person: queries that start from the few that may, never from all invoices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select, true

from connector.model.collection import FAILED_STATES, CollectionState
from connector.model.customer import Customer
from connector.model.invoice import InvoiceKind
from connector.model.mandate import MandateState
from connector.model.reason import Reason, ReasonCode
from connector.store.chunks import chunks
from connector.store.customers import customer_of
from connector.store.remarks import claims_of
from connector.store.tables import claims, collections, customers, exceptions, invoices, mandates

_AFTER_A_SIGNATURE = [
    state.value
    for state in (
        MandateState.AWAITING_BANK,
        MandateState.SUSPENDED,
        MandateState.CANCELLED,
        MandateState.EXPIRED,
        MandateState.SPENT,
    )
]
_FAILED_AT_THE_BANK = [state.value for state in FAILED_STATES - {CollectionState.CANCELLED}]

_ALL = claims.alias("all_claims")  # beside those that a query starts from


class Asked(NamedTuple):
    """An open invoice, and how often it was asked for."""

    invoice: str
    attempts: int


def customers_without_mandate(connection: Connection, source: str, today: date) -> list[Customer]:
    """Customers who owe what is due, and under no active mandate: who should pay by direct debit, or once did."""
    of_customer = and_(mandates.c.source == customers.c.source, mandates.c.customer_id == customers.c.id)
    active = exists().where(of_customer, mandates.c.state == MandateState.ACTIVE.value)
    had_one = exists().where(of_customer, mandates.c.state.in_(_AFTER_A_SIGNATURE))
    due = exists().where(
        invoices.c.source == customers.c.source,
        invoices.c.customer_id == customers.c.id,
        invoices.c.due_on <= today,
        _is_open(),
    )
    rows = connection.execute(
        select(customers).where(
            customers.c.source == source,
            customers.c.active.is_(true()),
            customers.c.gone.is_(false()),
            or_(customers.c.direct_debit.is_(true()), and_(customers.c.direct_debit.is_(None), had_one)),
            ~active,
            due,
        )
    )
    return [customer_of(row) for row in rows]


def invoices_asked_in_vain(connection: Connection, source: str, attempts: int) -> list[Asked]:
    """Open invoices that were asked for as often as the rules allow, and of which the bank said no."""
    of_invoice = and_(_ALL.c.source == invoices.c.source, _ALL.c.invoice_id == invoices.c.id)
    used = select(func.count()).select_from(_ALL).where(of_invoice, _ALL.c.counts.is_(true())).scalar_subquery()
    rows = connection.execute(
        select(invoices.c.id, used)
        .select_from(collections)
        .join(claims, claims.c.end_to_end_id == collections.c.end_to_end_id)
        .join(invoices, and_(invoices.c.source == claims.c.source, invoices.c.id == claims.c.invoice_id))
        .where(collections.c.state.in_(_FAILED_AT_THE_BANK), claims_of(source), _is_open(), used >= attempts)
        .distinct()
    )
    return [Asked(row[0], row[1]) for row in rows]


def shown(connection: Connection, codes: Iterable[ReasonCode]) -> list[tuple[str, Reason]]:
    """Open Exceptions of these kinds: the record's name and the reason."""
    rows = connection.execute(
        select(exceptions.c.record, exceptions.c.code, exceptions.c.facts).where(
            exceptions.c.open.is_(true()), exceptions.c.code.in_([code.value for code in codes])
        )
    )
    return [(row.record, Reason(ReasonCode(row.code), row.facts)) for row in rows]


def invoices_of(connection: Connection, source: str, end_to_end_ids: Collection[str]) -> dict[str, list[str]]:
    """Ids of a source's invoices that these collections asked for."""
    found: dict[str, list[str]] = {}
    for some in chunks(end_to_end_ids):
        for row in connection.execute(
            select(claims.c.end_to_end_id, claims.c.invoice_id).where(
                claims.c.source == source, claims.c.end_to_end_id.in_(some)
            )
        ):
            found.setdefault(row.end_to_end_id, []).append(row.invoice_id)
    return found


def still_open(connection: Connection, source: str, ids: Iterable[str]) -> set[str]:
    """Those of these invoices of which something is open that is not being collected."""
    found: set[str] = set()
    for some in chunks(ids):
        rows = connection.execute(
            select(invoices.c.id).where(invoices.c.source == source, invoices.c.id.in_(some), _is_open())
        )
        found.update(rows.scalars())
    return found


def _is_open() -> ColumnElement[bool]:
    """Whether an invoice could be collected, and is not being collected."""
    of_invoice = and_(_ALL.c.source == invoices.c.source, _ALL.c.invoice_id == invoices.c.id)
    claimed = exists().where(of_invoice, _ALL.c.live.is_(true()))
    return and_(
        invoices.c.kind == InvoiceKind.INVOICE.value,
        invoices.c.currency == "EUR",
        invoices.c.gone.is_(false()),
        invoices.c.open_amount > Decimal(0),
        ~claimed,
    )
