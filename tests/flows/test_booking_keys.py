"""What the books call a payment: people see it there, so it is the end-to-end id, and nothing of our own."""

from __future__ import annotations

from connector.testing.bank_house import Fate, Told
from tests.flows.world import World


def test_a_payment_bears_end_to_end_id_and_part_and_its_return_names_it(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.fates["Ada"] = Told(Fate.RETURNED, "AM04")
    world.nights(12)
    (order,) = world.house.orders
    assert list(world.package.payments) == [f"{order.end_to_end_id}/1"]
    world.take_back()
    world.nights(2)
    (returned,) = world.package.returns.values()
    assert returned.payment == f"{order.end_to_end_id}/1"
