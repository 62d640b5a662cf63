"""Nothing due is left out, and what is not done has its reason."""

from __future__ import annotations

from collections.abc import Iterator

from bankfiles.pain008.model import Scheme
from connector.engine.explain import explain
from connector.engine.status import status
from connector.model.effect import EffectState
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import MandateEventKind, MandateType
from connector.model.reason import ReasonCode
from connector.store.history import RecordKind
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World

HARMLESS = frozenset({"AM04", "FF01"})
_OVER = frozenset({EffectState.DONE.value, EffectState.LEFT.value})


def nothing_is_left_out(world: World) -> Iterator[Breach]:
    """What was due and collectable when peace came has been asked for since."""
    if world.scenario.rules.collect.approval and world.scenario.never_approves:
        return
    for invoice in world.package.open_invoices():
        if _should_be_asked(world, invoice):
            yield Breach("Nothing due and collectable is left out.", f"{invoice.number}, due on {invoice.due_on}.")


def _should_be_asked(world: World, invoice: Invoice) -> bool:
    """By a reading of its own, and only what is beyond doubt."""
    rules = world.scenario.rules
    customer = next(one for one in world.package.all_customers() if one.key == invoice.customer)
    asked = [one for one in world.desk.asked.values() if one.invoice == invoice.number]
    under = {
        reference
        for reference, request in world.service.invited.items()
        if request.customer.key == customer.key and _is_plain(world, reference)
    }
    reasons = {
        one.fate.reason for one in world.desk.asked.values() if one.failed_on and one.order.mandate_reference in under
    }
    return (
        invoice.kind is InvoiceKind.INVOICE
        and invoice.currency == "EUR"
        and invoice.open_amount <= rules.collect.maximum
        and invoice.due_on <= world.peace_on
        and rules.invite.type is MandateType.RECURRENT
        and len(asked) < rules.collect.attempts
        and all(one.known_failed is not None and one.known_failed < world.peace_at for one in asked)
        and bool(customer.email)
        and bool(under)
        and reasons <= HARMLESS
    )


def _is_plain(world: World, reference: str) -> bool:
    """Whether a mandate was signed before peace came, and nothing ever happened to it, but for another account."""
    events = [event for event in world.service.events if event.reference == reference]
    kinds = {event.kind for event in events} - {MandateEventKind.VIEWED, MandateEventKind.AMENDED}
    wanted = {MandateEventKind.SIGNED}
    if world.scenario.rules.invite.scheme is Scheme.B2B:
        wanted.add(MandateEventKind.BANK_CONFIRMED)
    by_users = {event.kind for event in world.package.mandate_events if event.reference == reference}
    before_peace = all(int(event.id) <= world.events_before_peace for event in events)
    return kinds == wanted and by_users <= {MandateEventKind.AMENDED} and before_peace


def everything_has_its_reason(world: World) -> Iterator[Breach]:
    """For each open invoice that is not under way, and each customer, `explain` says why."""
    for invoice in world.package.open_invoices():
        told = explain(world.installation, world.database.store, RecordKind.INVOICE, f"{invoice.key}")
        codes = [reason.code for one in told for reason in one.reasons]
        if not codes or ReasonCode.WILL_COLLECT in codes:
            yield Breach("Every skip has its reason.", f"invoice {invoice.number}: {', '.join(codes) or 'nothing'}")
    for customer in world.package.all_customers():
        told = explain(world.installation, world.database.store, RecordKind.CUSTOMER, f"{customer.key}")
        codes = [reason.code for one in told for reason in one.reasons]
        if not codes or ReasonCode.WILL_INVITE in codes:
            yield Breach("Every skip has its reason.", f"customer {customer.key.id}: {', '.join(codes) or 'nothing'}")


def nothing_is_owed(world: World) -> Iterator[Breach]:
    """All changes that were owed are made."""
    for state, number in status(world.database.store).effects.items():
        if state not in _OVER:
            yield Breach("What is owed is done.", f"{number} changes are {state}.")
