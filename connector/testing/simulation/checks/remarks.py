"""What the package's users see on its records: collections under way, and what a person has to do; and nothing stale.

Read from the ledgers of the others, and only what is beyond doubt: nobody is held to account for a mandate that was
stopped and resumed at two sides, or for what the bank contradicted. What was shown between a copy of the database and
the day on which it was put back is known to nobody any more: whether it was taken away is not looked at then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bankfiles.pain008.model import Scheme
from connector.model.customer import Customer
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import MandateEventKind, MandateType
from connector.ports import Feed, Remark, RemarkKind
from connector.testing.simulation.bank_desk import Asked
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.checks.left_out import HARMLESS
from connector.testing.simulation.world import World

_K = MandateEventKind
_CLEAR = frozenset({_K.VIEWED, _K.SIGNED, _K.BANK_CONFIRMED, _K.REFUSED, _K.AMENDED, _K.CANCELLED})
_TIME_TO_SHOW = timedelta(days=7)  # a side that refused much before peace came rests for some days


def collections_are_shown(world: World) -> Iterator[Breach]:
    """Each collection of the days of peace was shown on its invoice; at rest none is that is over."""
    told = list(_remarks(world, RemarkKind.COLLECTION))
    for one in world.desk.asked.values():
        if one.day >= world.peace_on + _TIME_TO_SHOW and not any(_is_about(remark, one) for remark in told):
            yield Breach("A collection under way is shown on its invoice.", f"{one.order.end_to_end_id} is not.")
    waits = world.scenario.rules.collect.approval
    for remark in told:
        # By its id: an attempt after a rejection may ask the same amount on the same day.
        asked = any(one.order.end_to_end_id in remark.text for one in world.desk.asked.values())
        if remark.open and not world.put_back and (asked or not waits):
            yield Breach("Nothing is shown that is over.", f"{remark.on.id}: {remark.title} {remark.text}")


def customers_need_a_person(world: World) -> Iterator[Breach]:
    """A customer who owes what is due without a mandate is shown to a person, and nobody else is."""
    shown = {remark.on.id for remark in _open_attention(world, Feed.CUSTOMERS)}
    for customer in world.package.all_customers():
        needs = _needs_a_person(world, customer)
        if needs is not None and needs is not (customer.key.id in shown) and (needs or not world.put_back):
            what = "is not shown" if needs else "is shown, and nothing has to be done"
            yield Breach("Customers who need a person are shown.", f"{customer.key.id} {what}.")


def invoices_need_a_person(world: World) -> Iterator[Breach]:
    """An invoice that was asked for in vain as often as the rules allow is shown to a person; what is solved is not."""
    shown = {remark.on.id: remark for remark in _open_attention(world, Feed.INVOICES)}
    rules = world.scenario.rules.collect
    for invoice in world.package.all_invoices():
        asked = _asked_for(world, invoice)
        remark = shown.get(invoice.number)
        if remark is None:
            in_vain = len(asked) == rules.attempts and all(_failed_for_sure(world, one) for one in asked)
            if in_vain and _is_due(world, invoice):
                yield Breach("Invoices that need a person are shown.", f"{invoice.number} is not.")
        elif not world.put_back and (not invoice.open_amount or (not asked and invoice.open_amount <= rules.maximum)):
            yield Breach("Nothing is shown that is solved.", f"{invoice.number}: {remark.title}")


def _needs_a_person(world: World, customer: Customer) -> bool | None:
    """Whether somebody has to look at a customer; None if the ledgers leave a doubt."""
    owing = [invoice for invoice in world.package.open_invoices() if invoice.customer == customer.key]
    owing = [invoice for invoice in owing if _is_due(world, invoice)]
    asked = [one for invoice in owing for one in _asked_for(world, invoice)]
    if any(one.contradicted or one.unnamed for one in asked):
        return None
    if owing and world.scenario.rules.collect.approval:
        return None  # a run that waits may hold them, and is what a person has to look at
    owing = [
        one for one in owing if not any(other.settled_on and not other.failed_on for other in _asked_for(world, one))
    ]
    if not customer.active or customer.direct_debit is False or not owing:
        return False
    mandates = [
        _is_usable(world, ref) for ref, one in world.service.invited.items() if one.customer.key == customer.key
    ]
    if None in mandates:
        return None
    if any(mandates):
        return False
    return True if customer.direct_debit else None if mandates else False


def _is_usable(world: World, reference: str) -> bool | None:
    """Whether a mandate is active in the end; None if the ledgers leave a doubt."""
    under = [one for one in world.desk.asked.values() if one.order.mandate_reference == reference]
    told = [one.kind for one in world.service.events if one.reference == reference]
    told += [one.kind for one in world.package.mandate_events if one.reference == reference]
    harmed = any((one.failed_on and one.fate.reason not in HARMLESS) or one.contradicted for one in under)
    one_off = world.scenario.rules.invite.type is MandateType.ONE_OFF
    if harmed or one_off or not set(told) <= _CLEAR:
        return None
    if _K.CANCELLED in told:
        return False
    return (_K.BANK_CONFIRMED if world.scenario.rules.invite.scheme is Scheme.B2B else _K.SIGNED) in told


def _is_due(world: World, invoice: Invoice) -> bool:
    """Whether an invoice could be collected by now, and is not about to be."""
    under_way = {remark.on.id for remark in _remarks(world, RemarkKind.COLLECTION) if remark.open}
    return (
        invoice.kind is InvoiceKind.INVOICE
        and invoice.currency == "EUR"
        and invoice.open_amount > 0
        and invoice.due_on <= world.today
        and invoice.number not in under_way
    )


def _failed_for_sure(world: World, one: Asked) -> bool:
    """Whether a collection came to nothing, without a doubt, and nobody asked to have another try for it."""
    again = one.order.end_to_end_id in world.clerk.again or one.order.message_id in world.clerk.again
    return bool(one.known_failed and one.failed_on) and not (one.contradicted or one.unnamed or again)


def _asked_for(world: World, invoice: Invoice) -> list[Asked]:
    return [one for one in world.desk.asked.values() if one.invoice == invoice.number]


def _is_about(remark: Remark, one: Asked) -> bool:
    told = (remark.on.id, remark.amount, remark.collection_date)
    return told == (one.invoice, one.order.amount, one.order.collection_date)


def _remarks(world: World, kind: RemarkKind) -> Iterator[Remark]:
    return (remark for remark in world.package.remarks.values() if remark.kind is kind)


def _open_attention(world: World, feed: Feed) -> Iterator[Remark]:
    return (remark for remark in _remarks(world, RemarkKind.ATTENTION) if remark.open and remark.feed is feed)
