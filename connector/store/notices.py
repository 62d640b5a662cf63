"""Notices: what a debtor was told of a collection beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select, true, tuple_, update

from connector.model.customer import RecordKey
from connector.model.effect import EffectState
from connector.model.notice import Notice
from connector.store.listed import is_listed, lists
from connector.store.tables import effects, notices

_WITH_EFFECT = (
    select(notices, effects.c.state.label("effect_state"))
    .outerjoin(effects, effects.c.key == notices.c.effect)
    .where(notices.c.live.is_(true()))
)
_LIVE = _WITH_EFFECT.where(is_listed(notices.c.source, notices.c.invoice_id))


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    """A notice that will be sent by a mail effect."""

    key: str
    creditor: str
    channel: str
    effect: str
    notice: Notice


def add(connection: Connection, planned: Iterable[PlannedNotice]) -> None:
    """Store notices as the live ones of their invoices; older ones of the same invoices are live no more."""
    rows = list(planned)
    withdraw(connection, [row.notice.invoice for row in rows])
    if rows:
        connection.execute(insert(notices), [_row(row) for row in rows])


def withdraw(connection: Connection, invoices: Iterable[RecordKey]) -> None:
    """The live notices of these invoices count no more: a new one must be sent before they are collected."""
    keys = [tuple(key) for key in invoices]
    if keys:
        connection.execute(
            update(notices)
            .where(notices.c.live.is_(true()), tuple_(notices.c.source, notices.c.invoice_id).in_(keys))
            .values(live=False)
        )


def live(connection: Connection, invoices: Iterable[RecordKey]) -> dict[RecordKey, Notice]:
    """The live notice of each of these invoices."""
    found = (_notice_of(row) for asked in lists(invoices) for row in connection.execute(_LIVE, asked))
    return {notice.invoice: notice for notice in found}


def of_effect(connection: Connection, effect: str) -> list[Notice]:
    """The notices that one mail tells and that still count, by invoice."""
    rows = connection.execute(
        _WITH_EFFECT.where(notices.c.effect == effect).order_by(notices.c.source, notices.c.invoice_id)
    )
    return [_notice_of(row) for row in rows]


def sent(connection: Connection, effect: str, on: date) -> None:
    """The mail left: the days of notice count from today."""
    connection.execute(update(notices).where(notices.c.effect == effect).values(noticed_on=on))


def _row(planned: PlannedNotice) -> dict[str, Any]:
    notice = planned.notice
    return {
        "key": planned.key,
        "source": notice.invoice.source,
        "invoice_id": notice.invoice.id,
        "part": notice.part,
        "creditor": planned.creditor,
        "mandate_reference": notice.mandate_reference,
        "amount": notice.amount,
        "collection_date": notice.collection_date,
        "noticed_on": notice.noticed_on,
        "channel": planned.channel,
        "effect": planned.effect,
        "live": True,
    }


def _notice_of(row: Row[Any]) -> Notice:
    return Notice(
        invoice=RecordKey(row.source, row.invoice_id),
        part=row.part,
        mandate_reference=row.mandate_reference,
        amount=Decimal(row.amount),
        collection_date=row.collection_date,
        noticed_on=row.noticed_on,
        sent=row.effect_state == EffectState.DONE.value,
    )
