"""Adoption: what went out while the database did not know, put into it as it was written then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, select, update

from bankfiles.pain008 import Written
from bankfiles.pain008.model import Batch, SequenceType
from connector.model.collection import Claim, CollectionState
from connector.model.customer import Language, RecordKey
from connector.model.mandate import Mandate, MandateState, MandateType
from connector.store import bank_files, collections, customers, mandates, runs
from connector.store.bank_files import FileState
from connector.store.collection_rows import StoredCollection
from connector.store.history import Act
from connector.store.tables import invoices

_WHY = "taken up again from the journal"
_NEVER_SIGNED = frozenset({MandateState.INVITED, MandateState.SIGNED, MandateState.AWAITING_BANK, MandateState.LAPSED})


def adopt_file(
    connection: Connection, written: Written, run: str, put_in: Sequence[StoredCollection], act: Act
) -> None:
    """Put a bank file, its run, its collections and their live claims into the database, in the state "in file".

    An invoice bore its claim when it was asked for, so it does even if its total was lowered since. The database
    refuses a claim that another collection has: an IntegrityError.
    """
    creditor = put_in[0].collection.creditor
    is_sound = runs.adopt(connection, run, creditor, act)
    bank_files.add(connection, written, creditor, run, act)
    known = collections.find_many(connection, (stored.collection.end_to_end_id for stored in put_in))
    new = [stored for stored in put_in if stored.collection.end_to_end_id not in known]
    for stored in put_in:
        _mandate(connection, stored, act)
    with _as_it_was(connection, [claim for stored in new for claim in stored.collection.claims]):
        collections.propose(connection, [_proposed(stored) for stored in new], act)
    if is_sound:
        runs.seal(connection, run)
    ids = [stored.collection.end_to_end_id for stored in put_in]
    collections.approve(connection, ids, act, _WHY)
    file_of = {stored.collection.end_to_end_id: (written.message_id, stored.batch_id or "") for stored in put_in}
    collections.put_in_file(connection, run, file_of, act)


def adopt_withdrawn(connection: Connection, written: Written, creditor: str, run: str, act: Act) -> None:
    """Put a bank file that never left into the database: its name is taken, and it holds nothing."""
    runs.adopt(connection, run, creditor, act)
    bank_files.add(connection, written, creditor, run, act)
    file = bank_files.find(connection, written.message_id)
    if file is not None:
        bank_files.move(connection, file, FileState.WITHDRAWN, act, _WHY)


def written_of(message_id: str, name: str, sha256: str, put_in: Iterable[StoredCollection]) -> Written:
    """A file as its writer told it, put together from its collections."""
    batches: dict[str, Batch] = {}
    for stored in put_in:
        collection = stored.collection
        name_of_batch = stored.batch_id or ""
        before = batches.get(name_of_batch, Batch(name_of_batch, collection.collection_date, 0, Decimal(0)))
        batches[name_of_batch] = replace(before, count=before.count + 1, total=before.total + collection.amount)
    return Written(
        message_id=message_id,
        count=sum(batch.count for batch in batches.values()),
        total=sum((batch.total for batch in batches.values()), Decimal(0)),
        sha256=sha256,
        batches=tuple(batches.values()),
        name=name,
    )


@contextmanager
def _as_it_was(connection: Connection, asked: Iterable[Claim]) -> Iterator[None]:
    """Invoices that are lower now than what was asked on them bear it while the claims are put in."""
    lifted: list[tuple[RecordKey, Decimal]] = []
    for claim in asked:
        of_invoice = (invoices.c.source == claim.invoice.source, invoices.c.id == claim.invoice.id)
        total = connection.execute(select(invoices.c.total).where(*of_invoice)).scalar()
        if total is not None and total < claim.amount:
            connection.execute(update(invoices).where(*of_invoice).values(total=claim.amount))
            lifted.append((claim.invoice, total))
    yield
    for invoice, total in lifted:
        of_invoice = (invoices.c.source == invoice.source, invoices.c.id == invoice.id)
        connection.execute(update(invoices).where(*of_invoice).values(total=total))


def _proposed(stored: StoredCollection) -> StoredCollection:
    return replace(stored, collection=replace(stored.collection, state=CollectionState.PROPOSED))


def _mandate(connection: Connection, stored: StoredCollection, act: Act) -> None:
    """The mandate must have been signed, or it could not have been used; one for one collection is spent by it."""
    collection = stored.collection
    one_off = collection.sequence_type is SequenceType.ONE_OFF
    usable = MandateState.SPENT if one_off else MandateState.ACTIVE
    known = mandates.find(connection, collection.mandate_reference, collection.creditor)
    if known is None:
        customer = customers.find(connection, collection.customer)
        known = Mandate(
            reference=collection.mandate_reference,
            creditor=collection.creditor,
            customer=collection.customer,
            scheme=stored.scheme,
            type=MandateType.ONE_OFF if one_off else MandateType.RECURRENT,
            state=MandateState.LAPSED,  # changed below; a customer has one open invitation at most
            language=(customer and customer.language) or Language.ENGLISH,
        )
        mandates.add_invited(connection, known, _start_of(stored, act), act)
    if known.state in _NEVER_SIGNED or (one_off and known.state is MandateState.ACTIVE):
        signed = replace(
            known,
            state=usable,
            debtor_name=stored.debtor_name,
            iban=stored.debtor_iban,
            bic=stored.debtor_bic,
            signed_on=stored.mandate_signed_on,
        )
        mandates.change(connection, known, signed, act, _WHY)


def _start_of(stored: StoredCollection, act: Act) -> datetime:
    """The signature as an instant: the invitation ended with it."""
    signed = stored.mandate_signed_on
    return act.at.replace(year=signed.year, month=signed.month, day=signed.day)
