"""What CODA's codes say about a direct debit: the structured communication 127, transaction families, R-types.

Source: Febelfin, coded statement of account (CODA) 2.x, annexes on transaction codes and structured communications.
"""

from __future__ import annotations

from dataclasses import dataclass

from bankfiles.answers import AnswerKind
from bankfiles.frozen import maker_of

_SEPA_DIRECT_DEBIT = "127"
_DIRECT_DEBIT_FAMILY = "05"
_CREDITED = frozenset({"50", "51", "52"})  # credit after collection, under reserve
_UNPAID = "03"
_REIMBURSED = "05"
_COSTS = frozenset({"37", "39", "87"})
_CHARGE_CATEGORIES = frozenset({"006", "007", "011", "013", "039", "041", "045"})
_REFUND_REASONS = frozenset({"MD06", "MD01"})

# R-transaction: 1 reject, 2 return, 3 refund, 4 reversal, 5 cancellation. A booked reject took money back as well.
_R_TYPES = {
    "1": AnswerKind.RETURNED,
    "2": AnswerKind.RETURNED,
    "3": AnswerKind.REFUNDED,
    "4": AnswerKind.REVERSED,
    "5": AnswerKind.RETURNED,
}


@dataclass(frozen=True, slots=True)
class DirectDebit:
    """The facts of a structured communication of type 127."""

    creditor_identifier: str | None
    mandate_reference: str | None
    communication: str
    is_paid: bool
    r_type: str  # "" if it was paid
    reason: str  # ISO code, "" if none


_new_direct_debit = maker_of(DirectDebit)


def direct_debit(communication: str) -> DirectDebit | None:
    """Return the direct debit that a structured communication tells of, None if it is of another type.

    After "127": settlement date (6), type (1), scheme (1), paid or why not (1), creditor identifier (35), mandate
    reference (35), communication (62), R-type (1), reason (4). Identifiers are taken as they stand.
    """
    if communication[:3] != _SEPA_DIRECT_DEBIT:
        return None
    facts = communication[3:].ljust(146)
    r_type = facts[141].strip().strip("0")
    return _new_direct_debit(  # by position, in the order of the fields
        facts[9:44].strip() or None,
        facts[44:79].strip() or None,
        " ".join(facts[79:141].split()),
        facts[8] == "0" and not r_type,
        r_type,
        facts[142:146].strip().upper(),
    )


def is_charge(code: str) -> bool:
    """Tell whether a transaction code (8 digits) stands for the bank's costs."""
    return code[3:5] in _COSTS or code[5:8] in _CHARGE_CATEGORIES


def kind_of(code: str, is_credit: bool, debit: DirectDebit | None, r_type: str, reason: str) -> AnswerKind:
    """Decide what a movement is from R-type, reason and transaction code; never from the sign alone."""
    family, transaction = code[1:3], code[3:5]
    r_type = (debit.r_type if debit else "") or r_type
    if not is_credit and (r_type or reason or (debit and not debit.is_paid)):
        if reason in _REFUND_REASONS:
            return AnswerKind.REFUNDED
        return _R_TYPES.get(r_type, AnswerKind.RETURNED)
    if family == _DIRECT_DEBIT_FAMILY:
        if is_credit and transaction in _CREDITED:
            return AnswerKind.SETTLED
        if not is_credit and transaction == _UNPAID:
            return AnswerKind.RETURNED
        if not is_credit and transaction == _REIMBURSED:
            return AnswerKind.REFUNDED
        if is_credit and debit and debit.is_paid:
            return AnswerKind.SETTLED
    return AnswerKind.CHARGE if is_charge(code) and not is_credit else AnswerKind.OTHER
