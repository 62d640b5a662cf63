"""What a person tells of a mandate takes effect as if the mandate service had told it."""

from __future__ import annotations

from datetime import date

import pytest

from bankfiles.pain008.model import Scheme
from connector.engine import mandate_desk, nightly
from connector.errors import IllegalTransition
from connector.model.mandate import Mandate, MandateEventKind, MandateState
from connector.model.rules import InviteRules, NotifyRules, Rules
from connector.store import history, mandates
from tests.flows.world import IBANS, World

B2B = Rules(invite=InviteRules(scheme=Scheme.B2B), notify=NotifyRules(days=2))


def _tell(world: World, kind: MandateEventKind, *, iban: str = "") -> list[str]:
    _, deeds = mandate_desk.tell(world.installation, world.store, world.reference_of("ada"), kind, "Ann", iban=iban)
    return [deed.code.value for deed in deeds]


def _mandate(world: World) -> Mandate:
    with world.store.reading() as connection:
        mandate = mandates.find(connection, world.reference_of("ada"))
    assert mandate is not None
    return mandate


def test_a_company_mandate_is_collected_on_once_a_person_confirms_it(world: World) -> None:
    world.rules = B2B
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(10)
    assert _mandate(world).state is MandateState.AWAITING_BANK
    assert world.bank.received == {}
    assert _tell(world, MandateEventKind.BANK_CONFIRMED) == ["mandate_changed"]
    world.nights(12)
    assert len(world.bank.received) == 1
    assert len(world.package.payments) == 1


def test_nothing_is_collected_while_a_mandate_is_suspended_by_hand(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    _tell(world, MandateEventKind.SUSPENDED)
    world.nights(10)
    assert world.bank.received == {}
    assert world.package.mandates[world.reference_of("ada")].mandate.state is MandateState.SUSPENDED
    _tell(world, MandateEventKind.RESUMED)
    world.nights(12)
    assert len(world.package.payments) == 1


def test_a_revoked_mandate_is_over_in_the_package_and_at_the_service(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    _tell(world, MandateEventKind.CANCELLED)
    world.nights(10)
    assert world.bank.received == {}
    assert world.package.mandates[world.reference_of("ada")].mandate.state is MandateState.CANCELLED
    told = [event.kind for batch in world.service.read_events("") for event in batch.records]
    assert told.count(MandateEventKind.CANCELLED) == 1
    assert nightly.audited(world.installation, world.store) == []


def test_another_account_is_told_to_the_bank(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    world.invoice("2026-2", "ada", due_on=date(2026, 12, 20))
    assert _tell(world, MandateEventKind.AMENDED, iban="nl91 abna 0417 1643 00") == ["mandate_amended"]
    world.nights(20)
    _, file = world.bank.received.values()
    assert b"<Id>SMNDA</Id>" in file
    assert IBANS["bob"].encode() in file


def test_who_said_it_stands_in_the_history(world: World) -> None:
    world.with_mandate("ada")
    _tell(world, MandateEventKind.SUSPENDED)
    with world.store.reading() as connection:
        last = history.of(connection, mandates.record_of(_mandate(world)))[-1]
    assert (last.by, last.new, last.why) == ("Ann", "suspended", "by hand")


def test_what_is_so_already_changes_nothing(world: World) -> None:
    world.with_mandate("ada")
    before = _mandate(world)
    assert _tell(world, MandateEventKind.RESUMED) == []
    assert _mandate(world) == before


def test_a_mandate_that_is_over_does_not_come_back(world: World) -> None:
    world.with_mandate("ada")
    _tell(world, MandateEventKind.CANCELLED)
    with pytest.raises(IllegalTransition, match="cancelled"):
        _tell(world, MandateEventKind.RESUMED)
    assert _tell(world, MandateEventKind.SUSPENDED) == []


def test_an_account_that_can_not_exist_is_refused_and_not_shown_whole(world: World) -> None:
    world.with_mandate("ada")
    with pytest.raises(mandate_desk.NoSuchAccount) as caught:
        _tell(world, MandateEventKind.AMENDED, iban="NL91 ABNA 0417 1643 01")
    assert "0417" not in str(caught.value)
    assert _mandate(world).iban == IBANS["ada"]


def test_a_reference_that_nobody_knows_is_named(world: World) -> None:
    with pytest.raises(mandate_desk.NoSuchMandate, match="M-NONE"):
        mandate_desk.tell(world.installation, world.store, "M-NONE", MandateEventKind.CANCELLED, "Ann")


def _invite(world: World, word: str = "ada") -> list[str]:
    deeds = mandate_desk.invite(world.installation, world.store, word, "Ann")
    return [str(deed.facts["mandate"]) for deed in deeds]


def test_a_debtor_who_did_not_sign_in_time_can_be_invited_again_and_is_collected_from(world: World) -> None:
    world.customer("ada")
    world.invoice("2026-1", "ada", due_on=date(2027, 3, 1))
    world.walk()
    first = world.reference_of("ada")
    world.service.tell(MandateEventKind.INVITATION_EXPIRED, first)
    world.nights(3)
    assert len(world.mailer.sent) == 1, "nobody is invited twice by itself"
    (second,) = _invite(world)
    assert second != first
    world.walk()
    assert len(world.mailer.sent) == 2
    world.service.sign(second, IBANS["ada"], world.clock.now.date())
    world.clock.forward(days=80)
    world.nights(20)
    assert len(world.package.payments) == 1
    assert world.package.mandates[second].mandate.state is MandateState.ACTIVE


def test_a_debtor_whose_mandate_is_over_can_sign_another(world: World) -> None:
    world.with_mandate("ada")
    _tell(world, MandateEventKind.CANCELLED)
    world.nights(2)
    (second,) = _invite(world)
    world.walk()
    world.service.sign(second, IBANS["bob"], world.clock.now.date())
    world.walk()
    assert world.package.mandates[second].mandate.iban == IBANS["bob"]


def test_who_was_never_marked_can_be_invited_by_hand(world: World) -> None:
    world.customer("ada", direct_debit=None)
    world.walk()
    assert world.service.invited == {}
    _invite(world)
    world.walk()
    assert len(world.service.invited) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": ""}, "no_email"),
        ({"direct_debit": False}, "direct_debit_not_wanted"),
        ({"active": False}, "customer_inactive"),
    ],
)
def test_who_can_not_be_asked_is_not(world: World, changes: dict[str, object], code: str) -> None:
    world.customer("ada", **changes)
    world.walk()
    with pytest.raises(mandate_desk.MayNotInvite) as caught:
        _invite(world)
    assert caught.value.reason.code.value == code


def test_nobody_is_invited_beside_an_open_invitation_or_a_mandate(world: World) -> None:
    world.customer("ada")
    world.walk()
    with pytest.raises(mandate_desk.MayNotInvite, match="invitation_open"):
        _invite(world)
    world.sign("ada")
    world.walk()
    with pytest.raises(mandate_desk.MayNotInvite, match="already_has_mandate"):
        _invite(world)


def test_a_word_that_names_none_or_several_customers_is_told(world: World) -> None:
    world.customer("ada", name="Same")
    world.customer("bob", name="Same")
    world.walk()
    with pytest.raises(mandate_desk.NoSuchCustomer, match="nobody"):
        _invite(world, "nobody")
    with pytest.raises(mandate_desk.NoSuchCustomer, match="books/ada, books/bob"):
        _invite(world, "Same")
