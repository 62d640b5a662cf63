"""When a collection is booked as paid: at submission, when the money is there, or when nobody can have it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations

import pytest

from connector.engine.explain import explain
from connector.errors import Retriable
from connector.model.mandate import MandateEventKind
from connector.model.reason import ReasonCode
from connector.model.rules import BookRules, BookWhen, InviteRules, NotifyRules, Rules
from connector.store.history import RecordKind
from connector.testing.bank_house import Fate, Told, batch_entries, return_entry
from connector.testing.bank_messages import Report, Status, account_report, status_report
from tests.flows.world import CREDITOR, World

PAID, RETURNED, REJECTED = "paid", "returned", "rejected"


def _rules(when: BookWhen, scheme: str = "CORE") -> Rules:
    return Rules(
        invite=InviteRules.model_validate({"scheme": scheme}),
        notify=NotifyRules(days=2),
        book=BookRules(when=when),
    )


def _submitted(world: World, when: BookWhen) -> None:
    """A collection that the bank has, and of which it has said nothing yet."""
    world.rules = _rules(when)
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "50.00", announces_debit=True)
    world.walk()
    (content,) = world.bank.received.values()
    world.house.take(content, world.clock.now)


def _answers(world: World) -> dict[str, bytes]:
    """What the bank could say of it, each as a file."""
    (order,) = world.house.orders
    day, at = order.collection_date, datetime(2026, 12, 1, 12, tzinfo=UTC)

    def statement(name: str, entries: Sequence[object]) -> bytes:
        return account_report(Report.STATEMENT, name, CREDITOR.iban, day, entries, at)  # type: ignore[arg-type]

    rejected = [Status(order.batch_id, order.end_to_end_id, "RJCT", "AM04")]
    return {
        PAID: statement("STM-1", batch_entries([order], day)),
        RETURNED: statement("STM-2", [return_entry(order, "AM04", day)]),
        REJECTED: status_report(order.message_id, "STS-1", rejected, at, "PART"),
    }


def _bookings(world: World) -> tuple[int, int]:
    return len(world.package.payments), len(world.package.returns)


def _open_amount(world: World) -> Decimal:
    return world.package.invoice("2026-1").open_amount


def _why(world: World) -> list[ReasonCode]:
    (order,) = world.house.orders
    (told,) = explain(world.installation, world.store, RecordKind.COLLECTION, order.end_to_end_id)
    return [reason.code for reason in told.reasons]


@pytest.mark.parametrize(
    ("when", "booked", "reason"),
    [
        (BookWhen.SUBMITTED, (1, 0), []),
        (BookWhen.SETTLED, (0, 0), [ReasonCode.BOOK_WHEN_SETTLED]),
        (BookWhen.AFTER_REFUND_PERIOD, (0, 0), [ReasonCode.BOOK_AFTER_REFUND_PERIOD]),
    ],
)
def test_what_the_bank_has_is_booked_at_once_only_if_the_rules_say_so(
    world: World, when: BookWhen, booked: tuple[int, int], reason: list[ReasonCode]
) -> None:
    _submitted(world, when)
    world.walk()
    assert _bookings(world) == booked
    assert _why(world) == reason


def test_a_payment_names_its_day_and_its_batch(world: World) -> None:
    _submitted(world, BookWhen.SUBMITTED)
    (order,) = world.house.orders
    (payment,) = world.package.payments.values()
    assert (payment.paid_on, payment.batch_id) == (order.collection_date, order.batch_id)
    world.bank.put("statement.xml", _answers(world)[PAID])
    world.walk()
    assert _bookings(world) == (1, 0)


def test_a_settled_payment_bears_the_banks_reference_and_its_batch(world: World) -> None:
    _submitted(world, BookWhen.SETTLED)
    world.bank.put("statement.xml", _answers(world)[PAID])
    world.walk()
    (order,) = world.house.orders
    (payment,) = world.package.payments.values()
    assert payment.batch_id == order.batch_id
    assert payment.bank_reference


def test_money_is_booked_eight_weeks_later_where_a_consumer_could_have_it_back(world: World) -> None:
    _submitted(world, BookWhen.AFTER_REFUND_PERIOD)
    world.clock.now = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    world.bank.put("statement.xml", _answers(world)[PAID])
    world.walk()
    assert (_bookings(world), _why(world)) == ((0, 0), [ReasonCode.BOOK_ON])
    world.clock.forward(days=55)
    world.walk()
    assert _bookings(world) == (0, 0)
    world.clock.forward(days=1)
    world.walk()
    assert (_bookings(world), _why(world)) == ((1, 0), [])
    (payment,) = world.package.payments.values()
    assert payment.paid_on == date(2026, 12, 1)
    assert payment.bank_reference
    world.walk()
    assert _bookings(world) == (1, 0)


def test_money_that_is_taken_back_before_it_is_booked_is_never_booked(world: World) -> None:
    _submitted(world, BookWhen.AFTER_REFUND_PERIOD)
    answers = _answers(world)
    for name in (PAID, RETURNED):
        world.bank.put(f"{name}.xml", answers[name])
        world.walk()
    world.clock.forward(days=90)
    world.walk()
    assert _bookings(world) == (0, 0)
    assert _open_amount(world) == Decimal("50.00")
    assert _why(world) == []


def test_money_that_is_taken_back_after_it_was_booked_is_returned(world: World) -> None:
    _submitted(world, BookWhen.AFTER_REFUND_PERIOD)
    answers = _answers(world)
    world.bank.put("paid.xml", answers[PAID])
    world.walk()
    world.clock.forward(days=70)
    world.walk()
    assert _bookings(world) == (1, 0)
    world.bank.put("returned.xml", answers[RETURNED])
    world.walk()
    assert _bookings(world) == (1, 1)
    assert _open_amount(world) == Decimal("50.00")


def test_a_rule_that_changed_books_what_waits(world: World) -> None:
    _submitted(world, BookWhen.AFTER_REFUND_PERIOD)
    world.bank.put("paid.xml", _answers(world)[PAID])
    world.walk()
    world.rules = _rules(BookWhen.SETTLED)
    world.walk()
    assert _bookings(world) == (1, 0)


def test_a_business_debtor_has_no_refund_period(world: World) -> None:
    world.rules = _rules(BookWhen.AFTER_REFUND_PERIOD, "B2B")
    world.customer("ada")
    world.walk()
    world.sign("ada")
    world.walk()
    world.service.tell(MandateEventKind.BANK_CONFIRMED, world.reference_of("ada"))
    world.invoice("2026-1", "ada", "50.00", announces_debit=True)
    world.nights(10)
    assert _bookings(world) == (1, 0)


def test_a_rejected_collection_that_was_booked_is_undone(world: World) -> None:
    _submitted(world, BookWhen.SUBMITTED)
    assert _open_amount(world) == Decimal(0)
    world.bank.put("status.xml", _answers(world)[REJECTED])
    world.walk()
    assert _bookings(world) == (1, 1)
    assert _open_amount(world) == Decimal("50.00")


def test_a_rejected_collection_that_is_not_booked_yet_never_is(world: World) -> None:
    world.rules = _rules(BookWhen.SUBMITTED)
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "50.00", announces_debit=True)
    world.package.trouble.before("register_payment", *[Retriable("It is away.", where="books")] * 4)
    world.walk()
    (content,) = world.bank.received.values()
    world.house.take(content, world.clock.now)
    assert _bookings(world) == (0, 0)
    world.bank.put("status.xml", _answers(world)[REJECTED])
    world.walk()
    assert _bookings(world) == (0, 0)
    assert _open_amount(world) == Decimal("50.00")


@pytest.mark.parametrize("at_once", [True, False], ids=["in one pass", "in a pass each"])
@pytest.mark.parametrize("order", sorted(set(permutations([PAID, RETURNED, PAID]))), ids="-".join)
@pytest.mark.parametrize("when", BookWhen)
def test_in_whatever_order_the_bank_tells_the_books_agree_with_it(
    world: World, when: BookWhen, order: tuple[str, ...], at_once: bool
) -> None:
    """Paid and taken back, in any order, twice, months late: nothing is left on the invoice but what is owed."""
    _submitted(world, when)
    answers = _answers(world)
    for number, name in enumerate(order):
        world.bank.put(f"{number}-{name}.xml", answers[name] + b"\n" * number)
        if not at_once:
            world.walk()
            world.clock.forward(days=60)
    for _ in range(3):
        world.walk()
        world.clock.forward(days=60)
    payments, returns = _bookings(world)
    assert payments == returns
    assert _open_amount(world) == Decimal("50.00")


@pytest.mark.parametrize("when", BookWhen)
@pytest.mark.parametrize("fate", [Told(Fate.PAID), Told(Fate.REJECTED, "AM04"), Told(Fate.RETURNED, "AM04")])
def test_whatever_the_rules_the_books_end_where_the_bank_does(world: World, when: BookWhen, fate: Told) -> None:
    world.rules = _rules(when)
    world.fates["Ada"] = fate
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "50.00", announces_debit=True)
    world.nights(9)
    world.take_back()
    world.walk()
    world.clock.forward(days=60)
    world.walk()
    assert _open_amount(world) == (Decimal(0) if fate.fate is Fate.PAID else Decimal("50.00"))
    payments, returns = _bookings(world)
    assert payments - returns == (1 if fate.fate is Fate.PAID else 0)
