"""Deed: one thing that a pass does, as a code with its facts, said in the words of a finance user.

`plan` shows the deeds of a pass that is thrown away, `sync` those of a pass that stays: the same code tells both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bankfiles.frozen import maker_of


class Step(StrEnum):
    """The steps of the road, in their order."""

    PULL = "pull"
    INVITE = "invite"
    FOLLOW = "follow"
    WRITE_BACK = "write_back"
    NOTIFY = "notify"
    COLLECT = "collect"
    SUBMIT = "submit"
    RECONCILE = "reconcile"
    SHOW = "show"


class DeedCode(StrEnum):
    """Everything that a pass does. Its sentence stands in connector/texts, per language."""

    READ_CUSTOMERS = "read_customers"
    READ_INVOICES = "read_invoices"
    CUSTOMERS_GONE = "customers_gone"
    INVOICES_GONE = "invoices_gone"
    INVITE = "invite"
    SIGNED = "signed"
    MANDATE_CHANGED = "mandate_changed"
    MANDATE_AMENDED = "mandate_amended"
    MANDATES_OF_OTHERS = "mandates_of_others"
    MANDATE_EXPIRED = "mandate_expired"
    STORE_MANDATE = "store_mandate"
    NOTIFY = "notify"
    COLLECT = "collect"
    WAIT_FOR_APPROVAL = "wait_for_approval"
    CANCEL_LATE = "cancel_late"
    LEAVE_OUT = "leave_out"
    WITHDRAW_FILE = "withdraw_file"
    WRITE_FILE = "write_file"
    SEND_FILE = "send_file"
    READ_BANK_FILE = "read_bank_file"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"
    REGISTER_PAYMENT = "register_payment"
    REGISTER_RETURN = "register_return"
    SHOW_REMARK = "show_remark"
    CLOSE_REMARK = "close_remark"
    ADOPT_FILE = "adopt_file"
    DATABASE_IS_UP_TO_DATE = "database_is_up_to_date"
    EXCEPTION = "exception"


Fact = str | int | Decimal | date


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done in a step."""

    step: Step
    code: DeedCode
    facts: Mapping[str, Fact] = field(default_factory=dict)


new_deed = maker_of(Deed)  # as `Deed(...)`, where very many are made
