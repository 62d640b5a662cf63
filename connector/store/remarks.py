"""Remarks: what the users of a package are shown of our doings, and what they should be shown.

A remark is about a matter on a record: a collection of an invoice, or a reason for which a person has to act. It is
opened once and closed once under its key. The same matter that comes back, or of which the facts are others now, is
another remark with a key of its own: a package need not know how to change or reopen one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, insert, or_, select, true, update

from connector.model.collection import CollectionState
from connector.model.customer import RecordKey
from connector.model.derived import remark_key
from connector.model.effect import EffectKind, EffectState
from connector.model.mandate import MandateState
from connector.ports import Feed, RemarkKind
from connector.store.package_tables import remarks
from connector.store.tables import claims, collections, customers, effects, invoices, mandates

_BEFORE_THE_BANK = [CollectionState.PROPOSED.value, CollectionState.APPROVED.value]
_WITH_THE_BANK = [CollectionState.IN_FILE.value, CollectionState.SUBMITTED.value, CollectionState.ACCEPTED.value]
_USABLE = [MandateState.ACTIVE.value, MandateState.SPENT.value]  # a one-off mandate is spent by its collection


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be told about a record.

    Attributes:
        name: end-to-end id of a collection, or the code of a reason.
        facts: for the sentences, as plain text.
    """

    kind: RemarkKind
    feed: Feed
    on: RecordKey
    name: str
    facts: Mapping[str, str]

    @property
    def digest(self) -> str:
        """What tells these facts from others."""
        told = "\x1f".join(f"{name}={self.facts[name]}" for name in sorted(self.facts))
        return blake2b(told.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class ShownRemark:
    """A remark as it was written down.

    Attributes:
        opening: state of the change that shows it; None if there is none.
        tries: how often that change was begun.
    """

    key: str
    matter: Matter
    digest: str
    opening: EffectState | None
    tries: int


def effect_key(key: str, *, is_open: bool) -> str:
    """Key of the change that shows a remark, or takes it away."""
    return f"{EffectKind.SHOW}:{key}/{'open' if is_open else 'closed'}"


def collections_to_show(connection: Connection, source: str, limit: int) -> list[Matter]:
    """Collections under way, of which the invoice does not tell yet."""
    told = exists().where(
        remarks.c.source == claims.c.source,
        remarks.c.kind == RemarkKind.COLLECTION.value,
        remarks.c.matter == claims.c.end_to_end_id,
        remarks.c.feed == Feed.INVOICES.value,
        remarks.c.record_id == claims.c.invoice_id,
        remarks.c.open.is_(true()),
    )
    gone = exists().where(
        invoices.c.source == claims.c.source, invoices.c.id == claims.c.invoice_id, invoices.c.gone.is_(true())
    )
    rows = connection.execute(
        select(
            claims.c.invoice_id,
            claims.c.amount,
            collections.c.end_to_end_id,
            collections.c.collection_date,
            collections.c.mandate_reference,
        )
        .select_from(collections)
        .join(claims, claims.c.end_to_end_id == collections.c.end_to_end_id)
        .where(claims_of(source), _is_under_way(), ~told, ~gone)
        .limit(limit)
    )
    return [
        Matter(
            RemarkKind.COLLECTION,
            Feed.INVOICES,
            RecordKey(source, row.invoice_id),
            row.end_to_end_id,
            {
                "amount": str(row.amount),
                "collection_date": row.collection_date.isoformat(),
                "mandate": row.mandate_reference,
                "end_to_end_id": row.end_to_end_id,
            },
        )
        for row in rows
    ]


def claims_of(source: str) -> ColumnElement[bool]:
    """The claims on invoices of a source, where the query shall start from the few collections of some states.

    Written so that no index on the source is of use: SQLite would start from all claims that there ever were.
    """
    return claims.c.source.concat("") == source


def collections_over(connection: Connection, source: str, limit: int) -> list[ShownRemark]:
    """Open remarks on collections that are no longer under way."""
    goes_on = exists().where(collections.c.end_to_end_id == remarks.c.matter, _is_under_way())
    of_kind = and_(
        remarks.c.source == source, remarks.c.kind == RemarkKind.COLLECTION.value, remarks.c.open.is_(true())
    )
    return [_shown(row) for row in connection.execute(_with_opening().where(of_kind, ~goes_on).limit(limit))]


def _is_under_way() -> ColumnElement[bool]:
    """Whether a collection may still bring money. Before it is in a file, it falls with its mandate."""
    usable = exists().where(
        mandates.c.creditor == collections.c.creditor,
        mandates.c.reference == collections.c.mandate_reference,
        mandates.c.state.in_(_USABLE),
    )
    return and_(
        collections.c.state.in_([*_BEFORE_THE_BANK, *_WITH_THE_BANK]),
        or_(collections.c.state.in_(_WITH_THE_BANK), usable),
    )


def open_attention(connection: Connection, source: str) -> list[ShownRemark]:
    """The remarks for a person that a package shows, or is about to."""
    of_kind = and_(remarks.c.source == source, remarks.c.kind == RemarkKind.ATTENTION.value, remarks.c.open.is_(true()))
    return [_shown(row) for row in connection.execute(_with_opening().where(of_kind))]


def open_on(connection: Connection, source: str, feed: Feed, ids: Collection[str]) -> list[ShownRemark]:
    """The open remarks on these records."""
    on = and_(remarks.c.source == source, remarks.c.feed == feed.value, remarks.c.record_id.in_(list(ids)))
    return [_shown(row) for row in connection.execute(_with_opening().where(on, remarks.c.open.is_(true())))]


def add(connection: Connection, matters: Sequence[Matter], at: datetime) -> list[str]:
    """Write remarks down as open. Returns their keys, in the order given."""
    if not matters:
        return []
    before = _times_before(connection, matters)
    keys = []
    for matter in matters:
        number = before[(matter.kind.value, matter.name, matter.feed.value, matter.on.id)] + 1
        keys.append(remark_key(matter.on, matter.feed.value, matter.kind.value, matter.name, number))
    rows = [_row(key, matter, at) for key, matter in zip(keys, matters, strict=True)]
    connection.execute(insert(remarks), rows)
    return keys


def _times_before(connection: Connection, matters: Sequence[Matter]) -> Counter[tuple[str, str, str, str]]:
    """How often each matter was a remark on its record already."""
    columns = (remarks.c.kind, remarks.c.matter, remarks.c.feed, remarks.c.record_id)
    rows = connection.execute(
        select(*columns, func.count())
        .where(
            remarks.c.source == matters[0].on.source,
            remarks.c.kind.in_({matter.kind.value for matter in matters}),
            remarks.c.matter.in_({matter.name for matter in matters}),
            remarks.c.record_id.in_({matter.on.id for matter in matters}),
        )
        .group_by(*columns)
    )
    return Counter({(row[0], row[1], row[2], row[3]): row[4] for row in rows})


def close(connection: Connection, keys: Iterable[str], at: datetime) -> None:
    """Write down that remarks are over."""
    connection.execute(
        update(remarks)
        .where(remarks.c.key.in_(list(keys)), remarks.c.open.is_(true()))
        .values(open=False, closed_at=at)
    )


def find(connection: Connection, key: str) -> Matter | None:
    """The matter of the remark with this key."""
    row = connection.execute(select(remarks).where(remarks.c.key == key)).first()
    return _matter(row) if row else None


def names(connection: Connection, matters: Sequence[Matter]) -> dict[RecordKey, str]:
    """What people call the invoices and customers of these matters; all are of one source."""
    found: dict[RecordKey, str] = {}
    for feed, table, name in ((Feed.INVOICES, invoices, "number"), (Feed.CUSTOMERS, customers, "name")):
        if ids := {matter.on.id for matter in matters if matter.feed is feed}:
            source = matters[0].on.source
            rows = connection.execute(
                select(table.c.id, table.c[name]).where(table.c.source == source, table.c.id.in_(ids))
            )
            found |= {RecordKey(source, row[0]): row[1] for row in rows}
    return found


def _with_opening() -> Select[Any]:
    shown_by = f"{EffectKind.SHOW}:"
    opening = effects.c.key == shown_by + remarks.c.key + "/open"
    columns = (effects.c.state.label("opening"), func.coalesce(effects.c.attempts, 0).label("tries"))
    return select(remarks, *columns).outerjoin(effects, opening)


def _row(key: str, matter: Matter, at: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "source": matter.on.source,
        "kind": matter.kind.value,
        "feed": matter.feed.value,
        "record_id": matter.on.id,
        "matter": matter.name,
        "facts": dict(matter.facts),
        "digest": matter.digest,
        "open": True,
        "opened_at": at,
    }


def _matter(row: Row[Any]) -> Matter:
    return Matter(RemarkKind(row.kind), Feed(row.feed), RecordKey(row.source, row.record_id), row.matter, row.facts)


def _shown(row: Row[Any]) -> ShownRemark:
    opening = EffectState(row.opening) if row.opening else None
    return ShownRemark(row.key, _matter(row), row.digest, opening, row.tries)
