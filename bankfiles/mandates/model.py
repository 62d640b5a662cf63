"""What mandate messages carry: plain data in the words of the e-mandate rulebooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bankfiles.pain008.model import Creditor, Scheme


class MandateMessage(StrEnum):
    """The four messages."""

    INITIATION = "pain.009.001.08"
    AMENDMENT = "pain.010.001.08"
    CANCELLATION = "pain.011.001.08"
    ACCEPTANCE = "pain.012.001.08"


@dataclass(frozen=True, slots=True)
class ElectronicMandate:
    """A mandate as a message tells it."""

    reference: str  # MndtId, AT-01
    request_id: str  # MndtReqId: the request that it came with
    scheme: Scheme
    is_recurrent: bool
    creditor: Creditor
    debtor_name: str
    debtor_iban: str | None = None  # None where the debtor's bank fills it in
    debtor_bic: str | None = None
    signed_on: date | None = None
    max_amount: Decimal | None = None  # EUR, per collection
    reason: str | None = None  # what the mandate is for, at most 70 characters


@dataclass(frozen=True, slots=True)
class Change:
    """pain.010: the mandate as it will be, and the reference that it had."""

    mandate: ElectronicMandate
    original_reference: str
    reason: str  # code of the ISO external mandate reasons, e.g. MD17 or a word of the scheme


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """pain.011: the end of a mandate."""

    original_reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """pain.012: the answer of the debtor's side to one request."""

    original_reference: str
    is_accepted: bool
    reason: str | None = None  # why not
    text: str = ""
    original_message_id: str | None = None
    original_message_name: str | None = None


MandateEvent = ElectronicMandate | Change | Withdrawal | Acceptance
