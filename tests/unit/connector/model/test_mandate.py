"""When a mandate may be used, and which states it can reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankfiles.pain008.model import Scheme
from connector.errors import IllegalTransition
from connector.model.customer import Language, RecordKey
from connector.model.mandate import OPEN_STATES, Mandate, MandateState, MandateType, add_months
from connector.model.reason import ReasonCode

ACTIVE = Mandate(
    reference="M-1",
    creditor="main",
    customer=RecordKey("books", "1"),
    scheme=Scheme.CORE,
    type=MandateType.RECURRENT,
    state=MandateState.ACTIVE,
    language=Language.DUTCH,
    iban="BE71096123456769",
    signed_on=date(2026, 1, 31),
)


def _why(mandate: Mandate, on: date = date(2026, 6, 1), creditor: str = "main") -> ReasonCode | None:
    reason = mandate.why_unusable(creditor, on)
    return reason.code if reason else None


def test_a_signed_and_active_mandate_is_usable() -> None:
    assert _why(ACTIVE) is None


@pytest.mark.parametrize("state", [state for state in MandateState if state is not MandateState.ACTIVE])
def test_no_other_state_is_usable(state: MandateState) -> None:
    assert _why(replace(ACTIVE, state=state)) is not None


def test_a_mandate_is_for_its_own_creditor_alone() -> None:
    assert _why(ACTIVE, creditor="other") is ReasonCode.MANDATE_OTHER_CREDITOR


@pytest.mark.parametrize("lacking", [{"iban": None}, {"signed_on": None}])
def test_a_mandate_without_account_or_date_is_incomplete(lacking: dict[str, Any]) -> None:
    assert _why(replace(ACTIVE, **lacking)) is ReasonCode.MANDATE_INCOMPLETE


def test_nothing_is_collected_before_the_signature() -> None:
    assert _why(ACTIVE, on=date(2026, 1, 30)) is ReasonCode.MANDATE_SIGNED_AFTER
    assert _why(ACTIVE, on=date(2026, 1, 31)) is None


def test_a_mandate_is_dead_after_36_months_counted_from_its_last_collection() -> None:
    assert _why(ACTIVE, on=date(2029, 1, 31)) is None
    assert _why(ACTIVE, on=date(2029, 2, 1)) is ReasonCode.MANDATE_UNUSED_TOO_LONG
    used = replace(ACTIVE, last_used_on=date(2028, 12, 15))
    assert _why(used, on=date(2031, 12, 15)) is None
    assert _why(used, on=date(2031, 12, 16)) is ReasonCode.MANDATE_UNUSED_TOO_LONG


def test_an_ended_mandate_never_comes_back() -> None:
    for ended in (MandateState.CANCELLED, MandateState.EXPIRED, MandateState.LAPSED):
        for state in MandateState:
            with pytest.raises(IllegalTransition, match=f"is {ended} can't become {state}"):
                replace(ACTIVE, state=ended).moved(state)
        assert ended not in OPEN_STATES


def test_a_mandate_is_not_used_before_it_is_signed() -> None:
    with pytest.raises(IllegalTransition):
        replace(ACTIVE, state=MandateState.INVITED).moved(MandateState.ACTIVE)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_added_keep_the_day_or_take_the_last_one(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and add_months(later, 1) > later)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-600, 600), st.integers(-600, 600))
def test_more_months_are_never_earlier(day: date, some: int, others: int) -> None:
    fewer, more = sorted((some, others))
    assert add_months(day, fewer) <= add_months(day, more)
