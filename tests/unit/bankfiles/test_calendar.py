"""TARGET days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from holidays import financial_holidays

from bankfiles.calendar import (
    add_target_days,
    earliest_collection_date,
    is_target_day,
    next_target_day,
    previous_target_day,
)


@pytest.mark.parametrize("year", range(2010, 2061))
def test_the_closed_days_are_those_of_the_european_central_bank(year: int) -> None:
    closed = financial_holidays("XECB", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        assert is_target_day(day) == (day.weekday() < 5 and day not in closed), day
        day += timedelta(days=1)


def test_christmas_2026_is_jumped_over_both_ways() -> None:
    assert next_target_day(date(2026, 12, 25)) == date(2026, 12, 28)
    assert previous_target_day(date(2026, 12, 27)) == date(2026, 12, 24)
    assert next_target_day(date(2026, 12, 24)) == date(2026, 12, 24)
    assert add_target_days(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert add_target_days(date(2026, 12, 28), -1) == date(2026, 12, 24)
    assert add_target_days(date(2026, 12, 26), 0) == date(2026, 12, 28)


def test_a_file_handed_in_on_a_closed_day_counts_as_handed_in_on_the_next_open_one() -> None:
    assert earliest_collection_date(date(2026, 12, 25), 1) == date(2026, 12, 29)
    assert earliest_collection_date(date(2026, 12, 22), 2) == date(2026, 12, 24)
