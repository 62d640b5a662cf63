"""Rules: what an installation wants done, and when. Read from the config; each has a safe default."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bankfiles.pain008.model import Scheme
from connector.model.customer import Language
from connector.model.mandate import MandateType


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WhomToInvite(StrEnum):
    """Which customers are asked to sign."""

    MARKED = "marked"  # those that the package marks as paying by direct debit
    WITH_OPEN_INVOICES = "with-open-invoices"
    ALL = "all"


class InviteRules(_Rules):
    """Who is asked to sign a mandate, and for how long the question stands."""

    whom: WhomToInvite = WhomToInvite.MARKED
    scheme: Scheme = Scheme.CORE
    type: MandateType = MandateType.RECURRENT
    valid_days: int = Field(default=30, ge=1, le=365, description="Days that an invitation link works.")
    language: Language = Field(default=Language.ENGLISH, description="For customers whose language is not known.")


class NoticeChannel(StrEnum):
    """How a debtor is told of a collection beforehand."""

    MAIL = "mail"
    INVOICE = "invoice"  # the invoice itself announces the debit; the package sends it


class NotifyRules(_Rules):
    """Pre-notification: 14 calendar days before the debit, unless agreed otherwise."""

    channel: NoticeChannel = NoticeChannel.MAIL
    days: int = Field(default=14, ge=1, le=90, description="Calendar days between notice and debit.")


class CollectRules(_Rules):
    """What is collected, and when a collection goes to the bank."""

    lead_days: int = Field(default=2, ge=1, le=10, description="TARGET days between submission and debit.")
    window_days: int = Field(
        default=7, ge=1, le=14, description="Calendar days before the debit from which it may be submitted."
    )
    minimum: Decimal = Field(default=Decimal("0.01"), ge=Decimal("0.01"), description="EUR.")
    maximum: Decimal = Field(
        default=Decimal("999999999.99"),
        le=Decimal("999999999.99"),
        description="EUR; a higher amount becomes an Exception.",
    )
    attempts: int = Field(default=1, ge=1, le=5, description="How often one invoice is asked for, in all.")
    approval: bool = Field(default=False, description="True: a person approves each run before it is sent.")


class BookWhen(StrEnum):
    """When the package books a collection as paid."""

    SUBMITTED = "submitted"  # as soon as the bank has its file; what does not come in is undone
    SETTLED = "settled"  # once the money is on the account
    AFTER_REFUND_PERIOD = "after-refund-period"  # once a consumer can't have it back without a reason: 8 weeks later


class BookRules(_Rules):
    """When payments are booked in the accounting package."""

    when: BookWhen = BookWhen.SETTLED


class Rules(_Rules):
    """All rules of an installation."""

    invite: InviteRules = InviteRules()
    notify: NotifyRules = NotifyRules()
    collect: CollectRules = CollectRules()
    book: BookRules = BookRules()
