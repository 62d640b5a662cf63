"""What one bank asks beyond the scheme: limits, lead times, addresses, characters.

The profiles that are shipped, and how to read one of your own, are in `bankfiles.profiles`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class AddressMode(StrEnum):
    """Which debtor and creditor addresses a bank wants to see in a file."""

    NONE = "none"  # leave out wherever the scheme allows: the safest for debtors in the EEA
    STRUCTURED = "structured"  # fields only, never address lines
    HYBRID = "hybrid"  # town and country in fields, the rest in at most two lines


@dataclass(frozen=True, slots=True)
class BankProfile:
    """Rules of one bank. The defaults are the scheme's own rules, with nothing of a bank added."""

    name: str = "neutral"
    title: str = "SEPA scheme rules only"
    version: str = "pain.008.001.08"
    max_transactions_per_batch: int | None = None
    max_transactions_per_file: int | None = None
    max_bytes_per_file: int | None = None
    one_batch_per_file: bool = False
    batch_booking: bool | None = True  # None: leave it to the bank's contract
    address_mode: AddressMode = AddressMode.HYBRID
    lead_days_core: int = 1  # TARGET days between handing in and collecting
    lead_days_b2b: int = 1
    max_days_ahead: int = 14  # calendar days
    cut_off: time | None = None  # local time of the bank; later counts as the next day
    german_umlauts: bool = False  # write ae, oe, ue instead of a, o, u
    message_id_pattern: str | None = None  # regular expression beyond the scheme's own rule
    initiating_party_id_issuer: str | None = None  # e.g. KBO-BCE
    sources: tuple[tuple[str, str], ...] = ()  # field -> where the value is known from


NEUTRAL = BankProfile()
