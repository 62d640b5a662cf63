"""Collections, the runs that propose them, and their claims on invoices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, literal, select, update

from connector.model.collection import FAILED_STATES, Claim, CollectionState, next_state
from connector.model.customer import RecordKey
from connector.store import history
from connector.store.chunks import chunks
from connector.store.collection_rows import (
    CLAIMED,
    PROPOSED,
    StoredCollection,
    claim_of,
    claim_row,
    row_of,
    stored_of,
)
from connector.store.history import Act, Change, RecordKind, record_name
from connector.store.listed import is_listed, lists
from connector.store.rows import insert_rows
from connector.store.tables import claims, collections
from connector.store.tables import history as history_table

_CLAIMS_ON = (
    select(claims, collections.c.state, collections.c.collection_date)
    .join(collections, collections.c.end_to_end_id == claims.c.end_to_end_id)
    .where(is_listed(claims.c.source, claims.c.invoice_id))
    .order_by(claims.c.part, claims.c.attempt)
)


@dataclass(frozen=True, slots=True)
class PastClaim:
    """A claim on an invoice with the state of its collection. `counts`: as an attempt that the rules allow."""

    claim: Claim
    end_to_end_id: str
    live: bool
    counts: bool
    state: CollectionState
    collection_date: date


def record_of(end_to_end_id: str) -> str:
    """Name of a collection in history and Exceptions."""
    return record_name(RecordKind.COLLECTION, end_to_end_id)


def propose(connection: Connection, proposed: Sequence[StoredCollection], act: Act) -> None:
    """Store proposed collections with their claims.

    The database refuses a second live claim on a part of an invoice, and claims beyond its total.
    """
    insert_rows(connection, collections, PROPOSED, map(row_of, proposed))
    claimed = (claim_row(stored.collection, claim) for stored in proposed for claim in stored.collection.claims)
    insert_rows(connection, claims, CLAIMED, claimed)
    new = (Change(record_of(one.collection.end_to_end_id), "", CollectionState.PROPOSED) for one in proposed)
    history.write(connection, act, new)


def find(connection: Connection, end_to_end_id: str) -> StoredCollection | None:
    """The collection with this end-to-end id."""
    return find_many(connection, [end_to_end_id]).get(end_to_end_id)


def find_many(connection: Connection, ids: Iterable[str]) -> dict[str, StoredCollection]:
    """The collections with these end-to-end ids."""
    found: dict[str, StoredCollection] = {}
    for wanted in chunks(ids):
        claims_of: dict[str, list[Claim]] = {}
        for row in connection.execute(select(claims).where(claims.c.end_to_end_id.in_(wanted))):
            claims_of.setdefault(row.end_to_end_id, []).append(claim_of(row))
        for row in connection.execute(select(collections).where(collections.c.end_to_end_id.in_(wanted))):
            found[row.end_to_end_id] = stored_of(row, claims_of.get(row.end_to_end_id, ()))
    return found


def approved_of(connection: Connection, run: str) -> Iterator[StoredCollection]:
    """Approved collections of a run in the order of the file; without their claims, which no file shows."""
    approved = and_(collections.c.run == run, collections.c.state == CollectionState.APPROVED.value)
    return _in_order(connection, approved)


def in_files(connection: Connection, message_ids: Iterable[str]) -> Iterator[StoredCollection]:
    """Collections that went into these files, in the order of the file; without their claims."""
    return _in_order(connection, collections.c.bank_file.in_(list(message_ids)))


def _in_order(connection: Connection, condition: ColumnElement[bool]) -> Iterator[StoredCollection]:
    rows = connection.execute(
        select(collections)
        .execution_options(yield_per=1000)
        .where(condition)
        .order_by(
            collections.c.collection_date,
            collections.c.scheme,
            collections.c.sequence_type,
            collections.c.end_to_end_id,
        )
    )
    for row in rows:
        yield stored_of(row, ())


def ids_where(
    connection: Connection,
    *,
    run: str | None = None,
    bank_file: str | None = None,
    batch_id: str | None = None,
    mandate_reference: str | None = None,
    before: date | None = None,
    amount: Decimal | None = None,
    states: Iterable[CollectionState] = (),
) -> list[str]:
    """End-to-end ids of the collections that meet all conditions given."""
    conditions: list[ColumnElement[bool]] = []
    if run is not None:
        conditions.append(collections.c.run == run)
    if bank_file is not None:
        conditions.append(collections.c.bank_file == bank_file)
    if batch_id is not None:
        conditions.append(collections.c.batch_id == batch_id)
    if mandate_reference is not None:
        conditions.append(collections.c.mandate_reference == mandate_reference)
    if before is not None:
        conditions.append(collections.c.collection_date < before)
    if amount is not None:
        conditions.append(collections.c.amount == amount)
    if wanted := [state.value for state in states]:
        conditions.append(collections.c.state.in_(wanted))
    rows = connection.execute(
        select(collections.c.end_to_end_id).where(*conditions).order_by(collections.c.end_to_end_id)
    )
    return list(rows.scalars())


def claims_on(connection: Connection, keys: Iterable[RecordKey]) -> dict[RecordKey, list[PastClaim]]:
    """All claims ever made on these invoices, by attempt."""
    found: dict[RecordKey, list[PastClaim]] = {}
    for asked in lists(keys):
        for row in connection.execute(_CLAIMS_ON, asked):
            claim = claim_of(row)
            state = CollectionState(row.state)
            past = PastClaim(claim, row.end_to_end_id, row.live, row.counts, state, row.collection_date)
            found.setdefault(claim.invoice, []).append(past)
    return found


def of_mandate(connection: Connection, creditor: str, reference: str) -> list[StoredCollection]:
    """All collections under a mandate, oldest first."""
    rows = connection.execute(
        select(collections)
        .where(collections.c.creditor == creditor, collections.c.mandate_reference == reference)
        .order_by(collections.c.collection_date, collections.c.end_to_end_id)
    )
    return [stored_of(row, ()) for row in rows]


def move(
    connection: Connection,
    stored: StoredCollection,
    state: CollectionState,
    act: Act,
    why: str,
    **facts: object,
) -> None:
    """Move a collection to its next state; one that failed lets go of its invoices.

    Args:
        facts: columns to set along with it, e.g. settled_on or reason_code.
    """
    end_to_end_id = stored.collection.end_to_end_id
    old = stored.collection.state
    next_state(end_to_end_id, old, state)
    moved = connection.execute(
        update(collections)
        .where(collections.c.end_to_end_id == end_to_end_id, collections.c.state == old.value)
        .values(state=state.value, **facts)
    )
    if moved.rowcount != 1:
        raise RuntimeError(f"Collection {end_to_end_id} is no longer {old}: two passes at once?")
    history.write(connection, act, [Change(record_of(end_to_end_id), old, state, why)])
    if state in FAILED_STATES:
        connection.execute(update(claims).where(claims.c.end_to_end_id == end_to_end_id).values(live=False))


def forgive(connection: Connection, ids: Iterable[str]) -> None:
    """These attempts do not count: their invoices may be asked for as if they had not been."""
    for some in chunks(ids):
        connection.execute(update(claims).where(claims.c.end_to_end_id.in_(some)).values(counts=False))


def note_settlement(connection: Connection, end_to_end_id: str, settled_on: date) -> None:
    """The bank told late that money had come in which was taken back since."""
    connection.execute(
        update(collections).where(collections.c.end_to_end_id == end_to_end_id).values(settled_on=settled_on)
    )


def approve(connection: Connection, ids: Iterable[str], act: Act, why: str) -> None:
    """Approve those of these collections that are proposed."""
    for some in chunks(ids):
        proposed = and_(collections.c.end_to_end_id.in_(some), collections.c.state == CollectionState.PROPOSED.value)
        move_where(connection, proposed, CollectionState.PROPOSED, CollectionState.APPROVED, act, why)


def put_in_file(connection: Connection, run: str, file_of: Mapping[str, tuple[str, str]], act: Act) -> int:
    """The approved collections of a run went into files: end-to-end id to (message id, batch id). Returns how many."""
    rows = [
        {"b_id": end_to_end_id, "bank_file": message_id, "batch_id": batch_id}
        for end_to_end_id, (message_id, batch_id) in file_of.items()
    ]
    if rows:
        connection.execute(update(collections).where(collections.c.end_to_end_id == bindparam("b_id")), rows)
    in_file = and_(
        collections.c.run == run,
        collections.c.state == CollectionState.APPROVED.value,
        collections.c.bank_file.is_not(None),
    )
    return move_where(connection, in_file, CollectionState.APPROVED, CollectionState.IN_FILE, act, "written")


def take_out_of_file(connection: Connection, message_id: str, act: Act) -> None:
    """A file that never left is withdrawn: its collections are approved, and in no file."""
    in_file = and_(collections.c.bank_file == message_id, collections.c.state == CollectionState.IN_FILE.value)
    move_where(connection, in_file, CollectionState.IN_FILE, CollectionState.APPROVED, act, "withdrawn")
    connection.execute(
        update(collections).where(collections.c.bank_file == message_id).values(bank_file=None, batch_id=None)
    )


def submit_file(connection: Connection, message_id: str, act: Act) -> None:
    """The bank has the file: its collections are submitted. Those that it answered already stay as they are."""
    in_file = and_(collections.c.bank_file == message_id, collections.c.state == CollectionState.IN_FILE.value)
    move_where(connection, in_file, CollectionState.IN_FILE, CollectionState.SUBMITTED, act, message_id)


def totals_by_state(connection: Connection) -> dict[str, tuple[int, Decimal]]:
    """How many collections are in each state, and for how much."""
    rows = connection.execute(
        select(collections.c.state, func.count(), func.sum(collections.c.amount))
        .group_by(collections.c.state)
        .order_by(collections.c.state)
    )
    return {row[0]: (row[1], Decimal(row[2])) for row in rows}


def move_where(
    connection: Connection,
    condition: ColumnElement[bool],
    old: CollectionState,
    new: CollectionState,
    act: Act,
    why: str,
) -> int:
    """Move all collections of a condition, with their history, in two statements whatever their number.

    Returns how many.
    """
    next_state("of a whole run", old, new)
    changes = select(
        literal(act.at, history_table.c.at.type),
        literal(act.by),
        literal(f"{RecordKind.COLLECTION} ") + collections.c.end_to_end_id,
        literal(old.value),
        literal(new.value),
        literal(why),
    ).where(condition)
    columns = ["at", "by", "record", "old", "new", "why"]
    connection.execute(insert(history_table).from_select(columns, changes))
    return connection.execute(update(collections).where(condition).values(state=new.value)).rowcount
