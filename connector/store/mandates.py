"""Mandates and the events that changed them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from bankfiles.pain008.model import Scheme
from connector.model.customer import Language, RecordKey
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.mandate import Mandate, MandateEvent, MandateState, MandateType, new_mandate
from connector.store import effects, history
from connector.store.history import Act, Change, RecordKind, record_name
from connector.store.listed import is_listed, lists
from connector.store.tables import collections, mandate_events, mandates
from connector.store.tables import effects as effects_table
from connector.store.tables import history as history_table
from connector.store.upsert import insert_new

_WRITE_BACK = "store_mandate:"
_ON_ITS_WAY = frozenset({EffectState.PENDING, EffectState.SENDING, EffectState.UNKNOWN})
_NOT_YET = frozenset({MandateState.INVITED, MandateState.SIGNED, MandateState.AWAITING_BANK, MandateState.LAPSED})
_WORTH_WRITING = [state.value for state in MandateState if state not in _NOT_YET]
OF_A_MANDATE = [column for column in mandates.c if column.name not in {"invited_at", "expires_at"}]
_OF_CUSTOMERS = (
    select(*OF_A_MANDATE)
    .where(is_listed(mandates.c.source, mandates.c.customer_id))
    .order_by(mandates.c.invited_at, mandates.c.reference)
)
_NAME_LENGTH_MAX = 140  # ISO Max140Text; bank files take 70

_SCHEMES, _TYPES = {one.value: one for one in Scheme}, {one.value: one for one in MandateType}
_STATES, _LANGUAGES = {one.value: one for one in MandateState}, {one.value: one for one in Language}


@dataclass(frozen=True, slots=True)
class InvitedMandate:
    """A mandate with the dates of its invitation."""

    mandate: Mandate
    expires_at: datetime


def add_invited(connection: Connection, mandate: Mandate, expires_at: datetime, act: Act) -> None:
    """Store a mandate that the debtor is invited to sign."""
    connection.execute(insert(mandates).values(**_new(mandate, act.at, expires_at)))
    history.write(connection, act, [Change(record_of(mandate), "", mandate.state)])


def add_signed(connection: Connection, signed: Sequence[tuple[Mandate, date]], act: Act, why: str) -> None:
    """Store mandates that were signed elsewhere, each with its day of signature.

    Among the mandates of its customer each has its place by that day, as if it had been invited then.
    """
    rows = []
    for mandate, signed_on in signed:
        at = datetime.combine(signed_on, time(), UTC)
        rows.append(_new(mandate, at, at))
    if rows:
        connection.execute(insert(mandates), rows)
    history.write(connection, act, [Change(record_of(mandate), "", mandate.state, why) for mandate, _ in signed])


def came_signed(connection: Connection, mandate: Mandate) -> bool:
    """Whether a mandate was signed elsewhere, so that no mandate service of ours ever knew it."""
    first = (
        select(history_table.c.new)
        .where(history_table.c.record == record_of(mandate), history_table.c.old == "")
        .order_by(history_table.c.id)
        .limit(1)
    )
    began = connection.execute(first).scalar()
    return began not in (None, MandateState.INVITED.value, MandateState.LAPSED.value)


def change(connection: Connection, old: Mandate, new: Mandate, act: Act, why: str) -> None:
    """Store a changed mandate, with its history if its state or its account changed.

    A package that was told of the mandate is owed the change, in this transaction.
    """
    connection.execute(
        update(mandates)
        .where(mandates.c.creditor == old.creditor, mandates.c.reference == old.reference)
        .values(**_changing(new))
    )
    if new.state is not old.state or (old.iban and new.iban != old.iban):
        history.write(connection, act, [Change(record_of(old), old.state, new.state, why)])
    if _is_news(old, new):
        _owe_again(connection, new, act)


def _is_news(old: Mandate, new: Mandate) -> bool:
    """Whether the package shall hear of a change. That a one-off mandate is used, or free again, is ours alone."""
    said_before, said_now = (
        (one.state, one.iban, one.bic, one.debtor_name) if one.state is not MandateState.SPENT else None
        for one in (old, new)
    )
    comes_back = said_before is None and new.state is MandateState.ACTIVE
    return said_now is not None and said_now != said_before and not comes_back


def is_being_told(connection: Connection, mandate: Mandate) -> bool:
    """Whether the package is owed the mandate as it stands, so that what it says now may be what it was told before."""
    return any(
        one.kind is EffectKind.STORE_MANDATE and one.state in _ON_ITS_WAY
        for one in effects.about(connection, record_of(mandate))
    )


def was_told(connection: Connection, mandate: Mandate, iban: str) -> bool:
    """Whether the package was ever told this account of the mandate by us."""
    account = _account(iban)
    return any(one.facts.get("account") == account for one in effects.about(connection, record_of(mandate)))


def _owe_again(connection: Connection, mandate: Mandate, act: Act) -> None:
    """Owe the package the mandate as it stands, unless it was not told yet, will be anyway, or has no place for it."""
    told = [one for one in effects.about(connection, record_of(mandate)) if one.kind is EffectKind.STORE_MANDATE]
    if told and all(one.state not in (EffectState.PENDING, EffectState.LEFT) for one in told):
        effects.owe(connection, write_back_of(mandate, number=len(told) + 1), act.at)


def write_back_of(mandate: Mandate, number: int = 1) -> Effect:
    """The effect that tells a package of a mandate, for the n-th time."""
    again = f":{number}" if number > 1 else ""
    return Effect(
        key=f"{_WRITE_BACK}{mandate.creditor}/{mandate.reference}{again}",
        kind=EffectKind.STORE_MANDATE,
        target=mandate.customer.source,
        about=record_of(mandate),
        facts={
            "reference": mandate.reference,
            "creditor": mandate.creditor,
            "number": str(number),
            "account": _account(mandate.iban or ""),
        },
    )


def _account(iban: str) -> str:
    """An account as a short text that tells it apart and does not show it."""
    return blake2b(iban.encode(), digest_size=6).hexdigest()


def record_of(mandate: Mandate) -> str:
    """Name of a mandate in history and Exceptions."""
    return record_name(RecordKind.MANDATE, mandate.reference)


def find(connection: Connection, reference: str, creditor: str | None = None) -> Mandate | None:
    """The mandate with this reference, of this creditor if one is given."""
    found = find_invited(connection, reference, creditor)
    return found.mandate if found else None


def find_invited(connection: Connection, reference: str, creditor: str | None = None) -> InvitedMandate | None:
    """The mandate with this reference and the dates of its invitation."""
    query = select(mandates).where(mandates.c.reference == reference)
    if creditor:
        query = query.where(mandates.c.creditor == creditor)
    row = connection.execute(query).first()
    return InvitedMandate(mandate_of(row), row.expires_at) if row else None


def of_customers(connection: Connection, keys: Iterable[RecordKey]) -> dict[RecordKey, list[Mandate]]:
    """All mandates of these customers, oldest invitation first."""
    found: dict[RecordKey, list[Mandate]] = {}
    for asked in lists(keys):
        for mandate in map(mandate_of, connection.execute(_OF_CUSTOMERS, asked).all()):
            found.setdefault(mandate.customer, []).append(mandate)
    return found


def in_states(connection: Connection, states: Iterable[MandateState]) -> list[Mandate]:
    """All mandates in these states, by their reference."""
    wanted = mandates.c.state.in_([state.value for state in states])
    rows = connection.execute(select(*OF_A_MANDATE).where(wanted).order_by(mandates.c.reference)).all()
    return [mandate_of(row) for row in rows]


def to_write_back(connection: Connection, source: str) -> Iterator[Mandate]:
    """Signed mandates of a source that its package was not told of yet, those that ended since included."""
    told = exists().where(
        effects_table.c.kind == EffectKind.STORE_MANDATE.value,
        effects_table.c.key == _WRITE_BACK + mandates.c.creditor + "/" + mandates.c.reference,
    )
    signed = and_(mandates.c.state.in_(_WORTH_WRITING), mandates.c.signed_on.is_not(None))
    rows = connection.execute(
        select(mandates).where(and_(mandates.c.source == source, signed, ~told)).order_by(mandates.c.reference)
    ).all()
    yield from map(mandate_of, rows)


def used_in_file(connection: Connection, message_id: str) -> None:
    """The mandates of a file's collections were used on their collection dates: the 36 months count anew."""
    latest = (
        select(func.max(collections.c.collection_date))
        .where(
            collections.c.creditor == mandates.c.creditor,
            collections.c.mandate_reference == mandates.c.reference,
            collections.c.bank_file == message_id,
        )
        .scalar_subquery()
    )
    in_file = exists().where(
        collections.c.creditor == mandates.c.creditor,
        collections.c.mandate_reference == mandates.c.reference,
        collections.c.bank_file == message_id,
    )
    connection.execute(
        update(mandates)
        .where(in_file, or_(mandates.c.last_used_on.is_(None), mandates.c.last_used_on < latest))
        .values(last_used_on=latest)
    )


