"""Queries of the audit: what we believe, to be held against the world."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, exists, select

from connector.model.collection import CollectionState
from connector.model.customer import RecordKey
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.mandate import MandateState
from connector.store.bank_files import BankFile, FileState, file_of
from connector.store.chunks import chunks
from connector.store.effects import effect_of
from connector.store.tables import (
    bank_files,
    claims,
    collections,
    customers,
    effects,
    invoices,
    mandate_events,
    mandates,
)

_SENT = (CollectionState.IN_FILE, CollectionState.SUBMITTED, CollectionState.ACCEPTED)
_UNANSWERED = (CollectionState.IN_FILE, CollectionState.SUBMITTED)
_SIGN = {EffectKind.REGISTER_PAYMENT.value: -1, EffectKind.REGISTER_RETURN.value: 1}


@dataclass(frozen=True, slots=True)
class Overdue:
    """A collection that the bank should have answered."""

    end_to_end_id: str
    creditor: str
    state: CollectionState
    collection_date: date


def mandate_states(connection: Connection) -> dict[str, MandateState]:
    """The state of every mandate, by its reference."""
    rows = connection.execute(select(mandates.c.reference, mandates.c.state))
    return {row.reference: MandateState(row.state) for row in rows}


def events_without_mandate(connection: Connection, service: str) -> dict[str, list[str]]:
    """Ids of the events that a service told of mandates that are not known here, by their references."""
    known = exists().where(mandates.c.reference == mandate_events.c.reference)
    rows = connection.execute(
        select(mandate_events.c.reference, mandate_events.c.id)
        .where(mandate_events.c.service == service, ~known)
        .order_by(mandate_events.c.reference, mandate_events.c.id)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.reference, []).append(row.id)
    return found


def customers_without_mandate(connection: Connection, source: str) -> list[RecordKey]:
    """Customers of a source for whom no mandate is known, whatever the rules want."""
    has_mandate = exists().where(mandates.c.source == customers.c.source, mandates.c.customer_id == customers.c.id)
    rows = connection.execute(
        select(customers.c.source, customers.c.id)
        .where(customers.c.source == source, ~has_mandate)
        .order_by(customers.c.id)
    )
    return [RecordKey(*row) for row in rows]


def done_since(connection: Connection, kind: EffectKind, target: str, since: datetime) -> list[Effect]:
    """Changes of a kind that were made at a target since then, by key."""
    rows = connection.execute(
        select(effects)
        .where(
            effects.c.kind == kind.value,
            effects.c.target == target,
            effects.c.state == EffectState.DONE.value,
            effects.c.changed_at >= since,
        )
        .order_by(effects.c.key)
    )
    return [effect_of(row) for row in rows]


def effects_in(connection: Connection, states: Collection[EffectState]) -> list[Effect]:
    """All changes in these states, by key."""
    rows = connection.execute(
        select(effects).where(effects.c.state.in_([state.value for state in states])).order_by(effects.c.key)
    )
    return [effect_of(row) for row in rows]


def open_amounts(connection: Connection, source: str, ids: Iterable[str]) -> dict[str, tuple[Decimal, Decimal]]:
    """What is open on these invoices: as last read, and less what was booked since then."""
    read: dict[str, Decimal] = {}
    booked: dict[str, Decimal] = {}
    for some in chunks(ids):
        of_source = (invoices.c.source == source, invoices.c.id.in_(some))
        for row in connection.execute(select(invoices.c.id, invoices.c.open_amount).where(*of_source)):
            read[row.id] = row.open_amount
        since = connection.execute(
            select(invoices.c.id, effects.c.kind, claims.c.amount)
            .join(claims, (claims.c.source == invoices.c.source) & (claims.c.invoice_id == invoices.c.id))
            .join(effects, effects.c.about == "collection " + claims.c.end_to_end_id)
            .where(
                *of_source,
                effects.c.kind.in_(list(_SIGN)),
                effects.c.state == EffectState.DONE.value,
                effects.c.changed_at >= invoices.c.read_at,
            )
        )
        for invoice, kind, amount in since:
            booked[invoice] = booked.get(invoice, Decimal(0)) + _SIGN[kind] * amount
    return {invoice: (amount, amount + booked.get(invoice, Decimal(0))) for invoice, amount in read.items()}


def overdue(connection: Connection, before: date) -> list[Overdue]:
    """Collections that were sent, whose day was before this one, and whose fate is not known."""
    rows = connection.execute(
        select(collections)
        .where(
            collections.c.state.in_([state.value for state in _SENT]),
            collections.c.collection_date < before,
        )
        .order_by(collections.c.end_to_end_id)
    )
    return [Overdue(row.end_to_end_id, row.creditor, CollectionState(row.state), row.collection_date) for row in rows]


def silent_files(connection: Connection, before: date) -> list[BankFile]:
    """Files that were sent before this day and that the bank said nothing of, not even about one collection."""
    answered = exists().where(
        collections.c.bank_file == bank_files.c.message_id,
        collections.c.state.not_in([state.value for state in _UNANSWERED]),
    )
    return _files(connection, [FileState.SUBMITTED], datetime.combine(before, time.min, UTC), ~answered)


def unsent_files(connection: Connection) -> list[BankFile]:
    """Files that are still to be sent."""
    return _files(connection, [FileState.WRITTEN], None)


def _files(
    connection: Connection, states: Sequence[FileState], before: datetime | None, *conditions: ColumnElement[bool]
) -> list[BankFile]:
    query = select(bank_files).where(bank_files.c.state.in_([state.value for state in states]), *conditions)
    if before is not None:
        query = query.where(bank_files.c.created_at < before)
    return [file_of(row) for row in connection.execute(query.order_by(bank_files.c.message_id))]
