"""What a movement of CODA answers: the collection or batch that it tells of, what became of it, and its money."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from bankfiles.answers import Answer, AnswerKind, Reason, Scope, entry_key, new_answer
from bankfiles.coda_codes import direct_debit, is_charge, kind_of
from bankfiles.coda_lines import Movement
from bankfiles.repeats import Repeats

_BY_CUSTOMER = "1"  # type of a movement: one amount for what the customer sent as a batch
_NOT_PROVIDED = frozenset({"", "NOTPROVIDED"})

_reason_of = lru_cache(maxsize=256)(Reason)  # of four characters each


def answer_of(
    movement: Movement, whole: Movement | None, account: str | None, currency: str, repeats: Repeats
) -> Answer:
    """Return the answer that a movement gives, or a detail of the movement `whole`.

    `account` and `currency` are the statement's; `repeats` keeps apart what is alike in the file.
    """
    told, charges = movement, Decimal(0)
    if whole is None:
        for detail in movement.details:
            if is_charge(detail.code):
                charges += detail.amount
            else:
                told = detail
    debit = direct_debit(told.communication) if told.structured else None
    reason = (debit.reason if debit else "") or told.reason
    kind = kind_of(told.code, movement.is_credit, debit, told.r_type, reason)
    end_to_end_id = _provided(told.customer_reference)
    batch_id = None
    scope = Scope.TRANSACTION if debit else Scope.ENTRY
    if whole is None and movement.code[0] == _BY_CUSTOMER and kind is AnswerKind.SETTLED:
        scope, batch_id, end_to_end_id = Scope.BATCH, end_to_end_id, None
    elif end_to_end_id:
        scope = Scope.TRANSACTION
    bank_reference = movement.bank_reference or (whole.bank_reference if whole else "")
    mandate = debit.mandate_reference if debit else None
    booked_on = movement.booked_on or (whole.booked_on if whole else None)
    side = "credit" if movement.is_credit else "debit"
    key = entry_key(account, bank_reference or None, end_to_end_id, mandate, side, booked_on, movement.amount)
    return new_answer(  # by position: to match all the names takes Python longer than to read the lines
        kind,
        scope,
        key if end_to_end_id else repeats.apart(key),
        end_to_end_id,
        mandate,
        debit.creditor_identifier if debit else None,
        None,  # no message_id
        batch_id,
        movement.amount,
        movement.amount - charges,
        charges or None,
        None,  # no compensation apart
        currency,
        None,  # no count
        _reason_of(reason) if reason else None,
        told.r_type or movement.code,
        bank_reference or None,
        account,
        booked_on,
        movement.value_on,
        _reference(told),
        debit.communication if debit else _free_text(told),
        told.counterparty,
        movement.line,
    )


def _provided(reference: str) -> str | None:
    return None if reference.upper() in _NOT_PROVIDED else reference


def _reference(movement: Movement) -> str | None:
    """A Belgian structured communication (types 101 and 102)."""
    if movement.structured and movement.communication[:3] in {"101", "102"}:
        return movement.communication[3:15].strip() or None
    return None


def _free_text(movement: Movement) -> str:
    return "" if movement.structured else " ".join(movement.communication.split())