def unused_since(connection: Connection, day: date) -> list[Mandate]:
    """Active or suspended mandates last used, or else signed, before this day."""
    used_on = func.coalesce(mandates.c.last_used_on, mandates.c.signed_on)
    rows = connection.execute(
        select(mandates)
        .where(
            mandates.c.state.in_([MandateState.ACTIVE.value, MandateState.SUSPENDED.value]),
            used_on < day,
        )
        .order_by(mandates.c.reference)
    )
    return [mandate_of(row) for row in rows]


def note_event(connection: Connection, service: str, event: MandateEvent, at: datetime) -> bool:
    """Keep an event with its raw text. Returns False if it was applied before."""
    row = {
        "service": service,
        "id": event.id,
        "reference": event.reference,
        "kind": event.kind.value,
        "raw": event.raw,
        "applied_at": at,
    }
    return insert_new(connection, mandate_events, row)


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many mandates are in each state."""
    rows = connection.execute(
        select(mandates.c.state, func.count()).group_by(mandates.c.state).order_by(mandates.c.state)
    )
    return {row[0]: row[1] for row in rows}


def _new(mandate: Mandate, invited_at: datetime, expires_at: datetime) -> dict[str, Any]:
    return {
        "creditor": mandate.creditor,
        "reference": mandate.reference,
        "source": mandate.customer.source,
        "customer_id": mandate.customer.id,
        "scheme": mandate.scheme.value,
        "type": mandate.type.value,
        "invited_at": invited_at,
        "expires_at": expires_at,
        **_changing(mandate),
    }


def _changing(mandate: Mandate) -> dict[str, Any]:
    return {
        "state": mandate.state.value,
        "language": mandate.language.value,
        "debtor_name": mandate.debtor_name[:_NAME_LENGTH_MAX],
        "iban": mandate.iban,
        "bic": mandate.bic,
        "signed_on": mandate.signed_on,
        "method": mandate.method,
        "last_used_on": mandate.last_used_on,
        "amended": mandate.amended,
        "document": mandate.document,
    }


def mandate_of(row: Row[Any]) -> Mandate:
    """A mandate from its row, which begins with the columns of `OF_A_MANDATE`."""
    creditor, reference, source, customer_id, scheme, type_, state, language, *rest = row[: len(OF_A_MANDATE)]
    return new_mandate(
        reference,
        creditor,
        RecordKey(source, customer_id),
        _SCHEMES[scheme],
        _TYPES[type_],
        _STATES[state],
        _LANGUAGES[language],
        *rest,
    )
