"""Dates as people write them: 2026-12-31, 31/12/2026, 31-12-2026, 31.12.2026. Their order is decided once per file.

03/04/2026 has two meanings; it is never guessed. The other dates of the file tell; if they do not, the file is
refused. With dots the day always comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from adapters.accounting.files.refusal import Sighting, Undecidable


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


class DateEvidence:
    """What the dates of one file tell about the order of day and month."""

    def __init__(self) -> None:
        self._day_first: Sighting | None = None
        self._month_first: Sighting | None = None
        self._unclear: Sighting | None = None
        self._known: set[str] = set()

    def see(self, text: str, line: int, column: str) -> None:
        """Take a date into account; unreadable ones tell nothing."""
        if text in self._known:  # a file has many rows and few days
            return
        self._known.add(text)
        day_first, month_first = _meanings(text.strip())
        if day_first == month_first:
            return
        if month_first is None:
            self._day_first = self._day_first or Sighting(text, line, column)
        elif day_first is None:
            self._month_first = self._month_first or Sighting(text, line, column)
        else:
            self._unclear = self._unclear or Sighting(text, line, column)

    def decide(self) -> DateOrder:
        """The order of the file.

        Raises:
            Undecidable: there are dates with two meanings, and the others do not tell or contradict each other.
        """
        if self._unclear is None:
            return DateOrder.EACH
        if (self._day_first is None) is (self._month_first is None):
            if self._day_first and self._month_first:
                proof = (
                    f"{self._day_first[1]} has {self._day_first[0]}, {self._month_first[1]} has {self._month_first[0]}"
                )
            else:
                proof = "no other date tells which"
            raise Undecidable(
                self._unclear.where, self._unclear.text, f"This date has two meanings: {proof}.",
                "Set dates to day-first or month-first in the config, or export dates as 2026-12-31.",
            )  # fmt: skip
        return DateOrder.DAY_FIRST if self._day_first else DateOrder.MONTH_FIRST


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
