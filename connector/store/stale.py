"""Collections that must not leave any more: what they ask for, or the mandate that they need, changed since."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from bankfiles.pain008.model import SequenceType
from connector.model.collection import CollectionState
from connector.model.invoice import InvoiceKind
from connector.model.mandate import MandateState
from connector.store.tables import claims, collections, invoices, mandates


class Stale(NamedTuple):
    """A collection with what is true now of its invoice and mandate.

    Attributes:
        claimed, open_amount: what it asks for and what is open.
        usable: the mandate's state allows it; `same`: invoice and mandate still belong together as they did.
        gone: the package has the invoice no more.
    """

    end_to_end_id: str
    claimed: Decimal
    open_amount: Decimal
    kind: InvoiceKind
    currency: str
    mandate_state: MandateState
    usable: bool
    same: bool
    gone: bool


def of_run(connection: Connection, run: str) -> list[Stale]:
    """Approved collections of a run that must not leave."""
    return list(
        _stale(connection, and_(collections.c.run == run, collections.c.state == CollectionState.APPROVED.value))
    )


def of_file(connection: Connection, message_id: str) -> list[Stale]:
    """Collections in a file that must not leave."""
    in_file = and_(collections.c.bank_file == message_id, collections.c.state == CollectionState.IN_FILE.value)
    return list(_stale(connection, in_file))


def _stale(connection: Connection, condition: ColumnElement[bool]) -> Iterator[Stale]:
    """Those that meet the condition and are not what they were proposed as."""
    spent_by_this = and_(
        collections.c.sequence_type == SequenceType.ONE_OFF.value, mandates.c.state == MandateState.SPENT.value
    )
    usable = or_(mandates.c.state == MandateState.ACTIVE.value, spent_by_this)
    same = and_(
        mandates.c.iban == collections.c.debtor_iban,
        invoices.c.customer_id == collections.c.customer_id,
        or_(
            invoices.c.mandate_reference.is_(None),
            invoices.c.mandate_reference == collections.c.mandate_reference,
        ),
    )
    sound = and_(
        invoices.c.gone.is_(false()),
        invoices.c.kind == InvoiceKind.INVOICE.value,
        invoices.c.currency == "EUR",
        invoices.c.open_amount >= claims.c.amount,
        usable,
        same,
    )
    rows = connection.execute(
        select(
            collections.c.end_to_end_id,
            claims.c.amount,
            invoices.c.open_amount,
            invoices.c.kind,
            invoices.c.currency,
            mandates.c.state,
            usable,
            same,
            invoices.c.gone,
        )
        .join(claims, claims.c.end_to_end_id == collections.c.end_to_end_id)
        .join(invoices, and_(invoices.c.source == claims.c.source, invoices.c.id == claims.c.invoice_id))
        .join(
            mandates,
            and_(
                mandates.c.creditor == collections.c.creditor,
                mandates.c.reference == collections.c.mandate_reference,
            ),
        )
        .where(condition, ~sound)
        .order_by(collections.c.end_to_end_id)
    )
    for row in rows:
        id_, claimed, open_amount, kind, currency, state, is_usable, is_same, gone = row
        yield Stale(
            id_,
            claimed,
            open_amount,
            InvoiceKind(kind),
            currency,
            MandateState(state),
            bool(is_usable),
            bool(is_same),
            gone,
        )
