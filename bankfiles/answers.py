"""What a bank says, in one form for every message: pain.002, camt.05x, CODA, MT940.

A reader yields `Answer`s and `Unreadable`s in the order of the file. An Answer is about one collection, about a
whole batch or file of ours, or about money that is none of ours; `matching` of the caller decides which. Amounts
are never negative: the kind says which way the money went.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b

from bankfiles.frozen import maker_of


class AnswerKind(StrEnum):
    """What happened, whatever the message that told it."""

    ACCEPTED = "accepted"  # the bank took the file, batch or collection; no money moved yet
    PENDING = "pending"  # received, not decided
    REJECTED = "rejected"  # refused before settlement: no money moved
    SETTLED = "settled"  # credited to the creditor's account
    RETURNED = "returned"  # taken back after settlement by the debtor's bank
    REFUNDED = "refunded"  # taken back at the debtor's request (MD06, MD01 after settlement)
    REVERSED = "reversed"  # given back by the creditor
    CHARGE = "charge"  # the bank's own fee, where booked apart
    OTHER = "other"  # any other entry of a statement
    UNKNOWN = "unknown"  # a status word that we do not know; kept raw, counted, shown


class Scope(StrEnum):
    """How much of what we sent an Answer is about."""

    FILE = "file"
    BATCH = "batch"
    TRANSACTION = "transaction"
    ENTRY = "entry"  # a statement line without details of ours


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the code as the bank wrote it, and its text. `reasons.meaning(code)` tells what it means."""

    code: str  # upper case, e.g. "AM04"; "" if none was given
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One statement of the bank about one thing."""

    kind: AnswerKind
    scope: Scope
    key: str  # stable identity within the account or message: applied once, however often it is read
    end_to_end_id: str | None = None  # None where the bank wrote NOTPROVIDED
    mandate_reference: str | None = None
    creditor_identifier: str | None = None
    message_id: str | None = None  # of our file (OrgnlMsgId, Btch/MsgId)
    batch_id: str | None = None  # of our batch (OrgnlPmtInfId, Btch/PmtInfId)
    amount: Decimal | None = None  # booked, charges and compensation included
    original_amount: Decimal | None = None  # of the collection, without them
    charges: Decimal | None = None
    compensation: Decimal | None = None
    currency: str | None = None
    count: int | None = None  # transactions in the batch, where told
    reason: Reason | None = None
    status: str = ""  # raw word of the bank: RJCT, ACCP, BOOK, ...
    bank_reference: str | None = None
    account_iban: str | None = None
    booked_on: date | None = None
    value_on: date | None = None
    reference: str | None = None  # structured creditor reference, if given
    remittance: str = ""
    counterparty: str = ""
    line: int | None = None  # in the file, from 1


new_answer = maker_of(Answer)  # as `Answer(...)`, for the readers


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of the file that could not be read; the rest is still delivered."""

    line: int | None
    seen: str  # what stood there, shortened
    why: str
    remedy: str


def answer_key(*parts: object) -> str:
    """Return the identity of an answer: a digest of the facts that any file telling it repeats."""
    return _digest("\x1f".join(["" if part is None else str(part) for part in parts]))


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def entry_key(
    account: str | None,
    bank_reference: str | None,
    end_to_end_id: str | None,
    mandate_reference: str | None,
    side: str,
    booked_on: date | None,
    amount: Decimal,
) -> str:
    """Return the identity of a statement entry or one of its details, the same in every file of the bank.

    Neither reason nor kind is part of it: a first notice may not tell yet why money came back. `side` is "credit",
    "debit" or "pending". The mandate only counts where there is no end-to-end id.
    """
    named_by = end_to_end_id or mandate_reference or ""
    # As answer_key does it, without the detour for parts of any type: it is asked for each entry.
    return _digest(
        f"{account or ''}\x1f{bank_reference or ''}\x1f{named_by}\x1f{side}\x1f{booked_on or ''!s}\x1f{amount!s}"
    )
