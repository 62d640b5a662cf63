"""What users do to a mandate in the package wins: it is taken over, told to the mandate service, never overwritten."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest

from bankfiles.pain008 import Amendment, Collection, read_collections
from connector.engine import approval
from connector.model.customer import Language, RecordKey
from connector.model.deed import Step
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind, MandateState
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, InviteRules, NotifyRules, Rules
from connector.ports import Batch, MandateService
from connector.store import collections, exceptions, mandates
from connector.store.history import Act
from connector.testing.bank_house import Fate, Told
from tests.flows.world import IBANS, World

SMNDA = Amendment(same_mandate_new_account=True)
K = MandateEventKind


def _mandate(world: World, customer: str = "ada") -> Mandate:
    with world.store.reading() as connection:
        mandate = mandates.find(connection, world.reference_of(customer))
    assert mandate is not None
    return mandate


def _open(world: World) -> list[ReasonCode]:
    with world.store.reading() as connection:
        return [one.reason.code for one in exceptions.all_open(connection)]


def _told_of(world: World, kind: K) -> int:
    return sum(event.kind is kind for event in world.service.events)


def _amendments(world: World) -> list[Amendment | None]:
    """What each collection that reached the bank said of its mandate, oldest file first."""
    read = [found for file in world.bank.received.values() for found in read_collections(BytesIO(file))]
    return [found.amendment for found in read if isinstance(found, Collection)]


@pytest.mark.parametrize(
    ("kind", "state"), [(K.CANCELLED, MandateState.CANCELLED), (K.SUSPENDED, MandateState.SUSPENDED)]
)
def test_a_mandate_that_a_user_stops_is_not_collected_on(world: World, kind: K, state: MandateState) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.package.change_mandate(world.reference_of("ada"), kind)
    world.nights(10)
    assert _mandate(world).state is state
    assert world.bank.received == {}
    assert world.package.mandates[world.reference_of("ada")].mandate.state is state


def test_a_mandate_that_a_user_resumes_is_collected_on(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    for kind in (K.SUSPENDED, K.RESUMED):
        world.package.change_mandate(world.reference_of("ada"), kind)
        world.walk()
    world.nights(10)
    assert world.package.invoice("2026-1").open_amount == Decimal(0)


def test_the_mandate_service_hears_of_a_cancellation_once_and_its_own_word_of_it_changes_nothing(world: World) -> None:
    world.with_mandate("ada")
    world.package.change_mandate(world.reference_of("ada"), K.CANCELLED)
    for _ in range(3):
        world.walk()
    assert _told_of(world, K.CANCELLED) == 1
    assert _open(world) == []


def test_where_the_service_can_not_cancel_a_person_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.with_mandate("ada")
    monkeypatch.setattr(type(world.service), "cancel", MandateService.cancel)
    world.package.change_mandate(world.reference_of("ada"), K.CANCELLED)
    world.walk()
    assert _open(world) == [ReasonCode.FEATURE_MISSING]


def test_a_collection_that_waits_for_approval_is_withdrawn(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    (run,) = approval.waiting(world.store)
    world.package.change_mandate(world.reference_of("ada"), K.CANCELLED)
    world.walk()
    approval.approve(world.store, run.id, world.clock.now, "Ann")
    world.walk()
    assert world.bank.received == {}
    with world.store.reading() as connection:
        assert collections.totals_by_state(connection).keys() == {"cancelled"}


def test_what_a_user_does_right_before_the_file_is_made_is_seen(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk([Step.PULL, Step.COLLECT])
    world.package.change_mandate(world.reference_of("ada"), K.CANCELLED)
    world.walk([Step.SUBMIT])
    assert world.bank.received == {}


def test_an_amended_account_is_told_to_the_bank_by_the_next_collection_until_one_is_accepted(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.nights(9)
    world.package.change_mandate(world.reference_of("ada"), K.AMENDED, IBANS["bob"])
    for number in (2, 3):
        due = world.clock.now.date()
        world.invoice(f"2026-{number}", "ada", announces_debit=True, issued_on=due, due_on=due)
        world.nights(9)
    assert _amendments(world) == [None, SMNDA, None]
    assert [order.debtor_iban for order in world.house.orders] == [IBANS["ada"], IBANS["bob"], IBANS["bob"]]
    assert world.package.mandates[world.reference_of("ada")].mandate.iban == IBANS["bob"]
    assert _open(world) == []


def test_an_amendment_that_was_rejected_is_told_again(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.nights(9)
    world.package.change_mandate(world.reference_of("ada"), K.AMENDED, IBANS["bob"])
    for number, told in ((2, Told(Fate.REJECTED, "AM04")), (3, Told(Fate.PAID))):
        world.fates["Ada"] = told
        due = world.clock.now.date()
        world.invoice(f"2026-{number}", "ada", announces_debit=True, issued_on=due, due_on=due)
        world.nights(9)
    assert _amendments(world) == [None, SMNDA, SMNDA]


def test_the_account_of_a_mandate_that_was_never_used_is_no_amendment(world: World) -> None:
    world.with_mandate("ada")
    world.package.change_mandate(world.reference_of("ada"), K.AMENDED, IBANS["bob"])
    world.invoice("2026-1", "ada", announces_debit=True)
    world.nights(9)
    assert _amendments(world) == [None]
    assert [order.debtor_iban for order in world.house.orders] == [IBANS["bob"]]


def test_the_mandate_service_can_amend_a_mandate_as_well(world: World) -> None:
    world.with_mandate("ada")
    world.service.tell(K.AMENDED, world.reference_of("ada"), iban=IBANS["bob"])
    world.walk()
    assert _mandate(world).iban == IBANS["bob"]
    assert world.package.mandates[world.reference_of("ada")].mandate.iban == IBANS["bob"]


def test_an_account_that_can_not_exist_is_shown_and_not_taken_over(world: World) -> None:
    world.with_mandate("ada")
    world.package.change_mandate(world.reference_of("ada"), K.AMENDED, "BE00123")
    world.walk()
    assert _mandate(world).iban == IBANS["ada"]
    assert _open(world) == [ReasonCode.IBAN_INVALID]


@pytest.mark.parametrize(("kind", "iban"), [(K.RESUMED, None), (K.AMENDED, IBANS["ada"]), (K.VIEWED, None)])
def test_our_own_writing_that_comes_back_changes_nothing(world: World, kind: K, iban: str | None) -> None:
    world.with_mandate("ada")
    before, effects = _mandate(world), len(world.service.events)
    world.package.change_mandate(world.reference_of("ada"), kind, iban)
    world.walk()
    assert _mandate(world) == before
    assert len(world.service.events) == effects
    assert _open(world) == []


@pytest.mark.parametrize(
    ("service", "echo"),
    [((K.SUSPENDED, None), (K.RESUMED, None)), ((K.AMENDED, IBANS["bob"]), (K.AMENDED, IBANS["ada"]))],
)
def test_what_the_package_says_before_it_was_told_of_a_change_does_not_undo_it(
    world: World, service: tuple[K, str | None], echo: tuple[K, str | None]
) -> None:
    world.with_mandate("ada")
    world.service.tell(service[0], world.reference_of("ada"), iban=service[1])
    world.walk([Step.FOLLOW])
    changed = _mandate(world)
    world.package.change_mandate(world.reference_of("ada"), *echo)
    world.walk()
    assert _mandate(world) == changed
    assert _open(world) == []


def test_a_mandate_that_ended_is_not_brought_to_life_by_a_user(world: World) -> None:
    world.with_mandate("ada")
    world.package.change_mandate(world.reference_of("ada"), K.CANCELLED)
    world.walk()
    world.package.change_mandate(world.reference_of("ada"), K.RESUMED)
    world.walk()
    assert _mandate(world).state is MandateState.CANCELLED
    assert _open(world) == [ReasonCode.RECORD_UNREADABLE]


def test_a_mandate_of_our_making_that_we_do_not_know_is_shown_others_are_counted(world: World) -> None:
    world.with_mandate("ada")
    world.package.change_mandate("M-7K3Q-9ZT2-XW4D", K.CANCELLED)
    world.package.change_mandate("SDD/2024/007", K.CANCELLED)
    result = world.walk()
    assert _open(world) == [ReasonCode.MANDATE_UNKNOWN]
    assert result.counts["pull.mandates_of_others"] == 1


def test_a_mandate_of_another_source_is_left_alone(world: World) -> None:
    world.with_mandate("ada")
    with world.store.transaction() as connection:
        other = Mandate(
            reference="M-OTHER",
            creditor="main",
            customer=RecordKey("shop", "7"),
            scheme=InviteRules().scheme,
            type=InviteRules().type,
            state=MandateState.INVITED,
            language=Language.DUTCH,
        )
        mandates.add_invited(connection, other, world.clock.now, Act(world.clock.now, "test"))
    world.package.change_mandate("M-OTHER", K.CANCELLED)
    result = world.walk()
    assert result.counts["pull.mandates_of_others"] == 1
    assert _open(world) == []


def test_an_event_is_applied_once_and_a_package_without_such_events_is_planned_around(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_mandate("ada")
    world.package.change_mandate(world.reference_of("ada"), K.SUSPENDED)
    world.walk()
    again = Batch((MandateEvent("1", K.SUSPENDED, world.reference_of("ada")),), cursor="1")
    world.service.tell(K.RESUMED, world.reference_of("ada"))
    world.walk()
    monkeypatch.setattr(world.package, "read_mandates", lambda _cursor: iter([again]))
    world.walk()
    assert _mandate(world).state is MandateState.ACTIVE

    def unsupported(_cursor: str) -> None:
        world.package.unsupported("read_mandates")

    monkeypatch.setattr(world.package, "read_mandates", unsupported)
    assert world.walk().error is None
    assert _open(world) == []


@pytest.mark.parametrize(
    ("kind", "iban", "state"),
    [(K.AMENDED, IBANS["bob"], MandateState.ACTIVE), (K.SUSPENDED, None, MandateState.SUSPENDED)],
)
def test_what_users_did_before_a_signature_was_heard_of_again_counts(
    world: World, kind: K, iban: str | None, state: MandateState
) -> None:
    """As after a database was put back that does not know of the signature, while the package has the mandate."""
    world.customer("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    world.package.change_mandate(world.reference_of("ada"), kind, iban)
    world.walk([Step.PULL])
    world.sign("ada")
    world.nights(9)
    mandate = _mandate(world)
    assert (mandate.state, mandate.iban) == (state, iban or IBANS["ada"])
    assert {order.debtor_iban for order in world.house.orders} <= {iban}
    assert _open(world) == []
