"""A file that could not leave is held against the package again before it does; if that is away, it waits."""

from __future__ import annotations

from connector.errors import Retriable
from connector.model.mandate import MandateEventKind
from tests.flows.world import World

AWAY = Retriable("Nobody answers.", where="test")


def test_a_file_does_not_leave_while_the_package_is_away(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()
    world.invoice("2026-1", "ada", "21.00", announces_debit=True)
    world.package.trouble.before("read_customers", AWAY, AWAY, AWAY)
    world.walk()
    assert world.bank.received == {}
    world.nights(2)
    (content,) = world.bank.received.values()
    assert b">21.00<" in content


def test_a_file_does_not_leave_after_its_mandate_was_cancelled(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()
    world.service.tell(MandateEventKind.CANCELLED, world.reference_of("ada"))
    world.package.trouble.before("read_customers", AWAY, AWAY, AWAY)
    world.nights(3)
    assert world.bank.received == {}
