"""Take typed facts out of the flattened texts of an XML record (see `xml_stream.flatten`)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from bankfiles.xml_stream import SEPARATOR

Texts = dict[str, str]

_NOT_PROVIDED = "NOTPROVIDED"


class Misread(ValueError):
    """A text is not what its place in the message says; this record cannot be understood, the next ones can."""


def first(texts: Texts, *paths: str) -> str | None:
    """Return the first text that is not empty at the first of the paths that has one."""
    for path in paths:
        text = texts.get(path)
        if text is not None:
            text = text.partition(SEPARATOR)[0].strip()
            if text:
                return text
    return None


def provided(texts: Texts, path: str) -> str | None:
    """Return an identification, or None where the bank left it out or wrote NOTPROVIDED."""
    text = first(texts, path)
    return None if text is None or text.upper() == _NOT_PROVIDED else text


def joined(texts: Texts, path: str) -> str:
    """Return all texts of a repeated element in one line."""
    text = texts.get(path)
    return " ".join(text.replace(SEPARATOR, " ").split()) if text else ""


def decimal(text: str) -> Decimal:
    """Return an amount, never negative and never rounded; raise `Misread`."""
    try:
        amount_read = Decimal(text.strip())
    except InvalidOperation:
        raise Misread(f"{text[:40]!r} is not an amount.") from None
    if not amount_read.is_finite() or amount_read < 0:
        raise Misread(f"{text[:40]!r} is not an amount.")
    return amount_read


def amount(texts: Texts, path: str) -> Decimal | None:
    """Return the amount at a path, None if it is not there; raise `Misread`."""
    text = texts.get(path)
    return None if text is None else decimal(text.partition(SEPARATOR)[0])


def amount_sum(texts: Texts, *paths: str) -> Decimal | None:
    """Return the sum over the repetitions of the first path that is there; None if that is nothing."""
    for path in paths:
        text = texts.get(path)
        if text is not None:
            return sum((decimal(part) for part in text.split(SEPARATOR)), Decimal(0)) or None
    return None


def day(texts: Texts, path: str) -> date | None:
    """Return the date of a date-or-time choice, None if it is not there; raise `Misread`."""
    text = first(texts, f"{path}/Dt", f"{path}/DtTm")
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Misread(f"{text[:40]!r} is not a date.") from None


def whole_number(texts: Texts, path: str) -> int | None:
    """Return a count, None if it is not there or no number of at most 15 digits."""
    text = first(texts, path)
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 15 else None
