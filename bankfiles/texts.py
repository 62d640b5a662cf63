"""Take typed facts out of the picked texts of an XML record (see `fields.Fields`)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from bankfiles.fields import ALL, SEPARATOR, Texts

_NOT_PROVIDED = "NOTPROVIDED"
# As the schemas have it: no exponent, which could name a number of a gigabyte; no sign but a plus.
_AMOUNT = re.compile(r"\+?[0-9]{1,18}(?:\.[0-9]{0,17})?")


class Misread(ValueError):
    """A text is not what its place in the message says; this record cannot be understood, the next ones can."""


def provided(texts: Texts, name: str) -> str | None:
    """Return an identification, or None where the bank left it out or wrote NOTPROVIDED."""
    text = texts.get(name)
    return None if not text or text.upper() == _NOT_PROVIDED else text


def joined(texts: Texts, name: str) -> str:
    """Return all texts of a repeated field in one line."""
    if name not in texts:
        return ""
    text = texts.get(name + ALL) or texts[name]
    return " ".join(text.replace(SEPARATOR, " ").split()) if text else ""


@lru_cache(maxsize=4096)
def decimal(text: str) -> Decimal:
    """Return an amount, never negative and never rounded; raise `Misread`."""
    if _AMOUNT.fullmatch(text) is None:
        raise Misread(f"{text[:40]!r} is not an amount.")
    return Decimal(text)


def amount(texts: Texts, name: str) -> Decimal | None:
    """Return an amount, None if it is not there; raise `Misread`."""
    text = texts.get(name)
    return None if text is None else decimal(text)


def amount_sum(texts: Texts, name: str) -> Decimal | None:
    """Return the sum over the repetitions of a field; None if it is nothing."""
    if name not in texts:
        return None
    text = texts.get(name + ALL)
    if text is None:
        return decimal(texts[name]) or None
    return sum((decimal(part) for part in text.split(SEPARATOR)), Decimal(0)) or None


def day(texts: Texts, name: str) -> date | None:
    """Return the date of a date or a time, None if it is not there; raise `Misread`."""
    text = texts.get(name)
    return _day(text[:10]) if text else None


@lru_cache(maxsize=512)
def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misread(f"{text!r} is not a date.") from None


def whole_number(texts: Texts, name: str) -> int | None:
    """Return a count, None if it is not there or no number of at most 15 digits."""
    text = texts.get(name)
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 15 else None
