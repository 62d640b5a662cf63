"""What a bank's transaction code says about a direct debit: ISO domain codes, and the German GVC.

Sources: ISO 20022 external bank transaction code set; DK Anlage 3 (Geschaeftsvorfallcodes).
"""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache


class Movement(Enum):
    """What kind of movement a code stands for, as far as a creditor of direct debits cares."""

    COLLECTION = auto()  # credited: direct debits that we issued
    RETURN = auto()  # debited: a direct debit came back
    CREDITOR_REVERSAL = auto()  # debited: we gave a direct debit back
    CHARGE = auto()
    OTHER = auto()


_ISSUED_DIRECT_DEBITS = "IDDT"
_RETURN_SUB_FAMILIES = frozenset({"UPDD", "RCDD", "ARET", "RRTN"})
_CHARGE_SUB_FAMILIES = frozenset({"CHRG", "COMM", "FEES", "COME"})
# GVC: 108/109 returns of B2B/Core, 171/174 single credits, 192/196 batch credits, 193/197 reversals
_GERMAN = {
    "108": Movement.RETURN,
    "109": Movement.RETURN,
    "171": Movement.COLLECTION,
    "174": Movement.COLLECTION,
    "192": Movement.COLLECTION,
    "193": Movement.CREDITOR_REVERSAL,
    "196": Movement.COLLECTION,
    "197": Movement.CREDITOR_REVERSAL,
    "808": Movement.CHARGE,
}
_GERMAN_CODE = re.compile(r"[A-Z]{4}\+(\d{3})\b")


@lru_cache(maxsize=1024)
def movement_of(family: str, sub_family: str, proprietary: str) -> Movement:
    """Return what an ISO family and sub-family, or else a proprietary code, stand for."""
    if sub_family in _CHARGE_SUB_FAMILIES:
        return Movement.CHARGE
    if family == _ISSUED_DIRECT_DEBITS:
        if sub_family == "PRDD":
            return Movement.CREDITOR_REVERSAL
        return Movement.RETURN if sub_family in _RETURN_SUB_FAMILIES else Movement.COLLECTION
    if sub_family == "UPDD":  # some banks book returns under received direct debits (RDDT)
        return Movement.RETURN
    german = _GERMAN_CODE.search(proprietary)
    return _GERMAN.get(german.group(1), Movement.OTHER) if german else Movement.OTHER
