"""The whole road: from a customer and an invoice to money in the books, and back again."""

from __future__ import annotations

from decimal import Decimal

from connector.engine.one_pass import Outcome
from connector.model.collection import CollectionState
from connector.model.mandate import MandateState
from connector.store import collections, exceptions, mandates
from connector.testing.bank_house import Fate, Told
from tests.flows.world import World


def _states(world: World) -> dict[str, tuple[int, Decimal]]:
    with world.store.reading() as connection:
        return collections.totals_by_state(connection)


def test_an_invoice_is_collected_and_booked_as_paid(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    assert world.package.invoice("2026-1").open_amount == 0
    assert [payment.invoice_number for payment in world.package.payments.values()] == ["2026-1"]
    assert _states(world) == {"settled": (1, Decimal("121.00"))}
    assert len(world.bank.received) == 1


def test_a_signed_mandate_is_written_back_with_its_document(world: World) -> None:
    world.with_mandate("ada")
    (stored,) = world.package.mandates.values()
    assert stored.mandate.state is MandateState.ACTIVE
    assert stored.document is not None
    assert stored.document.content.startswith(b"Signed mandate")


def test_a_return_opens_the_invoice_again_and_is_not_collected_again(world: World) -> None:
    world.fates["Ada"] = Told(Fate.RETURNED, "AM04")
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    world.take_back()
    world.nights(10)
    assert world.package.invoice("2026-1").open_amount == Decimal("121.00")
    (returned,) = world.package.returns.values()
    assert returned.reason_code == "AM04"
    assert _states(world) == {"returned": (1, Decimal("121.00"))}
    assert len(world.bank.received) == 1


def test_a_reject_books_nothing_and_is_shown(world: World) -> None:
    world.fates["Ada"] = Told(Fate.REJECTED, "AC04")
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    assert world.package.payments == {}
    assert _states(world) == {"rejected": (1, Decimal("121.00"))}
    with world.store.reading() as connection:
        (shown,) = exceptions.all_open(connection)
        mandate = mandates.find(connection, world.reference_of("ada"))
    assert shown.reason.facts["reason_code"] == "AC04"
    assert mandate is not None
    assert mandate.state is MandateState.SUSPENDED


def test_a_second_pass_changes_nothing(world: World) -> None:
    world.with_mandate("ada", "bob")
    world.invoice("2026-1", "ada")
    world.invoice("2026-2", "bob")
    world.nights(12)
    before = (_states(world), len(world.mailer.sent), dict(world.bank.received), dict(world.package.payments))
    result = world.walk()
    assert result.outcome is Outcome.DONE
    assert result.counts == {}
    assert before == (
        _states(world),
        len(world.mailer.sent),
        dict(world.bank.received),
        dict(world.package.payments),
    )


def test_the_debtor_is_told_before_the_debit(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    keys = [mail.key.split(":")[0] for mail in world.mailer.sent]
    assert keys == ["invite", "notice"]
    with world.store.reading() as connection:
        ids = collections.ids_where(connection, states=[CollectionState.SETTLED])
        stored = collections.find(connection, ids[0])
    assert stored is not None
    assert f"{stored.collection.collection_date:%Y}" in world.mailer.sent[1].text
