"""Right before a file is made or leaves, the package is asked again: what changed meanwhile is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.engine import approval
from connector.engine.one_pass import Outcome
from connector.errors import Retriable
from connector.model.collection import CollectionState
from connector.model.deed import Step
from connector.model.invoice import InvoiceKind
from connector.model.mandate import MandateEventKind
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, NotifyRules, Rules
from connector.store import bank_files, collections, history
from connector.store.bank_files import FileState
from connector.store.collection_rows import StoredCollection
from connector.testing.bank_house import orders_of
from tests.flows.world import World

AWAY = Retriable("Nobody answers.", where="test")
LATER = [step for step in Step if step not in (Step.PULL, Step.FOLLOW)]


def _waits_for_approval(world: World) -> str:
    """Two collections, of Ada and of Bob, that a person must approve. Returns the run."""
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada", "bob")
    for name in ("ada", "bob"):
        world.invoice(name, name, announces_debit=True)
    world.walk()
    (run,) = approval.waiting(world.store)
    assert run.collections == 2
    approval.approve(world.store, run.id, world.clock.now, "Ann", run.digest[:12])
    return run.id


def _of(world: World, invoice: str) -> StoredCollection:
    with world.store.reading() as connection:
        found = collections.find_many(connection, collections.ids_where(connection)).values()
    return next(one for one in found if one.collection.claims[0].invoice.id == invoice)


def _paid(world: World) -> None:
    world.package.put_invoice(replace(world.package.invoice("ada"), open_amount=Decimal(0)))


def _paid_in_part(world: World) -> None:
    world.package.put_invoice(replace(world.package.invoice("ada"), open_amount=Decimal("100.00")))


def _credited(world: World) -> None:
    world.package.put_invoice(replace(world.package.invoice("ada"), kind=InvoiceKind.CREDIT_NOTE))


def _shrunk(world: World) -> None:
    world.package.put_invoice(
        replace(world.package.invoice("ada"), total=Decimal("50.00"), open_amount=Decimal("50.00"))
    )


def _other_currency(world: World) -> None:
    world.package.put_invoice(replace(world.package.invoice("ada"), currency="USD"))


def _cancelled(world: World) -> None:
    world.service.tell(MandateEventKind.CANCELLED, world.reference_of("ada"))
    world.walk([Step.FOLLOW])


def _suspended(world: World) -> None:
    world.service.tell(MandateEventKind.SUSPENDED, world.reference_of("ada"))
    world.walk([Step.FOLLOW])


def _names_another_mandate(world: World) -> None:
    world.package.put_invoice(replace(world.package.invoice("ada"), mandate_reference=world.reference_of("bob")))


CHANGES: list[tuple[Callable[[World], None], ReasonCode]] = [
    (_paid, ReasonCode.NOTHING_OPEN),
    (_paid_in_part, ReasonCode.LESS_IS_OPEN),
    (_credited, ReasonCode.CREDIT_NOTE),
    (_shrunk, ReasonCode.LESS_IS_OPEN),
    (_other_currency, ReasonCode.CURRENCY_NOT_EUR),
    (_cancelled, ReasonCode.MANDATE_ENDED),
    (_suspended, ReasonCode.MANDATE_SUSPENDED),
    (_names_another_mandate, ReasonCode.MANDATE_NOT_THE_SAME),
]


@pytest.mark.parametrize(("change", "why"), CHANGES)
def test_what_changed_since_the_approval_is_left_out(
    world: World, change: Callable[[World], None], why: ReasonCode
) -> None:
    _waits_for_approval(world)
    change(world)
    result = world.walk(LATER)
    assert result.counts["submit.leave_out"] == 1
    (content,) = world.bank.received.values()
    assert _debtors(content) == ["Bob"]
    ada = _of(world, "ada")
    assert ada.collection.state is CollectionState.CANCELLED
    with world.store.reading() as connection:
        told = history.of(connection, collections.record_of(ada.collection.end_to_end_id))
        (claim,) = collections.claims_on(connection, [ada.collection.claims[0].invoice]).values()
    assert told[-1].why == why.value
    assert not claim[0].live
    assert not claim[0].counts


def _debtors(content: bytes) -> list[str]:
    return [order.debtor_name for order in orders_of(content)]


@pytest.mark.parametrize(("change", "why"), CHANGES)
def test_a_file_that_could_not_leave_is_withdrawn_and_its_rest_written_anew(
    world: World, change: Callable[[World], None], why: ReasonCode
) -> None:
    run = _waits_for_approval(world)
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()
    change(world)
    result = world.walk(LATER)
    assert result.counts["submit.withdraw_file"] == result.counts["submit.leave_out"] == 1
    assert list(world.bank.received) == [f"{run}.2.xml"]
    assert _debtors(world.bank.received[f"{run}.2.xml"]) == ["Bob"]
    with world.store.reading() as connection:
        states = {file.message_id: file.state for file in bank_files.latest(connection)}
    assert states == {run: FileState.WITHDRAWN, f"{run}.2": FileState.SUBMITTED}
    world.nights(12)
    assert world.package.invoice("bob").open_amount == 0


def test_a_file_in_which_nothing_changed_leaves_as_it_is(world: World) -> None:
    run = _waits_for_approval(world)
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()
    world.walk()
    assert list(world.bank.received) == [f"{run}.xml"]


def test_a_file_that_is_too_late_is_withdrawn(world: World) -> None:
    _waits_for_approval(world)
    world.bank.trouble.before("send", AWAY, AWAY, AWAY)
    world.walk()
    world.clock.forward(days=20)
    world.rules = Rules(notify=NotifyRules(days=2))
    result = world.walk([Step.SUBMIT])
    assert result.counts["submit.withdraw_file"] == 1
    assert result.counts["submit.cancel_late"] == 2
    assert world.bank.received == {}


def test_a_run_waits_while_its_package_can_not_be_read_again(world: World) -> None:
    _waits_for_approval(world)
    world.package.trouble.before("read_invoices", AWAY, AWAY, AWAY)
    assert world.walk([Step.SUBMIT]).outcome is Outcome.FAILED
    assert world.bank.received == {}
    world.walk([Step.SUBMIT])
    assert len(world.bank.received) == 1


def test_a_collection_that_was_left_out_is_asked_for_anew_at_what_is_open(world: World) -> None:
    _waits_for_approval(world)
    _paid_in_part(world)
    world.rules = Rules(notify=NotifyRules(days=2))
    world.nights(12)
    assert world.package.invoice("ada").open_amount == 0
    assert sorted(payment.amount for payment in world.package.payments.values()) == [
        Decimal("100.00"),
        Decimal("121.00"),
    ]
