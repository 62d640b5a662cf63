"""TARGET days: the days on which euro payments settle, and what follows from them.

TARGET is closed on Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December
(source: European Central Bank). The six rules stand here: a calendar library costs 13 MiB and a tenth of a second.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=64)
def _closed_days(year: int) -> frozenset[date]:
    easter = _easter_sunday(year)
    return frozenset(
        {
            date(year, 1, 1),
            easter - 2 * _ONE_DAY,
            easter + _ONE_DAY,
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def _easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar, by the rule of Meeus, Jones and Butcher."""
    golden = year % 19
    century = year // 100
    corrected = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = corrected - (corrected // 28) * (1 - (29 // (corrected + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


@lru_cache(maxsize=4096)
def is_target_day(day: date) -> bool:
    """Tell whether TARGET is open on `day`."""
    return day.weekday() < _SATURDAY and day not in _closed_days(day.year)


@lru_cache(maxsize=4096)
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


@lru_cache(maxsize=4096)
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
