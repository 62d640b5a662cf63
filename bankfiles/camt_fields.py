"""Where the facts of a camt.05x stand, for every version in one table, and what they mean together.

The versions differ in alternatives only: a status or date as text or as a choice, parties under Pty, the amount of a
detail. See the ISO 20022 message definitions and the EPC's recommendations for camt and SDD.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bankfiles.answers import AnswerKind
from bankfiles.bank_transaction_codes import Movement, movement_of
from bankfiles.fields import Texts
from bankfiles.texts import Misread, amount, amount_sum

_TRANSACTION_CODE = {
    "BkTxCd/Domn/Cd": "domain",
    "BkTxCd/Domn/Fmly/Cd": "family",
    "BkTxCd/Domn/Fmly/SubFmlyCd": "sub_family",
    "BkTxCd/Prtry/Cd": "proprietary_code",
}
_CHARGES = {
    "Chrgs/TtlChrgsAndTaxAmt": "charges_total",
    "Chrgs/Rcrd/Amt": "charge",
    "Chrgs/Amt": "charge",
}

ENTRY_FIELDS = {
    "Amt": "amount",
    "CdtDbtInd": "side",
    "RvslInd": "is_reversal",
    "Sts": "status",
    "Sts/Cd": "status",
    "Sts/Prtry": "status",
    "BookgDt/Dt": "booked_on",
    "BookgDt/DtTm": "booked_on",
    "ValDt/Dt": "value_on",
    "ValDt/DtTm": "value_on",
    "AcctSvcrRef": "bank_reference",
    **_TRANSACTION_CODE,
    **_CHARGES,
    "AddtlNtryInf": "text",
}

BATCH_FIELDS = {"MsgId": "message_id", "PmtInfId": "batch_id", "NbOfTxs": "count"}

DETAIL_FIELDS = {
    "Refs/MsgId": "message_id",
    "Refs/AcctSvcrRef": "bank_reference",
    "Refs/PmtInfId": "batch_id",
    "Refs/EndToEndId": "end_to_end_id",
    "Refs/MndtId": "mandate_reference",
    "Amt": "amount",
    "CdtDbtInd": "side",
    "AmtDtls/TxAmt/Amt": "transaction_amount",
    "AmtDtls/InstdAmt/Amt": "instructed_amount",
    **_TRANSACTION_CODE,
    **_CHARGES,
    "Intrst/TtlIntrstAndTaxAmt": "interest_total",
    "Intrst/Rcrd/Amt": "interest",
    "Intrst/Amt": "interest",
    "RltdPties/Dbtr/Nm": "debtor",
    "RltdPties/Dbtr/Pty/Nm": "debtor",
    "RltdPties/Cdtr/Nm": "creditor",
    "RltdPties/Cdtr/Pty/Nm": "creditor",
    "RltdPties/Cdtr/Id/PrvtId/Othr/Id": "creditor_identifier",
    "RltdPties/Cdtr/Pty/Id/PrvtId/Othr/Id": "creditor_identifier",
    "RmtInf/Ustrd": "remittance",
    "RmtInf/Strd/CdtrRefInf/Ref": "reference",
    "RtrInf/Rsn/Cd": "reason",
    "RtrInf/Rsn/Prtry": "reason",
    "RtrInf/AddtlInf": "reason_text",
    "AddtlTxInf": "text",
}

STATEMENT_FIELDS = {"Acct/Id/IBAN": "account", "Acct/Id/Othr/Id": "account"}
BALANCE_FIELDS = {"Tp/CdOrPrtry/Cd": "code", "Amt": "amount", "CdtDbtInd": "side"}

_REFUND_REASONS = frozenset({"MD06", "MD01"})  # after settlement: asked for by the debtor


@dataclass(slots=True)
class Amounts:
    """What was booked, and what it is made of."""

    booked: Decimal
    original: Decimal
    charges: Decimal | None
    compensation: Decimal | None


def amounts_of(entry: Texts, booked: Decimal, detail: Texts, sole: bool) -> Amounts:
    """Take booked and original amount, charges and compensation apart; raise `Misread`.

    A detail without an amount inherits the entry's, `booked`, only if it is the only one. A booked return may exceed
    what was collected by the bank's charge and, for a refund, by interest (AT-R6).
    """
    told = amount(detail, "amount")
    if told is None:
        told = amount(detail, "transaction_amount")
    instructed = amount(detail, "instructed_amount")
    charges = amount_sum(detail, "charges_total") or amount_sum(detail, "charge")
    compensation = amount_sum(detail, "interest_total") or amount_sum(detail, "interest")
    if sole:
        if charges is None:
            charges = amount_sum(entry, "charges_total") or amount_sum(entry, "charge")
    elif told is not None:
        booked = told
    elif instructed is not None:
        booked = instructed
    else:
        raise Misread("One of several details of an entry has no amount.")
    original = instructed
    if original is None:
        extra = (charges or 0) + (compensation or 0)
        original = told if told is not None and told != booked else booked - extra
    if compensation is None and original < booked:
        rest = booked - original - (charges or 0)
        compensation = rest if rest > 0 else None
    return Amounts(booked, original, charges, compensation)


def kind_of(entry: Texts, detail: Texts, is_credit: bool, of_ours: bool) -> AnswerKind:
    """Decide what a booked entry is: from reversal mark, reason and transaction code, never from the sign alone.

    `of_ours` says that the detail carries a mandate, a creditor identifier or a batch id, as direct debits do.
    """
    movement = movement_of(
        *_codes(detail if "domain" in detail else entry),
        detail.get("proprietary_code") or entry.get("proprietary_code", ""),
    )
    if movement is Movement.CHARGE:
        return AnswerKind.CHARGE
    reason = detail.get("reason")
    if movement is Movement.CREDITOR_REVERSAL and not reason:
        return AnswerKind.REVERSED
    came_back = reason or movement is Movement.RETURN
    if not came_back and entry.get("is_reversal") in {"true", "1"}:
        came_back = of_ours or movement is Movement.COLLECTION
    if came_back:
        if is_credit:
            return AnswerKind.OTHER  # a return of something that we paid
        refund = reason is not None and reason.upper() in _REFUND_REASONS
        return AnswerKind.REFUNDED if refund else AnswerKind.RETURNED
    if is_credit and (of_ours or movement is Movement.COLLECTION):
        return AnswerKind.SETTLED
    return AnswerKind.OTHER


def _codes(texts: Texts) -> tuple[str, str]:
    return texts.get("family", ""), texts.get("sub_family", "")
