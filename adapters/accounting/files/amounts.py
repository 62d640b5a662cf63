"""Amounts as people write them: 1.234,56 or 1,234.56 or 1 234,56. Which of them is decided once per file.

An amount such as 1.234 has two meanings; it is never guessed. The other amounts of the file tell; if they do not,
the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from adapters.accounting.files.evidence import Evidence, Sighting


class DecimalMark(StrEnum):
    """What stands before the cents; EACH where every amount of a file is clear by itself."""

    COMMA = "comma"
    POINT = "point"
    EACH = "each"


_CURRENCY = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|EUR)$", re.IGNORECASE)
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2009\u2007"), " ") | {ord("’"): "'", ord("\u2212"): "-"}
# The two usual forms, which are clear by themselves and told without more ado.
_WITH_COMMA = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}", re.ASCII)
_WITH_POINT = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)\.\d{1,2}", re.ASCII)
_ANY = "This is not an amount such as 1234.56 or 1.234,56."


def _bare(text: str) -> tuple[str, bool]:
    """The digits and marks of an amount without sign and currency, and whether it is negative."""
    bare = text.translate(_SPACES).strip()
    bare = _CURRENCY.sub("", bare).strip()
    if bare.startswith("(") and bare.endswith(")"):
        return bare[1:-1].strip(), True
    if bare[:1] in "+-" and bare:
        return bare[1:].strip(), bare[0] == "-"
    if bare.endswith("-"):
        return bare[:-1].strip(), True
    return bare, False


def _meanings(bare: str) -> tuple[Decimal | None, Decimal | None]:
    """What an amount means with a decimal comma and with a decimal point; None where it can't be one."""
    return _meaning(bare, mark=",", thousands=" '."), _meaning(bare, mark=".", thousands=" ',")


def _meaning(bare: str, *, mark: str, thousands: str) -> Decimal | None:
    if not bare.isascii() or not bare:
        return None
    whole, found_mark, cents = bare.rpartition(mark) if mark in bare else (bare, "", "")
    if found_mark and not cents.isdigit():
        return None
    if not whole.isdigit() and (whole or not found_mark):
        group = next((sign for sign in thousands if sign in whole), None)
        if group is None or not _is_grouped(whole, group):
            return None
        whole = whole.replace(group, "")
    return Decimal(f"{whole}{'.' if found_mark else ''}{cents}")


def _is_grouped(whole: str, group: str) -> bool:
    first, *rest = whole.split(group)
    return (
        1 <= len(first) <= 3
        and first.isdigit()
        and first[0] != "0"
        and all(len(part) == 3 and part.isdigit() for part in rest)
    )


class AmountEvidence(Evidence[DecimalMark]):
    """What the amounts of one file tell about its decimal mark."""

    def __init__(self) -> None:
        super().__init__(
            "amount",
            DecimalMark.COMMA,
            DecimalMark.POINT,
            DecimalMark.EACH,
            "Set decimal_mark to comma or point in the config, or export amounts with two decimals.",
        )

    def see(self, text: str, line: int, column: str) -> None:
        """Take an amount into account; unreadable ones tell nothing."""
        if text.isascii() and text.isdigit():
            return
        if _WITH_COMMA.fullmatch(text):
            self.weigh(Sighting(text, line, column), first=text, second=None)
        elif _WITH_POINT.fullmatch(text):
            self.weigh(Sighting(text, line, column), first=None, second=text)
        else:
            comma, point = _meanings(_bare(text)[0])
            self.weigh(Sighting(text, line, column), first=comma, second=point)


def amount_reader(mark: DecimalMark) -> Callable[[object], Decimal]:
    """A function that reads amounts with this decimal mark, and raises a ValueError for what is none."""

    def read(value: object) -> Decimal:
        text = str(value)
        if mark is not DecimalMark.POINT and _WITH_COMMA.fullmatch(text):
            return Decimal(text.replace(".", "").replace(",", "."))
        if mark is not DecimalMark.COMMA and _WITH_POINT.fullmatch(text):
            return Decimal(text.replace(",", ""))
        bare, negative = _bare(text)
        comma, point = _meanings(bare)
        if mark is DecimalMark.EACH:
            amount = comma if point is None else point
        else:
            amount = comma if mark is DecimalMark.COMMA else point
        if amount is None:
            raise ValueError(_ANY if mark is DecimalMark.EACH else f"This is not an amount with a decimal {mark}.")
        return -amount if negative else amount

    return read
