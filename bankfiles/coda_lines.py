"""The lines of CODA: the movement that 21, 22, 23 and 31, 32, 33 tell of together, and amounts and days in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from bankfiles.texts import Misread


@dataclass(slots=True)
class Movement:
    """One 21/22/23, and what 31/32/33 add."""

    line: int
    sequence: str
    detail: str
    bank_reference: str
    is_credit: bool
    amount: Decimal
    value_on: date | None
    code: str  # type, family, transaction, category: 8 digits
    booked_on: date | None
    structured: bool
    communication: str
    customer_reference: str = ""
    r_type: str = ""
    reason: str = ""
    counterparty: str = ""
    details: list[Movement] = field(default_factory=list)


def movement_of(number: int, line: str) -> Movement:
    """Return the movement, or the detail of one, that a line 21 begins; raise `Misread`."""
    return Movement(  # by position, in the order of the fields
        number,
        line[2:6],
        line[6:10],
        line[10:31].strip(),
        line[31] == "0",
        abs(signed_amount(line[31], line[32:47])),
        _day(line[47:53]),
        line[53:61],
        _day(line[115:121]),
        line[61] == "1",
        line[62:115],
    )


def add_line(movement: Movement, line: str, version: str) -> None:
    """Add to a movement what one of its lines 22, 23 and 31 to 33 tells, in this version of CODA."""
    if line[1] == "2":
        movement.communication += line[10:63]
        movement.customer_reference = line[63:98].strip()
        movement.r_type = line[112].strip().strip("0")
        movement.reason = line[113:117].strip()
    elif line[1] == "3" and version == "1":
        movement.counterparty = line[47:73].strip()
    elif line[1] == "3":
        movement.counterparty = line[47:82].strip()
        movement.communication += line[82:125]


def signed_amount(sign: str, digits: str) -> Decimal:
    """Return an amount of 15 digits, the last three of them decimals; sign 0 is credit, 1 debit. Raise `Misread`."""
    if sign not in "01" or not (digits.isascii() and digits.isdigit()):
        raise Misread(f"{sign + digits!r} is not an amount.")
    amount = Decimal(f"{digits[:-3]}.{digits[-3:-1]}" if digits[-1] == "0" else f"{digits[:-3]}.{digits[-3:]}")
    return amount if sign == "0" else -amount


@lru_cache(maxsize=512)  # of six characters each
def _day(text: str) -> date | None:
    if not text.strip("0 "):
        return None
    try:
        return date(2000 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError:
        raise Misread(f"{text!r} is not a date (DDMMYY).") from None
