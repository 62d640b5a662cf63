"""What a debtor must fill in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.signing.details import FIELDS, LENGTHS, Details, draft_digest, problems_of
from connector.signing.offer import offer_of
from tests.support.signing import IBAN, invitation_request

COUNTRIES = frozenset({"BE", "NL", "CH"})
RIGHT = Details("Amélie Wauters", "Meir 12", "2000", "Antwerpen", "BE", IBAN, "Antwerpen")


def keys(details: Details, consent: bool = True) -> list[str]:
    return [problem.key for problem in problems_of(details, consent, COUNTRIES)]


def test_right_details_have_no_problems() -> None:
    assert keys(RIGHT) == []


@pytest.mark.parametrize("name", ["name", "street", "town", "country", "place"])
def test_a_missing_field_is_named(name: str) -> None:
    assert keys(replace(RIGHT, **{name: ""})) == [f"missing.{name}"]


def test_consent_is_needed() -> None:
    assert keys(RIGHT, consent=False) == ["missing.consent"]


def test_problems_come_in_the_order_of_the_page() -> None:
    empty = Details(*[""] * len(FIELDS))
    problems = [problem.name for problem in problems_of(empty, False, COUNTRIES)]
    assert problems == ["name", "street", "town", "country", "iban", "place", "consent"]


def test_an_account_outside_the_eea_needs_the_whole_address() -> None:
    without = replace(RIGHT, postcode="")
    assert keys(without) == []
    assert keys(replace(without, iban="CH9300762011623852957")) == ["missing.postcode"]


def test_a_country_that_was_not_offered_is_refused() -> None:
    assert keys(replace(RIGHT, country="US")) == ["missing.country"]


@pytest.mark.parametrize("name", sorted(set(LENGTHS) - {"iban"}))
def test_a_value_may_not_be_longer_than_a_bank_takes(name: str) -> None:
    assert keys(replace(RIGHT, **{name: "x" * LENGTHS[name]})) == []
    assert keys(replace(RIGHT, **{name: "x" * (LENGTHS[name] + 1)})) == ["too_long"]


def test_the_form_is_filled_in_with_what_the_creditor_knows() -> None:
    details = Details.from_offer(offer_of(invitation_request()))
    assert details == Details(
        "Amélie Wauters", "Meir 12 bus 3", "2000", "Antwerpen", "BE", "BE71 0961 2345 6769", "Antwerpen"
    )


def test_needless_spaces_are_taken_out() -> None:
    assert Details.from_form({"name": "  Amélie \t Wauters\n"}).name == "Amélie Wauters"


@pytest.mark.parametrize("name", FIELDS)
def test_a_draft_is_another_one_when_any_field_changes(name: str) -> None:
    changed = replace(RIGHT, **{name: "x"})
    assert draft_digest(changed, "text", "consent") != draft_digest(RIGHT, "text", "consent")


def test_a_draft_is_another_one_when_text_or_consent_changes() -> None:
    digests = {draft_digest(RIGHT, text, consent) for text in ("a", "b") for consent in ("c", "d")}
    assert len(digests) == 4
