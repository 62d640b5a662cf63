"""The books: what the package shows is what the bank moved, cent by cent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from bankfiles.pain008.model import Scheme
from connector.model.reason import ReasonCode
from connector.model.rules import BookWhen
from connector.ports import Payment, PaymentReturn
from connector.store import exceptions
from connector.testing.simulation.bank_desk import Asked
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World

REFUND_PERIOD = timedelta(weeks=8)  # in which a consumer has their money back without a reason


def booked_without_money(world: World) -> Iterator[Breach]:
    """The package books what the bank moved once the rules say so, and nothing else."""
    for one in world.package.booked:
        asked = world.desk.asked.get(one.end_to_end_id)
        paid = isinstance(one, Payment)
        if asked is None or not (_may_be_booked(world, asked) if paid else asked.told_failed is not None):
            what = "payment" if paid else "return"
            yield Breach("Only money that moved is booked.", f"A {what} of {one.end_to_end_id}, {one.amount}.")
        elif one.amount != asked.order.amount or one.invoice.id != asked.invoice:
            seen = f"{one.end_to_end_id}: {one.amount} on {one.invoice.id}, not {asked.order.amount} on {asked.invoice}"
            yield Breach("What moved is what is booked.", seen)


def _may_be_booked(world: World, one: Asked) -> bool:
    """Whether the package may show a collection as paid by now: from its file on, from its money on, or weeks later."""
    match world.scenario.rules.book.when, world.scenario.rules.invite.scheme:
        case BookWhen.SUBMITTED, _:
            return True
        case BookWhen.AFTER_REFUND_PERIOD, Scheme.CORE:
            return one.settled_on is not None and world.today >= one.settled_on + REFUND_PERIOD
        case _:
            return one.settled_on is not None


def refundable_until(world: World) -> date:
    """When the last money of those that came in so far may be booked, if that waits for the time of refunds."""
    if world.scenario.rules.book.when is not BookWhen.AFTER_REFUND_PERIOD:
        return date.min
    came = [one.settled_on for one in world.desk.asked.values() if one.settled_on and not one.failed_on]
    return max(came, default=date.min) + REFUND_PERIOD


def every_movement_is_booked(world: World) -> Iterator[Breach]:
    """Every settled and every returned collection is booked; a contradiction of the bank is shown instead."""
    for end_to_end_id, one in world.desk.asked.items():
        payments, returns = _bookings(world, end_to_end_id)
        settled, failed = one.settled_on is not None, one.failed_on is not None
        if one.contradicted and payments == returns:
            if not _is_shown(world, end_to_end_id):
                yield Breach("A contradiction of the bank is shown.", f"{end_to_end_id} is not.")
        elif settled and not failed and (payments, returns) != (int(_may_be_booked(world, one)), 0):
            yield Breach("Every settled collection is booked.", _seen(one, payments, returns))
        elif failed and payments != returns and not _is_shown(world, end_to_end_id):
            yield Breach("Every returned collection is booked.", _seen(one, payments, returns))


def every_account_is_right(world: World) -> Iterator[Breach]:
    """Open amount = total - paid otherwise - settled + returned."""
    for invoice in world.package.all_invoices():
        account = world.package.accounts[invoice.key.id]
        moved = Decimal(0)
        for one in world.desk.asked.values():
            if one.invoice == invoice.number and one.settled_on:
                moved += _left_of(world, one)
        expected = max(Decimal(0), account.total - account.otherwise - moved)
        if invoice.open_amount != expected:
            seen = f"{invoice.number}: {invoice.open_amount} open, not {expected}"
            yield Breach("What is open is what was not paid.", seen)


def _left_of(world: World, one: Asked) -> Decimal:
    """What a collection brought in the end. Where a person was asked, it is what the package has until they answer."""
    if one.contradicted or _is_shown(world, one.order.end_to_end_id):
        payments, returns = _bookings(world, one.order.end_to_end_id)
        return one.order.amount * (payments - returns)
    return Decimal(0) if one.failed_on or not _may_be_booked(world, one) else one.order.amount


def _bookings(world: World, end_to_end_id: str) -> tuple[int, int]:
    own = [one for one in world.package.booked if one.end_to_end_id == end_to_end_id]
    returns = sum(isinstance(one, PaymentReturn) for one in own)
    return len(own) - returns, returns


def _seen(one: Asked, payments: int, returns: int) -> str:
    return (
        f"{one.order.end_to_end_id}, settled on {one.settled_on}, returned on {one.failed_on}: "
        f"{payments} payments, {returns} returns"
    )


def _is_shown(world: World, end_to_end_id: str) -> bool:
    """Whether a person was asked about an answer of the bank that contradicts, or that names no collection."""
    with world.database.store.reading() as connection:
        shown = exceptions.all_open(connection)
    return any(
        one.reason.code in (ReasonCode.BANK_ANSWER_CONFLICTS, ReasonCode.BANK_ANSWER_UNMATCHED)
        and end_to_end_id in one.reason.facts.get("end_to_end_id", "")
        for one in shown
    )
