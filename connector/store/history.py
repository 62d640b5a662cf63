"""History: every state change with who, when and why. It only grows; a trigger of the database holds that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select

from connector.store.rows import insert_rows
from connector.store.tables import history

_OF_A_CHANGE = (history.c.at, history.c.by, history.c.record, history.c.old, history.c.new, history.c.why)


class RecordKind(StrEnum):
    """Kinds of records that have a history or an Exception."""

    CUSTOMER = "customer"
    INVOICE = "invoice"
    MANDATE = "mandate"
    COLLECTION = "collection"
    RUN = "run"
    FILE = "file"
    EFFECT = "effect"


RECORD_LENGTH_MAX = 200


def record_name(kind: RecordKind, key: object) -> str:
    """Name of a record, e.g. "mandate M-7K3Q": for history, Exceptions and effects."""
    return f"{kind} {key}"[:RECORD_LENGTH_MAX]


@dataclass(frozen=True, slots=True)
class Act:
    """When something is done, and by whom ("pass 12", "debtor", a person's name)."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """One state change. `old` is empty for a new record."""

    record: str
    old: str
    new: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change as it was written down."""

    at: datetime
    by: str
    old: str
    new: str
    why: str


def write(connection: Connection, act: Act, changes: Iterable[Change]) -> None:
    """Write changes down, in the transaction that makes them."""
    rows = ((act.at, act.by, one.record, one.old, one.new, one.why) for one in changes)
    insert_rows(connection, history, _OF_A_CHANGE, rows)


def of(connection: Connection, record: str) -> list[PastChange]:
    """All changes of a record, oldest first."""
    rows = connection.execute(select(history).where(history.c.record == record).order_by(history.c.id))
    return [PastChange(row.at, row.by, row.old, row.new, row.why) for row in rows]
