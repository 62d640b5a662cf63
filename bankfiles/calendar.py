"""TARGET days: the days on which euro payments settle, and what follows from them.

TARGET is closed on Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December
(source: European Central Bank).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=64)
def _closed_days(year: int) -> frozenset[date]:
    # Imported here: the library costs a tenth of a second that reading a statement need not pay.
    from holidays import financial_holidays

    return frozenset(financial_holidays("XECB", years=year))


@lru_cache(maxsize=4096)
def is_target_day(day: date) -> bool:
    """Tell whether TARGET is open on `day`."""
    return day.weekday() < _SATURDAY and day not in _closed_days(day.year)


def next_target_day(day: date) -> date:
    """Return `day` itself if TARGET is open, else the first open day after it."""
    while not is_target_day(day):
        day += _ONE_DAY
    return day


def previous_target_day(day: date) -> date:
    """Return `day` itself if TARGET is open, else the last open day before it."""
    while not is_target_day(day):
        day -= _ONE_DAY
    return day


def add_target_days(day: date, count: int) -> date:
    """Return the TARGET day that lies `count` open days after `day` (before it, if negative).

    A closed `day` counts as the next open one when going forward and as the previous one when going back;
    a count of 0 is `next_target_day`.
    """
    if count < 0:
        day = previous_target_day(day)
        for _ in range(-count):
            day = previous_target_day(day - _ONE_DAY)
        return day
    day = next_target_day(day)
    for _ in range(count):
        day = next_target_day(day + _ONE_DAY)
    return day


def earliest_collection_date(submitted_on: date, lead_days: int) -> date:
    """Return the first date that may be collected on if the bank gets the file on `submitted_on`.

    `lead_days` is the bank's lead time in TARGET days: 1 by the EPC rulebooks, often 2 or 3 by contract.
    A file handed in on a closed day counts as handed in on the next open one.
    """
    return add_target_days(submitted_on, lead_days)
