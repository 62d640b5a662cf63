"""Presence: which of the customers and invoices that were read a package still has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Table, select, update

from connector.model.customer import RecordKey
from connector.ports import Feed
from connector.store import history
from connector.store.chunks import chunks
from connector.store.history import Act, Change, RecordKind, record_name
from connector.store.tables import customers, invoices

_TABLES: Mapping[Feed, tuple[Table, RecordKind]] = {
    Feed.CUSTOMERS: (customers, RecordKind.CUSTOMER),
    Feed.INVOICES: (invoices, RecordKind.INVOICE),
}
_PRESENT, _GONE = "present", "gone"


class Compared(NamedTuple):
    """Ids that are gone since the last comparison, and ids that are there again."""

    gone: list[str]
    back: list[str]


def compare(connection: Connection, feed: Feed, source: str, present: Collection[str], act: Act) -> Compared:
    """Hold what was read of a source against all that its package has, and note what is gone or back."""
    table, kind = _TABLES[feed]
    gone, back = [], []
    for id_, was_gone in connection.execute(select(table.c.id, table.c.gone).where(table.c.source == source)):
        if was_gone and id_ in present:
            back.append(id_)
        elif not was_gone and id_ not in present:
            gone.append(id_)
    for ids, is_gone in ((gone, True), (back, False)):
        old, new = (_PRESENT, _GONE) if is_gone else (_GONE, _PRESENT)
        for some in chunks(ids):
            # Without its digest: should the record be read again, it is written again.
            connection.execute(
                update(table).where(table.c.source == source, table.c.id.in_(some)).values(gone=is_gone, digest="")
            )
            changes = (Change(record_name(kind, RecordKey(source, id_)), old, new) for id_ in some)
            history.write(connection, act, changes)
    return Compared(gone, back)
