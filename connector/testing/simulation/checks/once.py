"""Once only: files, invitations, bookings, passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from connector.ports import Payment
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World


def files(world: World) -> Iterator[Breach]:
    """The bank got no file that it had taken in before, nor one that it can't take."""
    for refusal in world.desk.refusals:
        yield Breach("No file is handed to the bank twice, nor one that it can't take.", refusal)


def invitations(world: World) -> Iterator[Breach]:
    """No customer is invited twice, no invitation mailed twice."""
    customers = Counter(request.customer.key.id for request in world.service.invited.values())
    for customer, times in customers.items():
        if times > 1:
            yield Breach("No customer is invited twice.", f"{customer} was {times} times.")
    for reference in world.service.invited:
        link = f"https://sign.example/{reference}"
        times = sum(link in mail.text for mail in world.mailer.sent)
        if times > 1:
            yield Breach("No invitation is sent twice.", f"{reference} was {times} times.")


def bookings(world: World) -> Iterator[Breach]:
    """No collection is booked twice, no return is."""
    kinds = Counter((type(one).__name__, one.end_to_end_id) for one in world.package.booked)
    for (kind, end_to_end_id), times in kinds.items():
        if times > 1:
            what = "payment" if kind == Payment.__name__ else "return"
            yield Breach("Every collection is booked once.", f"The {what} of {end_to_end_id} {times} times.")


def unexpected(world: World) -> Iterator[Breach]:
    """One pass works at a time, and none ends in an error that nobody made."""
    for seen in world.unexpected:
        yield Breach("A pass comes to its end, and no two work at once.", seen)
