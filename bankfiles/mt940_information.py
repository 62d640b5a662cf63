"""The information field of MT940 (:86:) in its dialects, and what it says about a direct debit.

German: a business code (GVC) and ?20 to ?63 with EREF+, MREF+, CRED+, SVWZ+ inside. Dutch and Belgian: /EREF/, /MARF/,
/CSID/, /RTRN/, /PREF/, /REMI/. Anything else is free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from mt940.models import Transactions
from mt940.processors import transaction_details_post_processor
from mt940.tags import TransactionDetails

from bankfiles.answers import AnswerKind
from bankfiles.bank_transaction_codes import Movement, movement_of
from bankfiles.reasons import REASONS

_GERMAN = re.compile(r"(\d{3})\?\d{2}")
_SLASH_WORDS = "EREF|MARF|CSID|RTRN|PREF|REMI|NAME|IBAN|BIC|TRTP|CNTP|PURP|ULTC|ULTD|TRCD|ADDR|BENM|ORDP|SVCL|CREF"
_SLASH = re.compile(rf"/({_SLASH_WORDS})/")
_REASON = re.compile(rf"\b({'|'.join(sorted(REASONS))})\b")
_RETURN_TYPES = frozenset({"NRTI", "NRTN"})
_CHARGE_TYPES = frozenset({"NCHG", "NCOM"})
_REFUND_REASONS = frozenset({"MD06", "MD01"})
_NOT_PROVIDED = frozenset({"", "NOTPROVIDED", "NONREF"})


@dataclass(slots=True)
class Information:
    """What an :86: tells."""

    code: str = ""  # German business code (GVC)
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    creditor_identifier: str | None = None
    batch_id: str | None = None
    original_amount: Decimal | None = None
    compensation: Decimal | None = None
    reason: str = ""
    reason_text: str = ""
    reference: str | None = None
    remittance: str = ""
    counterparty: str = ""


def information_of(text: str) -> Information:
    """Take an :86: apart; free text stays remittance."""
    joined = text.replace("\n", "")
    if _GERMAN.match(joined):
        return _german(text)
    if _SLASH.search(joined):
        return _slash_coded(joined)
    return Information(remittance=" ".join(text.split()))


def kind_of(code: str, is_credit: bool, is_reversal: bool, info: Information) -> AnswerKind:
    """Decide what an entry is from type, business code, reason and reversal mark; never from the sign alone."""
    movement = movement_of("", "", f"{code}+{info.code}")
    if code in _CHARGE_TYPES or movement is Movement.CHARGE:
        return AnswerKind.CHARGE
    if movement is Movement.CREDITOR_REVERSAL:
        return AnswerKind.REVERSED
    of_ours = bool(info.mandate_reference or info.creditor_identifier or info.batch_id)
    came_back = info.reason or movement is Movement.RETURN or code in _RETURN_TYPES or (is_reversal and of_ours)
    if came_back and not is_credit:
        return AnswerKind.REFUNDED if info.reason in _REFUND_REASONS else AnswerKind.RETURNED
    if is_credit and not came_back and (of_ours or movement is Movement.COLLECTION):
        return AnswerKind.SETTLED
    return AnswerKind.OTHER


def _german(text: str) -> Information:
    result: dict[str, object] = {"transaction_details": text}
    facts = transaction_details_post_processor(
        Transactions(), TransactionDetails(), {"transaction_details": text}, result
    )

    def fact(name: str) -> str:
        return " ".join(str(facts.get(name) or "").split())

    info = Information(
        code=fact("transaction_code"),
        end_to_end_id=_provided(fact("end_to_end_reference")),
        mandate_reference=_provided(fact("additional_position_reference")),
        creditor_identifier=_provided(fact("applicant_creditor_id")),
        batch_id=_provided(fact("customer_reference")),
        original_amount=_amount(fact("original_amount")),
        compensation=_amount(fact("compensation_amount")),
        remittance=fact("purpose"),
        counterparty=fact("applicant_name"),
    )
    if movement_of("", "", f"NDDT+{info.code}") is Movement.RETURN:
        told = f"{info.remittance} {fact('additional_purpose')} {fact('return_debit_notes')}"
        found = _REASON.search(told.upper())
        info.reason = found.group() if found else ""
        info.reason_text = " ".join(told.split())
    if info.end_to_end_id or info.mandate_reference:
        info.batch_id = None  # KREF names a batch only where the entry is one
    return info


def _slash_coded(text: str) -> Information:
    words = list(_SLASH.finditer(text))
    facts: dict[str, str] = {}
    for number, word in enumerate(words):
        end = words[number + 1].start() if number + 1 < len(words) else len(text)
        facts.setdefault(word.group(1), text[word.end() : end].strip("/ "))
    reason = facts.get("RTRN", "").strip("/ ").upper()[:4]
    remittance = facts.get("REMI", "")
    reference = None
    if remittance.startswith("USTD//"):
        remittance = remittance[6:]
    elif remittance.startswith("STRD/"):
        *_, reference = remittance.split("/")
        remittance = ""
    counterparty = facts.get("NAME", "")
    if not counterparty and "CNTP" in facts:
        parts = facts["CNTP"].split("/")
        counterparty = parts[2] if len(parts) > 2 else ""
    return Information(
        end_to_end_id=_provided(facts.get("EREF", "")),
        mandate_reference=_provided(facts.get("MARF", "")),
        creditor_identifier=_provided(facts.get("CSID", "")),
        batch_id=_provided(facts.get("PREF", "")),
        reason=reason,
        reference=reference,
        remittance=" ".join(remittance.split()),
        counterparty=counterparty,
    )


def _provided(text: str) -> str | None:
    text = text.strip()
    return None if text.upper() in _NOT_PROVIDED else text


def _amount(text: str) -> Decimal | None:
    found = re.search(r"\d+(?:[.,]\d{1,2})?", text)
    if found is None:
        return None
    try:
        return Decimal(found.group().replace(",", "."))
    except InvalidOperation:
        return None
