"""Follow: hear from the mandate service what debtors did, and bring the mandates to that state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection

from bankfiles.identifiers import normalise_iban
from bankfiles.pain008.model import Scheme
from connector.errors import IllegalTransition, Retriable, Unsupported
from connector.model.deed import DeedCode, Step
from connector.model.mandate import (
    UNUSED_MONTHS_MAX,
    Mandate,
    MandateEvent,
    MandateEventKind,
    MandateState,
    add_months,
)
from connector.model.reason import Reason, ReasonCode
from connector.ports import Document, Feed
from connector.steps.faults import show_faults
from connector.steps.mandate_changes import change, hear_users_again, show_misfit
from connector.steps.unreachable import reached, retried, show_unreachable
from connector.steps.work import Progress, Work
from connector.store import cursors, documents, mandates
from connector.store.history import RecordKind, record_name


def run(work: Work) -> None:
    """Apply all new events, then end the mandates that were not used for 36 months."""
    service = work.installation.mandates
    try:
        retried(work, service.name, lambda: _apply_events(work))
        reached(work, service.name)
    except Retriable as error:
        show_unreachable(work, Step.FOLLOW, service.name, error)
    _expire_unused(work)


def _apply_events(work: Work) -> None:
    service = work.installation.mandates
    with work.store.reading() as connection:
        cursor = cursors.read(connection, service.name, Feed.MANDATE_EVENTS)
    done = 0
    for batch in service.read_events(cursor):
        signed = {
            event.reference: _document(work, event.reference)
            for event in batch.records
            if event.kind is MandateEventKind.SIGNED
        }
        with work.store.transaction() as connection:
            for event in batch.records:
                _apply(work, connection, event, signed)
            show_faults(work, connection, Step.FOLLOW, service.name, batch.faults)
            cursors.move(connection, service.name, Feed.MANDATE_EVENTS, batch.cursor, work.act().at)
        if not work.rehearsal:
            service.handled(batch.cursor)
        done += len(batch.records)
        work.progress(Progress(Step.FOLLOW, service.name, done, batch.total))
        work.check_stop()


def _document(work: Work, reference: str) -> Document | None:
    """The signed document, where the service hands it out."""
    try:
        return work.installation.mandates.document(reference)
    except Unsupported:
        return None


def _apply(work: Work, connection: Connection, event: MandateEvent, signed: Mapping[str, Document | None]) -> None:
    """Apply one event, once. One that does not fit becomes an Exception and changes nothing."""
    act = work.act()
    service = work.installation.mandates.name
    if not mandates.note_event(connection, service, event, act.at):
        return None
    record = record_name(RecordKind.MANDATE, event.reference)
    mandate = mandates.find(connection, event.reference)
    if mandate is None:
        reason = Reason(ReasonCode.MANDATE_UNKNOWN, {"mandate": event.reference})
        return work.show(connection, Step.FOLLOW, record, reason)
    if event.kind is MandateEventKind.VIEWED:
        return None
    if event.kind is MandateEventKind.UNKNOWN:
        reason = Reason(ReasonCode.EVENT_UNKNOWN, {"target": service, "seen": event.raw[:200]})
        return work.show(connection, Step.FOLLOW, record, reason)
    try:
        if event.kind is MandateEventKind.SIGNED:
            _sign(work, connection, mandate, event, signed.get(event.reference))
        else:
            change(work, connection, Step.FOLLOW, mandate, event)
    except IllegalTransition as error:
        show_misfit(work, connection, Step.FOLLOW, event, error)
    return None


def _sign(work: Work, connection: Connection, mandate: Mandate, event: MandateEvent, document: Document | None) -> None:
    """The debtor signed: Core may be used at once, B2B once the debtor's bank has confirmed it."""
    act = work.act()
    iban = _sound_iban(event.iban)
    if iban is None or event.signed_on is None:
        reason = Reason(ReasonCode.MANDATE_INCOMPLETE, {"mandate": mandate.reference})
        work.show(connection, Step.FOLLOW, mandates.record_of(mandate), reason)
        return
    if document is not None:
        documents.keep(connection, document, act.at)
    signed = replace(
        mandate.moved(MandateState.SIGNED),
        debtor_name=event.debtor_name or mandate.debtor_name,
        iban=iban,
        bic=event.bic,
        signed_on=event.signed_on,
        method=event.method,
        document=document.sha256 if document else None,
    )
    mandates.change(connection, mandate, signed, act, event.method)
    waits = mandate.scheme is Scheme.B2B
    ready = signed.moved(MandateState.AWAITING_BANK if waits else MandateState.ACTIVE)
    mandates.change(connection, signed, ready, act, "B2B" if waits else "CORE")
    hear_users_again(work, connection, ready)
    work.did(
        Step.FOLLOW,
        DeedCode.SIGNED,
        customer=signed.debtor_name,
        mandate=mandate.reference,
        signed_on=event.signed_on,
    )


def _sound_iban(iban: str | None) -> str | None:
    try:
        return normalise_iban(iban) if iban else None
    except ValueError:
        return None


def _expire_unused(work: Work) -> None:
    """End mandates without a collection for 36 months, counted from their last collection date."""
    limit = add_months(work.installation.today(), -UNUSED_MONTHS_MAX)
    with work.store.reading() as connection:
        unused = mandates.unused_since(connection, limit)
    if not unused:
        return
    with work.store.transaction() as connection:
        for mandate in unused:
            expired = mandate.moved(MandateState.EXPIRED)
            mandates.change(connection, mandate, expired, work.act(), f"{UNUSED_MONTHS_MAX} months unused")
            work.did(
                Step.FOLLOW,
                DeedCode.MANDATE_EXPIRED,
                customer=mandate.debtor_name,
                mandate=mandate.reference,
            )
