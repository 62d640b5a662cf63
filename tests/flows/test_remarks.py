"""What the users of a package see on its own records: collections under way, and what a person has to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connector.engine import approval
from connector.engine.one_pass import rehearse, run_pass
from connector.errors import Retriable, Skippable, UnknownOutcome
from connector.model.customer import Language
from connector.model.deed import Step
from connector.model.mandate import MandateEventKind
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, InviteRules, NotifyRules, Rules, WhomToInvite
from connector.ports import AccountingPackage, Feed, Remark, RemarkKind
from connector.steps.attention import CODES
from connector.store import exceptions
from connector.store.effects import count_by_state
from connector.testing.bank_house import Fate, Told
from connector.texts import keys
from tests.flows.world import World


def _planned(world: World) -> list[Remark]:
    return [one for one in world.package.shown() if one.kind is RemarkKind.COLLECTION]


def _attention(world: World) -> list[tuple[str, str]]:
    """Titles without their first words, and the record."""
    found = [one for one in world.package.shown() if one.kind is RemarkKind.ATTENTION]
    return sorted((one.title.removeprefix("Direct debit: "), one.on.id) for one in found)


def _closed(world: World) -> list[Remark]:
    return [one for one in world.package.remarks.values() if not one.open]


def _due(world: World, days: int = 0) -> dict[str, date]:
    day = date.fromordinal(world.clock.now.date().toordinal() + days)
    return {"issued_on": day, "due_on": day}


def test_an_invoice_tells_of_its_collection_until_the_bank_has_paid(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "50.00", announces_debit=True)
    world.walk()
    (remark,) = _planned(world)
    assert (remark.feed, remark.on.id) == (Feed.INVOICES, "2026-1")
    assert remark.collection_date == date(2026, 12, 1)
    assert remark.amount == Decimal("50.00")
    assert remark.mandate_reference == world.reference_of("ada")
    assert remark.title == "Direct debit on 1 December 2026"
    assert "€50.00" in remark.text
    world.nights(10)
    assert _planned(world) == []
    (closed,) = _closed(world)
    assert "paid" in closed.text


def test_it_is_shown_once_and_taken_away_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    asked: list[tuple[str, bool]] = []
    show = world.package.show

    def noted(remark: Remark) -> str:
        asked.append((remark.key, remark.open))
        return show(remark)

    monkeypatch.setattr(world.package, "show", noted)
    world.nights(14)
    (key,) = world.package.remarks
    assert asked == [(key, True), (key, False)]


def test_a_collection_that_is_withdrawn_is_no_longer_shown(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    assert len(_planned(world)) == 1
    world.service.tell(MandateEventKind.SUSPENDED, world.reference_of("ada"))
    world.walk()
    assert _planned(world) == []
    assert "withdrawn" in _closed(world)[0].text


def test_a_collection_whose_mandate_is_resumed_is_shown_anew(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    for kind in (MandateEventKind.SUSPENDED, MandateEventKind.RESUMED):
        world.service.tell(kind, world.reference_of("ada"))
        world.walk()
    assert len(_planned(world)) == 1
    assert len(world.package.remarks) == 2


def test_another_day_is_written_anew(world: World) -> None:
    """A run that nobody approved in time is let go of; the invoice then shows its next day alone."""
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    (first,) = _planned(world)
    world.clock.forward(days=9)
    (run,) = approval.waiting(world.store)
    approval.approve(world.store, run.id, world.clock.now, "Ann")
    world.walk()
    world.walk()
    (second,) = _planned(world)
    assert first.collection_date is not None
    assert second.collection_date is not None
    assert second.collection_date > first.collection_date
    assert second.key != first.key


def test_what_was_taken_back_too_often_is_shown_until_the_invoice_is_paid(world: World) -> None:
    world.fates["Ada"] = Told(Fate.RETURNED, "AM04")
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.nights(9)
    world.take_back()
    world.walk()
    world.walk()
    assert _attention(world) == [("not collected after all attempts", "2026-1")]
    world.invoice("2026-1", "ada", announces_debit=True, open_amount=Decimal(0))
    world.walk()
    assert _attention(world) == []
    assert _closed(world)[-1].text == "Nothing is to be done about this any more."


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (MandateEventKind.CANCELLED, "the mandate has ended"),
        (MandateEventKind.SUSPENDED, "the mandate is suspended"),
    ],
)
def test_a_mandate_that_stops_while_something_is_due_needs_a_person(
    world: World, kind: MandateEventKind, title: str
) -> None:
    world.with_mandate("ada")
    world.package.change_mandate(world.reference_of("ada"), kind)
    world.invoice("2026-1", "ada", **_due(world, 1))
    world.walk()
    assert _attention(world) == []  # nothing is due yet
    world.clock.forward(days=1)
    world.walk()
    assert _attention(world) == [(title, "ada")]
    if kind is MandateEventKind.SUSPENDED:
        world.package.change_mandate(world.reference_of("ada"), MandateEventKind.RESUMED)
    else:
        world.invoice("2026-1", "ada", open_amount=Decimal(0))
    world.walk()
    assert _attention(world) == []


def test_a_reason_that_changes_is_told_anew(world: World) -> None:
    world.customer("ada")
    world.invoice("2026-1", "ada", **_due(world))
    world.walk()
    assert _attention(world) == [("the mandate has not been signed", "ada")]
    world.service.tell(MandateEventKind.REFUSED, world.reference_of("ada"))
    world.walk()
    assert _attention(world) == [("the customer did not sign", "ada")]


def test_only_customers_who_should_pay_by_direct_debit_are_missed(world: World) -> None:
    world.customer("ada", email="")
    world.customer("bob", direct_debit=None, email="")
    world.customer("cleo", direct_debit=False)
    for name in ("ada", "bob", "cleo"):
        world.invoice(f"2026-{name}", name, **_due(world))
    world.walk()
    assert _attention(world) == [("the customer has no e-mail address", "ada")]


def test_an_amount_beyond_the_rules_is_shown_on_the_invoice(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(maximum=Decimal(100)))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    assert _attention(world) == [("the amount is outside your rules", "2026-1")]
    world.invoice("2026-1", "ada", "99.00", announces_debit=True)
    world.walk()
    assert _attention(world) == []


def test_the_same_matter_that_comes_back_is_another_remark(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=14))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", **_due(world))
    for kind in (MandateEventKind.SUSPENDED, MandateEventKind.RESUMED, MandateEventKind.SUSPENDED):
        world.package.change_mandate(world.reference_of("ada"), kind)
        world.walk()
    ours = [one for one in world.package.remarks.values() if one.kind is RemarkKind.ATTENTION]
    assert [one.open for one in ours] == [False, True]
    assert len({one.key for one in ours}) == 2


@pytest.mark.parametrize("made", [True, False])
def test_a_remark_whose_answer_is_lost_is_looked_up(world: World, made: bool) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    trouble = world.package.trouble.after if made else world.package.trouble.before
    trouble("show", UnknownOutcome("The answer was lost.", where="test"))
    world.walk()
    world.walk()
    assert len(_planned(world)) == 1
    with world.store.reading() as connection:
        assert count_by_state(connection).keys() == {"done"}


def test_a_remark_that_a_frozen_process_shows_late_is_taken_away_as_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was looked up and not there, then the package was away, then there was nothing to show any more."""
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(approval=True))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    show, calls = world.package.show, list[Remark]()

    def silent(remark: Remark) -> str:
        calls.append(remark)
        raise UnknownOutcome("No answer.") if len(calls) == 1 else Retriable("Nobody answers.")

    monkeypatch.setattr(world.package, "show", silent)
    world.walk()
    monkeypatch.setattr(world.package, "show", show)
    show(calls[0])
    assert len(_planned(world)) == 1
    world.service.tell(MandateEventKind.CANCELLED, world.reference_of("ada"))
    world.walk()
    assert _planned(world) == []


