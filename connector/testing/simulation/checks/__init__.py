"""The checks: what must hold in every world, told from the ledgers of the others alone.

They know nothing of how the connector works. Where a rule is about reasons they ask `explain`, as a user does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from connector.testing.simulation.checks import approved, books, euros, left_out, mandates, once, remarks
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World

Check = Callable[[World], Iterable[Breach]]

DAILY: Sequence[Check] = (
    euros.asked_twice,
    mandates.asked_without,
    mandates.amendments_are_told,
    approved.asked_without_approval,
    once.files,
    once.invitations,
    once.bookings,
    books.booked_without_money,
    once.unexpected,
)
"""Hold after every day."""

AT_REST: Sequence[Check] = (
    books.every_movement_is_booked,
    books.every_account_is_right,
    mandates.every_mandate_is_stored,
    mandates.every_account_is_stored,
    mandates.every_users_word_is_kept,
    remarks.collections_are_shown,
    remarks.customers_need_a_person,
    remarks.invoices_need_a_person,
    left_out.nothing_is_left_out,
    left_out.everything_has_its_reason,
    left_out.nothing_is_owed,
)
"""Hold when all that was under way has come to its end."""


def breaches(world: World, checks: Sequence[Check]) -> list[Breach]:
    """What does not hold."""
    return [breach for check in checks for breach in check(world)]
