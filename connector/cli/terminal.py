"""Writing results: tables and lines for people, one JSON object a line for machines; both on standard output."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from connector.model.customer import Language, RecordKey
from connector.model.deed import Fact
from connector.model.reason import Reason
from connector.texts import reason_text, record_text, say, tell_fact, word
from connector.texts.catalogue import locale_of

_WIDTH_OFF_TERMINAL = 160


def console() -> Console:
    """Standard output for people. Off a terminal it is wide and plain. Square brackets are just brackets."""
    width = None if sys.stdout.isatty() else _WIDTH_OFF_TERMINAL
    return Console(highlight=False, markup=False, emoji=False, width=width)


def write(*parts: RenderableType) -> None:
    """Write lines and tables to standard output. Off a terminal, lines are not broken."""
    to = console()
    for part in parts:
        to.print(part, soft_wrap=isinstance(part, str) and not to.is_terminal)


def fail(message: str) -> None:
    """Say on standard error why a command could not do what was asked."""
    Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True).print(message)


def table(columns: Iterable[str], rows: Iterable[Iterable[str]], *, spaced: bool = False) -> Table:
    """A table without a frame.

    Args:
        spaced: leave an empty line between rows, where they are long.
    """
    made = Table(box=None, pad_edge=False, header_style="bold", leading=int(spaced))
    for column in columns:
        made.add_column(column, overflow="fold")
    made.show_header = any(column.header for column in made.columns)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


class Words:
    """The words of a finance user: their language, and the time where they are."""

    def __init__(self, language: Language, time_zone: ZoneInfo) -> None:
        self.language = language
        self._time_zone = time_zone

    def say(self, key: str, /, **facts: object) -> str:
        """A text of the room `report`."""
        return say(self.language, f"report.{key}", **facts)

    def title(self, key: str, room: str = "status") -> str:
        """A heading, after an empty line."""
        return "\n" + self.say(f"{room}.{key}")

    def columns(self, *names: str) -> tuple[str, ...]:
        """Heads of columns."""
        return tuple(self.say(f"column.{name}") for name in names)

    def term(self, name: str, value: str) -> str:
        """A word of ours, e.g. of a state."""
        return word(self.language, name, value)

    def record(self, name: str) -> str:
        """The name of a record, e.g. "Rechnung books/4711"."""
        return record_text(self.language, name)

    def reason(self, reason: Reason) -> str:
        """The sentence of a reason."""
        return reason_text(self.language, reason)

    def fact(self, name: str, facts: Mapping[str, Fact]) -> str:
        """A fact as it is written in the language."""
        return tell_fact(self.language, name, facts)

    def written(self, amount: Decimal) -> str:
        """An amount in euros."""
        return tell_fact(self.language, "amount", {"amount": amount})

    def when(self, instant: datetime) -> str:
        """An instant, as the clock on the wall showed it."""
        local = instant.astimezone(self._time_zone)
        return str(format_datetime(local, "short", locale=locale_of(self.language)))


def print_json(value: object) -> None:
    """One JSON object on a line of its own."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False) + "\n")


def plain(value: object) -> Any:
    """A value of ours as JSON holds it: amounts as text, dates as ISO, fields that are None left out."""
    match value:
        case Enum():
            return value.value
        case Decimal() | Path() | RecordKey():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(plain(key)): plain(below) for key, below in value.items()}
        case str() | int() | None:
            return value
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
            return {name: plain(below) for name, below in fields if below is not None}
        case Iterable():
            return [plain(below) for below in value]
    raise TypeError(f"{type(value).__name__} has no JSON form here.")
