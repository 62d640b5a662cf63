"""Dates as people write them: 2026-12-31, 31/12/2026, 31-12-2026, 31.12.2026. Their order is decided once per file.

03/04/2026 has two meanings; it is never guessed. The other dates of the file tell; if they do not, the file is
refused. With dots the day always comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from adapters.accounting.files.evidence import Evidence, Sighting


class DateOrder(StrEnum):
    """What comes first; EACH where every date of a file is clear by itself."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    EACH = "each"


# A time of day after the date is left out: packages add 00:00:00.
_DATE = re.compile(
    r"(?:(?P<year>\d{4})(?P<sign>[-/.]?)(?P<month>\d{2})(?P=sign)(?P<day>\d{2})"
    r"|(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?P<year_last>\d{4}))"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?",
    re.ASCII,
)


def _meanings(text: str) -> tuple[date | None, date | None]:
    """What a date means with the day first and with the month first; None where it can't be one."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None, None
    if found["year"]:
        only = _day(found["year"], found["month"], found["day"])
        return only, only
    day_first = _day(found["year_last"], found["second"], found["first"])
    if found["mark"] == ".":
        return day_first, day_first
    return day_first, _day(found["year_last"], found["first"], found["second"])


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


class DateEvidence(Evidence[DateOrder]):
    """What the dates of one file tell about the order of day and month."""

    def __init__(self) -> None:
        super().__init__(
            "date",
            DateOrder.DAY_FIRST,
            DateOrder.MONTH_FIRST,
            DateOrder.EACH,
            "Set dates to day-first or month-first in the config, or export dates as 2026-12-31.",
        )
        self._known: set[str] = set()

    def see(self, text: str, line: int, column: str) -> None:
        """Take a date into account; unreadable ones tell nothing."""
        if text not in self._known:  # a file has many rows and few days
            self._known.add(text)
            day_first, month_first = _meanings(text.strip())
            self.weigh(Sighting(text, line, column), first=day_first, second=month_first)


def date_reader(order: DateOrder) -> Callable[[object], date]:
    """A function that reads dates in this order, and raises a ValueError for what is none."""
    known: dict[object, date] = {}

    def read(value: object) -> date:
        day = known.get(value)
        if day is None:
            day_first, month_first = _meanings(str(value).strip())
            if order is DateOrder.EACH:
                day = month_first if day_first is None else day_first
            else:
                day = day_first if order is DateOrder.DAY_FIRST else month_first
            if day is None:
                raise ValueError(_NO_DATE[order])
            known[value] = day
        return day

    return read


_NO_DATE = {
    DateOrder.DAY_FIRST: "This is not a date with the day first, such as 31/12/2026.",
    DateOrder.MONTH_FIRST: "This is not a date with the month first, such as 12/31/2026.",
    DateOrder.EACH: "This is not a date such as 2026-12-31 or 31/12/2026.",
}
