"""Pull: read what changed in each accounting package: customers and invoices that are fit for use, and mandates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from connector.errors import Retriable, Unsupported
from connector.installation import Source
from connector.model.customer import Customer, RecordKey
from connector.model.deed import DeedCode, Step
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.reason import Reason, ReasonCode
from connector.ports import Batch, Feed
from connector.steps import show, users_changes
from connector.steps.faults import fault_name, show_faults
from connector.steps.fitness import why_unfit, with_sound_country, with_sound_iban
from connector.steps.together import Record, together
from connector.steps.unreachable import reached, retried, show_unreachable
from connector.steps.work import Progress, Work
from connector.store import cursors, customers, exceptions, invoices, presence
from connector.store.changed import Saved
from connector.store.history import RecordKind, record_name

Noun = TypeVar("Noun", Customer, Invoice)


def run(work: Work) -> None:
    """Read all sources. One that can't be reached is shown, and the others go on."""
    for source in work.installation.sources.values():
        try:
            retried(work, source.name, partial(_pull_source, work, source))
            reached(work, source.name)
        except Retriable as error:
            show_unreachable(work, Step.PULL, source.name, error)


def _pull_source(work: Work, source: Source) -> None:
    _pull_feed(work, source, Feed.CUSTOMERS, source.package.read_customers, _store_customers)
    read_again(work, source)


def read_again(work: Work, source: Source) -> None:
    """Read what may stop a collection of a source: invoices that changed, and what users did to mandates."""
    _pull_feed(work, source, Feed.INVOICES, source.package.read_invoices, _store_invoices)
    apply_events = partial(users_changes.apply_events, source=source)
    with suppress(Unsupported):  # users do nothing there that we could hear of
        _pull_feed(work, source, Feed.MANDATES, source.package.read_mandates, apply_events)


_STORED = {Feed.CUSTOMERS: DeedCode.READ_CUSTOMERS, Feed.INVOICES: DeedCode.READ_INVOICES}


def _pull_feed(
    work: Work,
    source: Source,
    feed: Feed,
    read: Callable[[str], Iterator[Batch[Record]]],
    store: Callable[[Work, Connection, Sequence[Record]], Saved],
) -> None:
    """Read one feed, its batches stored with the cursor of the last of them in one transaction."""
    with work.store.reading() as connection:
        cursor = cursors.read(connection, source.name, feed)
    new = changed = done = 0
    for batches in together(read(cursor), work.installation.clock, work.stop.is_set):
        with work.store.transaction() as connection:
            for batch in batches:
                saved = store(work, connection, batch.records)
                new, changed = new + saved.new, changed + saved.changed
                show_faults(work, connection, Step.PULL, source.name, batch.faults)
                if batch.present is not None:
                    _compare(work, connection, source, feed, batch.present)
            cursors.move(connection, source.name, feed, batches[-1].cursor, work.act().at)
        for batch in batches:
            if not work.rehearsal:
                source.package.handled(feed, batch.cursor)
            done += len(batch.records)
            work.progress(Progress(Step.PULL, f"{source.name} {feed}", done, batch.total))
        work.check_stop()
    if feed in _STORED and (new or changed):
        work.did(Step.PULL, _STORED[feed], source=source.name, new=new, changed=changed)


_GONE = {Feed.CUSTOMERS: DeedCode.CUSTOMERS_GONE, Feed.INVOICES: DeedCode.INVOICES_GONE}


def _compare(work: Work, connection: Connection, source: Source, feed: Feed, present: frozenset[str]) -> None:
    """What the package has no more is left alone from now on, and nothing is shown there any more."""
    found = presence.compare(connection, feed, source.name, present, work.act())
    show.forget(work, connection, source, feed, found.gone)
    if found.gone or found.back:
        work.did(Step.PULL, _GONE[feed], source=source.name, gone=len(found.gone), back=len(found.back))


def _store_customers(work: Work, connection: Connection, records: Sequence[Customer]) -> Saved:
    fit = [_with_sound_account(work, connection, customer) for customer in _fit(work, connection, records)]
    act = work.act()
    found = (record_name(RecordKind.CUSTOMER, customer.key) for customer in fit)
    exceptions.close(connection, found, ReasonCode.CUSTOMER_UNKNOWN, act.at, act.by)
    exceptions.close(connection, _names_of_customers(fit), ReasonCode.RECORD_UNREADABLE, act.at, act.by)
    return customers.save(connection, fit, act.at)


def _store_invoices(work: Work, connection: Connection, records: Sequence[Invoice]) -> Saved:
    fit = _fit(work, connection, records)
    for invoice in fit:
        if invoice.currency != "EUR":
            _show_other_currency(work, connection, invoice)
    _show_unknown_customers(work, connection, fit)
    act = work.act()
    exceptions.close(connection, _names_of_invoices(fit), ReasonCode.RECORD_UNREADABLE, act.at, act.by)
    return invoices.save(connection, fit, act.at)


def _names_of_customers(records: Sequence[Customer]) -> Iterator[str]:
    """The names under which they were shown while they could not be read."""
    for customer in records:
        yield record_name(RecordKind.CUSTOMER, customer.key)
        yield fault_name(customer.key.source, f"customer {customer.key.id}")


def _names_of_invoices(records: Sequence[Invoice]) -> Iterator[str]:
    """The names under which they were shown while they could not be read; some packages know the number only."""
    for invoice in records:
        yield record_name(RecordKind.INVOICE, invoice.key)
        for name in {invoice.key.id, invoice.number}:
            yield fault_name(invoice.key.source, f"invoice {name}")


def _fit(work: Work, connection: Connection, records: Sequence[Noun]) -> list[Noun]:
    """Those that can be kept; the others are shown."""
    kept: list[Noun] = []
    for record in records:
        reason = why_unfit(record)
        if reason is None:
            kept.append(record)
        else:
            kind = RecordKind.CUSTOMER if isinstance(record, Customer) else RecordKind.INVOICE
            work.show(connection, Step.PULL, record_name(kind, record.key), reason)
    return kept


def _with_sound_account(work: Work, connection: Connection, customer: Customer) -> Customer:
    """The customer; without their IBAN, and shown, if no such account can exist."""
    sound, reason = with_sound_iban(with_sound_country(customer))
    if reason is not None:
        work.show(connection, Step.PULL, record_name(RecordKind.CUSTOMER, customer.key), reason)
    return sound


def _show_other_currency(work: Work, connection: Connection, invoice: Invoice) -> None:
    """An open invoice in another currency is kept, and shown: it is never collected."""
    if invoice.open_amount > 0 and invoice.kind is InvoiceKind.INVOICE:
        facts = {
            "number": invoice.number,
            "open_amount": str(invoice.open_amount),
            "currency": invoice.currency,
        }
        record = record_name(RecordKind.INVOICE, invoice.key)
        work.show(connection, Step.PULL, record, Reason(ReasonCode.CURRENCY_NOT_EUR, facts))


def _show_unknown_customers(work: Work, connection: Connection, records: Sequence[Invoice]) -> None:
    wanted: dict[RecordKey, Invoice] = {invoice.customer: invoice for invoice in records if invoice.open_amount}
    for key in customers.unknown(connection, wanted):
        facts = {"customer": key.id, "number": wanted[key].number}
        record = record_name(RecordKind.CUSTOMER, key)
        work.show(connection, Step.PULL, record, Reason(ReasonCode.CUSTOMER_UNKNOWN, facts))
