"""Audit of money: open amounts, what was booked in the packages, and changes whose outcome is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connector.engine.differences import Difference, DifferenceKind
from connector.engine.outbox import HANDLERS
from connector.installation import Source
from connector.model.effect import EffectKind, EffectState
from connector.steps.work import Work
from connector.store import auditing
from connector.store.history import RecordKind, record_name

_GONE = {
    EffectKind.REGISTER_PAYMENT: DifferenceKind.PAYMENT_GONE,
    EffectKind.REGISTER_RETURN: DifferenceKind.RETURN_GONE,
}
_UNSETTLED = {
    EffectState.UNKNOWN: DifferenceKind.EFFECT_UNKNOWN,
    EffectState.FAILED: DifferenceKind.EFFECT_FAILED,
}


def open_amounts(work: Work, source: Source) -> Iterator[Difference]:
    """Read all invoices of a package, and compare what is open there with what is open here.

    What we booked after we last read an invoice is allowed for: the package shows it, the next pass reads it.
    """
    for batch in source.package.read_invoices(""):
        with work.store.reading() as connection:
            ours = auditing.open_amounts(connection, source.name, [invoice.key.id for invoice in batch.records])
        for invoice in batch.records:
            record = record_name(RecordKind.INVOICE, invoice.key)
            known = ours.get(invoice.key.id)
            if known is None:
                kind, here = DifferenceKind.INVOICE_UNKNOWN, ""
            elif invoice.open_amount not in known:
                kind, here = DifferenceKind.OPEN_AMOUNT, str(known[0])
            else:
                continue
            yield Difference(kind, record, here, str(invoice.open_amount), source.name)


def booked(work: Work, source: Source, since: datetime) -> Iterator[Difference]:
    """Look up the payments and returns that were booked in a package since then."""
    with work.store.reading() as connection:
        returns = auditing.done_since(connection, EffectKind.REGISTER_RETURN, source.name, since)
        payments = auditing.done_since(connection, EffectKind.REGISTER_PAYMENT, source.name, since)
    undone = {effect.facts["payment"] for effect in returns}
    for effect in (*payments, *returns):
        if effect.key not in undone and HANDLERS[effect.kind].look_up(effect, work) is None:
            yield Difference(_GONE[effect.kind], effect.about, effect.facts["amount"], "", source.name, effect.key)


def unsettled(work: Work) -> Iterator[Difference]:
    """Changes elsewhere of which nobody knows whether they were made, or that were refused."""
    with work.store.reading() as connection:
        found = auditing.effects_in(connection, list(_UNSETTLED))
    for effect in found:
        yield Difference(_UNSETTLED[effect.state], effect.about, effect.kind.value, "", effect.target, effect.key)
