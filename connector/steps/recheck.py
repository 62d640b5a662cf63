"""Recheck: right before a file is made or leaves, what was paid, credited or cancelled meanwhile is left out of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from sqlalchemy import Connection

from connector.errors import Retriable
from connector.model.deed import DeedCode, Step
from connector.model.invoice import InvoiceKind
from connector.model.mandate import why_not_active
from connector.model.reason import Reason, ReasonCode
from connector.steps import pull
from connector.steps.release import cancel
from connector.steps.unreachable import retried, show_unreachable
from connector.steps.work import Work
from connector.store import collections
from connector.store.collection_rows import StoredCollection
from connector.store.stale import Stale


def reread(work: Work, creditor: str) -> bool:
    """Read again what may stop collections of a creditor. False if a source can't be reached: nothing may leave."""
    for source in work.installation.sources.values():
        if source.creditor != creditor:
            continue
        if source.name in work.unreachable:
            return False
        try:
            retried(work, source.name, partial(pull.read_again, work, source))
        except Retriable as error:
            show_unreachable(work, Step.SUBMIT, source.name, error)
            return False
    return True


def leave_out(work: Work, connection: Connection, stale: Iterable[Stale]) -> None:
    """Cancel collections that may not leave; their invoices are free, and what is still open is announced anew."""
    why = {one.end_to_end_id: one for one in stale}
    for end_to_end_id, stored in collections.find_many(connection, why).items():
        reason = _reason(why[end_to_end_id], stored)
        cancel(connection, stored, work.act(), reason.code.value)
        facts = {**reason.facts, "reason": reason.code.value, "end_to_end_id": end_to_end_id}
        work.did(
            Step.SUBMIT,
            DeedCode.LEAVE_OUT,
            customer=stored.debtor_name,
            number=stored.collection.remittance,
            amount=stored.collection.amount,
            **facts,
        )
    collections.forgive(connection, why)  # once they are over: an invoice that shrank would not bear a claim on it


def _reason(stale: Stale, stored: StoredCollection) -> Reason:
    """The first thing that is against it."""
    mandate = {"mandate": stored.collection.mandate_reference, "state": stale.mandate_state.value}
    if stale.gone:
        return Reason(ReasonCode.INVOICE_GONE)
    if stale.kind is not InvoiceKind.INVOICE:
        return Reason(ReasonCode.CREDIT_NOTE)
    if stale.currency != "EUR":
        return Reason(ReasonCode.CURRENCY_NOT_EUR, {"currency": stale.currency})
    if stale.open_amount <= 0:
        return Reason(ReasonCode.NOTHING_OPEN)
    if stale.open_amount < stale.claimed:
        return Reason(ReasonCode.LESS_IS_OPEN, {"open_amount": str(stale.open_amount)})
    if not stale.usable:
        return Reason(why_not_active(stale.mandate_state), mandate)
    return Reason(ReasonCode.MANDATE_NOT_THE_SAME, mandate)
