"""The types that a mapped field can have, and how a package's value becomes one.

A converter takes the value as the package gave it and raises a ValueError that says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from bankfiles import identifiers

Convert = Callable[[object], object]

SHOWN_LENGTH = 60  # of a value in an error: enough to find it, not a whole document


def as_text(value: object) -> str:
    """Text in one line without surrounding space; numbers as they are written."""
    if isinstance(value, str):
        text = value.strip()
        return " ".join(text.split()) if "\n" in text or "\r" in text else text
    if isinstance(value, int | Decimal | date) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"This is a {type(value).__name__}, not text.")


_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def as_decimal(value: object) -> Decimal:
    """An exact number; text with a decimal point. A binary float is refused: it has lost cents before."""
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise ValueError("This is not an amount with a decimal point, such as 1234.56.")


def as_date(value: object) -> date:
    """A date from a date, or from ISO text; of an instant its date as written."""
    if isinstance(value, str):
        try:
            return _day_of(value if len(value) <= _DATE_LENGTH else value.strip()[:_DATE_LENGTH])
        except ValueError:
            pass
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise ValueError("This is not a date in the form 2026-12-31.")


_DATE_LENGTH = len("2026-12-31")


@lru_cache(1024)  # many records bear few days
def _day_of(text: str) -> date:
    return date.fromisoformat(text.strip())


_BOOLS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def as_bool(value: object) -> bool:
    """True or false; other words need a table."""
    known = _BOOLS.get(token(value))
    if known is None:
        raise ValueError("This is neither true nor false.")
    return known


def as_integer(value: object) -> int:
    """A whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"[+-]?\d+", value.strip(), re.ASCII):
        return int(value)
    raise ValueError("This is not a whole number.")


def as_iban(value: object) -> str:
    """An IBAN in electronic form."""
    return identifiers.normalise_iban(as_text(value))


def as_it_is(value: object) -> object:
    """The value untouched."""
    return value


CONVERTERS: dict[str, Convert] = {
    "any": as_it_is,
    "bool": as_bool,
    "date": as_date,
    "decimal": as_decimal,
    "iban": as_iban,
    "integer": as_integer,
    "text": as_text,
}


def token(value: object) -> str:
    """How a value is compared with the entries of a table: case and surrounding space do not count."""
    return str(value).strip().casefold()


def shown(value: object, type_name: str) -> str:
    """The value as an error may show it: shortened, an IBAN masked."""
    text = str(value)
    if type_name == "iban":
        return identifiers.mask_iban(text)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}..."
