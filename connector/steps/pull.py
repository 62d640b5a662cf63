"""Pull: read customers and invoices that changed in each accounting package, as far as they are fit for use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from bankfiles.identifiers import mask_iban, normalise_iban
from connector.errors import Retriable
from connector.installation import Source
from connector.model.customer import Customer, RecordKey
from connector.model.deed import DeedCode, Step
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.reason import Reason, ReasonCode
from connector.ports import Batch, Fault, Feed
from connector.steps.unreachable import reached, retried, show_unreachable
from connector.steps.work import Progress, Work
from connector.store import cursors, customers, exceptions, invoices
from connector.store.changed import Saved
from connector.store.history import RecordKind, record_name

_CENT = Decimal("0.01")
Record = TypeVar("Record", Customer, Invoice)


def run(work: Work) -> None:
    """Read all sources. One that can't be reached is shown, and the others go on."""
    for source in work.installation.sources.values():
        try:
            retried(partial(_pull_source, work, source))
            reached(work, source.name)
        except Retriable as error:
            show_unreachable(work, Step.PULL, source.name, error)


def _pull_source(work: Work, source: Source) -> None:
    package = source.package
    _pull_feed(work, source, Feed.CUSTOMERS, package.read_customers, _store_customers)
    _pull_feed(work, source, Feed.INVOICES, package.read_invoices, _store_invoices)


_STORED = {Feed.CUSTOMERS: DeedCode.READ_CUSTOMERS, Feed.INVOICES: DeedCode.READ_INVOICES}


def _pull_feed(
    work: Work,
    source: Source,
    feed: Feed,
    read: Callable[[str], Iterator[Batch[Record]]],
    store: Callable[[Work, Connection, Sequence[Record]], Saved],
) -> None:
    """Read one feed, each batch stored with its cursor in one transaction."""
    with work.store.reading() as connection:
        cursor = cursors.read(connection, source.name, feed)
    new = changed = done = 0
    for batch in read(cursor):
        with work.store.transaction() as connection:
            saved = store(work, connection, batch.records)
            for fault in batch.faults:
                work.show(connection, Step.PULL, _fault_name(source.name, fault.record), _unreadable(fault))
            cursors.move(connection, source.name, feed, batch.cursor, work.act().at)
        if not work.rehearsal:
            source.package.handled(feed, batch.cursor)
        new, changed, done = new + saved.new, changed + saved.changed, done + len(batch.records)
        work.progress(Progress(Step.PULL, f"{source.name} {feed}", done, batch.total))
        work.check_stop()
    if new or changed:
        work.did(Step.PULL, _STORED[feed], source=source.name, new=new, changed=changed)


def _store_customers(work: Work, connection: Connection, records: Sequence[Customer]) -> Saved:
    fit = [_with_sound_iban(work, connection, customer) for customer in records]
    found = [record_name(RecordKind.CUSTOMER, customer.key) for customer in fit]
    act = work.act()
    exceptions.close(connection, found, ReasonCode.CUSTOMER_UNKNOWN, act.at, act.by)
    read = [_fault_name(customer.key.source, f"customer {customer.key.id}") for customer in fit]
    exceptions.close(connection, read, ReasonCode.RECORD_UNREADABLE, act.at, act.by)
    return customers.save(connection, fit, act.at)


def _with_sound_iban(work: Work, connection: Connection, customer: Customer) -> Customer:
    """The customer; without their IBAN, and shown, if no such account can exist."""
    if not customer.iban:
        return customer
    try:
        return replace(customer, iban=normalise_iban(customer.iban))
    except ValueError as error:
        facts = {"where": customer.name, "seen": mask_iban(customer.iban), "why": str(error)}
        record = record_name(RecordKind.CUSTOMER, customer.key)
        work.show(connection, Step.PULL, record, Reason(ReasonCode.IBAN_INVALID, facts))
        return replace(customer, iban=None)


def _store_invoices(work: Work, connection: Connection, records: Sequence[Invoice]) -> Saved:
    fit = [invoice for invoice in records if not _shown_as_unfit(work, connection, invoice)]
    _show_unknown_customers(work, connection, fit)
    act = work.act()
    read = [
        _fault_name(invoice.key.source, f"invoice {name}")
        for invoice in fit
        for name in {invoice.key.id, invoice.number}
    ]
    exceptions.close(connection, read, ReasonCode.RECORD_UNREADABLE, act.at, act.by)
    return invoices.save(connection, fit, act.at)


def _shown_as_unfit(work: Work, connection: Connection, invoice: Invoice) -> bool:
    """True if the invoice can't be kept. One in another currency is kept, and shown while it is open."""
    record = record_name(RecordKind.INVOICE, invoice.key)
    facts = {
        "number": invoice.number,
        "open_amount": str(invoice.open_amount),
        "currency": invoice.currency,
    }
    amounts = (invoice.total, invoice.open_amount)
    if any(amount < 0 or amount != amount.quantize(_CENT) for amount in amounts):
        why = "Amounts must not be negative and have at most two decimals."
        unreadable = {
            "where": record,
            "seen": f"{invoice.total} / {invoice.open_amount}",
            "why": why,
            "remedy": "Correct the invoice in the accounting package.",
        }
        work.show(connection, Step.PULL, record, Reason(ReasonCode.RECORD_UNREADABLE, unreadable))
        return True
    if invoice.currency != "EUR" and invoice.open_amount > 0 and invoice.kind is InvoiceKind.INVOICE:
        work.show(connection, Step.PULL, record, Reason(ReasonCode.CURRENCY_NOT_EUR, facts))
    return False


def _show_unknown_customers(work: Work, connection: Connection, records: Sequence[Invoice]) -> None:
    wanted: dict[RecordKey, Invoice] = {invoice.customer: invoice for invoice in records if invoice.open_amount > 0}
    for key in wanted.keys() - customers.find_many(connection, wanted).keys():
        facts = {"customer": key.id, "number": wanted[key].number}
        record = record_name(RecordKind.CUSTOMER, key)
        work.show(connection, Step.PULL, record, Reason(ReasonCode.CUSTOMER_UNKNOWN, facts))


def _fault_name(source: str, record: str) -> str:
    return f"{source} {record}"


def _unreadable(fault: Fault) -> Reason:
    facts = {"where": fault.where, "seen": fault.seen, "why": fault.why, "remedy": fault.remedy}
    return Reason(ReasonCode.RECORD_UNREADABLE, facts)
