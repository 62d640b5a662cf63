"""Bad input becomes an Exception with its reason, and the rest goes on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connector.engine.one_pass import Outcome
from connector.model.mandate import MandateEventKind, MandateState
from connector.model.reason import ReasonCode
from connector.ports import Fault
from connector.store import customers, exceptions, mandates
from connector.store.exceptions import OpenException
from tests.flows.world import World


def _open(world: World) -> list[OpenException]:
    with world.store.reading() as connection:
        return exceptions.all_open(connection)


def _codes(world: World) -> list[ReasonCode]:
    return [one.reason.code for one in _open(world)]


def test_an_unreadable_record_is_shown_and_the_next_one_invited(world: World) -> None:
    world.package.put_fault(Fault("row 7", "customers.csv row 7", "??", "No name.", "Fill in the name."))
    world.customer("ada")
    assert world.walk().outcome is Outcome.EXCEPTIONS
    assert _codes(world) == [ReasonCode.RECORD_UNREADABLE]
    assert len(world.service.invited) == 1


def test_a_record_that_was_mended_is_no_longer_shown(world: World) -> None:
    world.package.put_fault(Fault("customer ada", "customers.csv row 7", "??", "No name.", "Fill in the name."))
    world.walk()
    assert _codes(world) == [ReasonCode.RECORD_UNREADABLE]
    world.customer("ada")
    world.walk()
    assert _codes(world) == []


def test_an_impossible_iban_is_shown_masked_and_the_customer_kept_without_it(world: World) -> None:
    customer = world.customer("ada", iban="BE00539007547034")
    world.walk()
    (shown,) = _open(world)
    assert shown.reason.code is ReasonCode.IBAN_INVALID
    assert "539007547" not in str(shown.reason.facts)
    with world.store.reading() as connection:
        stored = customers.find(connection, customer.key)
    assert stored is not None
    assert stored.iban is None
    assert len(world.service.invited) == 1


def test_a_mandate_without_a_date_is_shown_and_not_used(world: World) -> None:
    world.customer("ada")
    world.walk()
    reference = world.sign("ada", signed_on=None)
    world.invoice("2026-1", "ada")
    world.nights(12)
    assert _codes(world) == [ReasonCode.MANDATE_INCOMPLETE]
    assert world.bank.received == {}
    with world.store.reading() as connection:
        mandate = mandates.find(connection, reference)
    assert mandate is not None
    assert mandate.state is MandateState.INVITED


def test_an_invoice_in_dollars_is_shown_and_never_collected(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", currency="USD")
    world.invoice("2026-2", "ada")
    world.nights(12)
    assert _codes(world) == [ReasonCode.CURRENCY_NOT_EUR]
    assert [payment.invoice_number for payment in world.package.payments.values()] == ["2026-2"]


def test_an_invoice_of_an_unknown_customer_is_shown_until_the_customer_is_there(world: World) -> None:
    world.invoice("2026-1", "ada")
    world.walk()
    assert _codes(world) == [ReasonCode.CUSTOMER_UNKNOWN]
    world.customer("ada")
    world.walk()
    assert _codes(world) == []


def test_an_invoice_with_parts_of_cents_is_shown(world: World) -> None:
    world.customer("ada")
    world.invoice("2026-1", "ada", total=Decimal("10.005"), open_amount=Decimal("10.005"))
    world.walk()
    assert _codes(world) == [ReasonCode.RECORD_UNREADABLE]


def test_garbage_from_the_bank_is_shown_and_the_next_file_read(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.bank.put("garbage.xml", b"\x00\x01 not a bank file")
    world.nights(12)
    assert _codes(world) == [ReasonCode.BANK_FILE_UNREADABLE]
    assert len(world.package.payments) == 1


def test_a_bank_file_is_read_once_however_often_it_comes(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    statement = world.house.statement(date(2026, 12, 1), world.clock.now)
    assert statement is not None
    world.bank.put("again.xml", statement)
    assert world.walk().outcome is Outcome.DONE
    assert len(world.package.payments) == 1
    assert _open(world) == []


def test_an_event_about_a_stranger_or_in_an_unknown_word_is_shown_and_changes_nothing(world: World) -> None:
    world.customer("ada")
    world.walk()
    world.service.tell(MandateEventKind.SIGNED, "M-STRANGER", iban="BE68539007547034")
    world.service.tell(MandateEventKind.UNKNOWN, world.reference_of("ada"))
    world.walk()
    assert _codes(world) == [ReasonCode.MANDATE_UNKNOWN, ReasonCode.EVENT_UNKNOWN]
    assert world.package.mandates == {}


def test_an_event_that_comes_twice_is_applied_once(world: World) -> None:
    world.customer("ada")
    world.walk()
    world.sign("ada")
    world.service.events.append(world.service.events[0])
    assert world.walk().outcome is Outcome.DONE
    assert len(world.package.mandates) == 1


def test_a_customer_without_an_address_for_mail_is_shown_until_there_is_one(world: World) -> None:
    world.customer("ada", email="")
    world.walk()
    assert _codes(world) == [ReasonCode.NO_EMAIL]
    world.customer("ada")
    world.walk()
    assert _codes(world) == []
    assert len(world.service.invited) == 1