def test_a_remark_that_was_refused_and_is_over_leaves_nothing_behind(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.package.trouble.before("show", Skippable("There is no such record.", where="test"))
    world.walk()
    with world.store.reading() as connection:
        assert [one.reason.code for one in exceptions.all_open(connection)] == [ReasonCode.EFFECT_FAILED]
    world.nights(10)
    assert world.package.remarks == {}
    with world.store.reading() as connection:
        assert exceptions.all_open(connection) == []
        assert count_by_state(connection).keys() == {"done", "left"}


def test_a_package_that_can_not_show_remarks_is_owed_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(world.package), "show", AccountingPackage.show)
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    result = world.walk()
    assert result.exceptions == 0
    assert not any(name.startswith("show.") for name in result.counts)


def test_a_rehearsal_tells_what_would_be_shown(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    result = rehearse(world.installation, world.store)
    (deed,) = [one for one in result.deeds if one.step is Step.SHOW]
    assert deed.facts == {"record": "invoice 2026-1", "source": "books", "title": "Direct debit on 1 December 2026"}
    assert world.package.remarks == {}


def test_remarks_are_written_in_the_language_of_the_finance_users(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    run_pass(replace(world.installation, language=Language.GERMAN), world.store)
    assert _planned(world)[0].title == "Lastschrift am 1. Dezember 2026"


def test_every_matter_has_its_title() -> None:
    titles = {key.removeprefix("remarks.matter.") for key in keys(Language.ENGLISH) if "remarks.matter." in key}
    assert titles == {code.value for code in CODES}


def test_a_one_off_mandate_that_serves_its_collection_is_nobodys_matter(world: World) -> None:
    world.rules = Rules(
        invite=InviteRules.model_validate({"type": "OOFF", "whom": WhomToInvite.MARKED}), notify=NotifyRules(days=2)
    )
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True, **_due(world))
    world.nights(3)
    assert len(_planned(world)) == 1
    assert _attention(world) == []
