"""What vanished from the package is left alone - not collected, not invited - and taken up again if it returns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connector.engine import approval
from connector.engine.explain import explain
from connector.model.deed import DeedCode
from connector.model.invoice import Invoice
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, NotifyRules, Rules
from connector.ports import Batch
from connector.store import collections, exceptions
from connector.store.history import RecordKind
from tests.flows.world import World


def _why(world: World, kind: RecordKind, key: str) -> list[ReasonCode]:
    (told,) = explain(world.installation, world.store, kind, f"books/{key}")
    return [reason.code for reason in told.reasons]


def _states(world: World) -> set[str]:
    with world.store.reading() as connection:
        return set(collections.totals_by_state(connection))


def test_an_invoice_that_vanished_is_not_collected_and_explain_says_why(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.invoice("2026-2", "ada", due_on=date(2026, 12, 20))
    world.walk()
    world.package.delete_invoice("2026-2")
    result = world.walk()
    assert result.counts[f"pull.{DeedCode.INVOICES_GONE}"] == 1
    assert _why(world, RecordKind.INVOICE, "2026-2") == [ReasonCode.INVOICE_GONE]
    world.nights(40)
    assert [order.remittance for order in world.house.orders] == ["2026-1"]


def test_an_invoice_that_vanished_before_its_file_left_is_taken_out_of_it(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    for number in ("2026-1", "2026-2"):
        world.invoice(number, "ada", announces_debit=True)
    world.walk()
    (run,) = approval.waiting(world.store)
    approval.approve(world.store, run.id, world.clock.now, "Ann")
    world.package.delete_invoice("2026-2")
    result = world.walk()
    assert result.counts["submit.leave_out"] == 1
    world.nights(10)
    assert [order.remittance for order in world.house.orders] == ["2026-1"]
    assert _states(world) == {"settled", "cancelled"}


def test_an_invoice_that_comes_back_is_collected(world: World) -> None:
    world.with_mandate("ada")
    invoice = world.invoice("2026-1", "ada", due_on=date(2026, 12, 20))
    world.walk()
    world.package.delete_invoice("2026-1")
    world.walk()
    assert _why(world, RecordKind.INVOICE, "2026-1") == [ReasonCode.INVOICE_GONE]
    world.package.put_invoice(invoice)
    world.walk()
    assert _why(world, RecordKind.INVOICE, "2026-1") == [ReasonCode.NOT_DUE_YET]
    world.nights(40)
    assert world.package.invoice("2026-1").open_amount == Decimal(0)


def test_an_invoice_that_is_only_told_to_be_there_again_is_collected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comparison may find it before the package says that it changed."""
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", due_on=date(2026, 12, 20))
    world.walk()
    for present in (frozenset[str](), frozenset({"2026-1"})):
        batch: Batch[Invoice] = Batch((), cursor="9", present=present)
        monkeypatch.setattr(world.package, "read_invoices", lambda _cursor, batch=batch: iter([batch]))
        world.walk()
    assert _why(world, RecordKind.INVOICE, "2026-1") == [ReasonCode.NOT_DUE_YET]


def test_what_is_with_the_bank_goes_on(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    world.bank_day()
    world.package.delete_invoice("2026-1")
    world.nights(10)
    assert _states(world) == {"settled"}
    with world.store.reading() as connection:  # its payment has no invoice there any more: a person is told
        assert [one.reason.code for one in exceptions.all_open(connection)] == [ReasonCode.EFFECT_FAILED]


def test_nothing_is_shown_on_what_vanished(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    (remark,) = world.package.shown()
    world.package.delete_invoice("2026-1")
    result = world.walk()
    assert not any(name.startswith("show.") for name in result.counts)
    assert world.package.shown() == [remark]  # it went with its invoice, there is nothing to take away


def test_a_customer_who_vanished_is_not_invited_and_comes_back(world: World) -> None:
    ada = world.customer("ada", direct_debit=False)
    world.walk()
    world.package.delete_customer("ada")
    world.walk()
    assert _why(world, RecordKind.CUSTOMER, "ada") == [ReasonCode.CUSTOMER_GONE]
    world.package.put_customer(ada)
    world.walk()
    assert _why(world, RecordKind.CUSTOMER, "ada") == [ReasonCode.DIRECT_DEBIT_NOT_WANTED]


def test_a_customer_who_vanished_before_they_were_invited_never_is(world: World) -> None:
    world.customer("ada", email="")
    world.walk()
    world.package.delete_customer("ada")
    world.nights(3)
    assert world.service.invited == {}
    assert world.package.shown() == []


def test_what_is_gone_is_told_once(world: World) -> None:
    world.customer("ada")
    world.invoice("2026-1", "ada")
    world.walk()
    world.package.delete_invoice("2026-1")
    counts = [world.walk().counts.get(f"pull.{DeedCode.INVOICES_GONE}", 0) for _ in range(3)]
    assert counts == [1, 0, 0]
