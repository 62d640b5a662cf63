"""Reason: why something was or was not done, as a code with its facts, said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bankfiles.frozen import maker_of


class ReasonCode(StrEnum):
    """Every reason that the product gives a person. Its sentence stands in connector/texts, per language."""

    # why a customer is not invited
    ALREADY_HAS_MANDATE = "already_has_mandate"
    INVITATION_OPEN = "invitation_open"
    INVITATION_LAPSED = "invitation_lapsed"
    NO_EMAIL = "no_email"
    CUSTOMER_GONE = "customer_gone"
    CUSTOMER_INACTIVE = "customer_inactive"
    DIRECT_DEBIT_NOT_WANTED = "direct_debit_not_wanted"
    NOTHING_TO_COLLECT_YET = "nothing_to_collect_yet"
    WILL_INVITE = "will_invite"
    # why an invoice is not collected
    CREDIT_NOTE = "credit_note"
    CURRENCY_NOT_EUR = "currency_not_eur"
    INVOICE_GONE = "invoice_gone"
    NOTHING_OPEN = "nothing_open"
    NO_MANDATE = "no_mandate"
    MANDATE_NOT_SIGNED = "mandate_not_signed"
    MANDATE_AWAITS_BANK = "mandate_awaits_bank"
    MANDATE_SUSPENDED = "mandate_suspended"
    MANDATE_ENDED = "mandate_ended"
    MANDATE_UNUSED_TOO_LONG = "mandate_unused_too_long"
    MANDATE_SIGNED_AFTER = "mandate_signed_after"
    MANDATE_OTHER_CREDITOR = "mandate_other_creditor"
    MANDATE_OF_OTHER_CUSTOMER = "mandate_of_other_customer"
    NOT_DUE_YET = "not_due_yet"
    NOTICE_TO_SEND = "notice_to_send"
    NOTICE_NOT_SENT = "notice_not_sent"
    NOTICE_RUNNING = "notice_running"
    NOTICE_OUTDATED = "notice_outdated"
    BEING_COLLECTED = "being_collected"
    ALREADY_COLLECTED = "already_collected"
    ATTEMPTS_USED = "attempts_used"
    WILL_COLLECT = "will_collect"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    # when a collection is booked as paid
    BOOK_WHEN_SUBMITTED = "book_when_submitted"
    BOOK_WHEN_SETTLED = "book_when_settled"
    BOOK_AFTER_REFUND_PERIOD = "book_after_refund_period"
    BOOK_ON = "book_on"
    # why a collection was left out of its file
    LESS_IS_OPEN = "less_is_open"
    MANDATE_NOT_THE_SAME = "mandate_not_the_same"
    # what became an Exception
    RECORD_UNREADABLE = "record_unreadable"
    IBAN_INVALID = "iban_invalid"
    CUSTOMER_UNKNOWN = "customer_unknown"
    MANDATE_INCOMPLETE = "mandate_incomplete"
    MANDATE_UNKNOWN = "mandate_unknown"
    EVENT_UNKNOWN = "event_unknown"
    EFFECT_FAILED = "effect_failed"
    EFFECT_UNCERTAIN = "effect_uncertain"
    FEATURE_MISSING = "feature_missing"
    SOURCE_UNREACHABLE = "source_unreachable"
    TARGET_RESTS = "target_rests"
    RUN_CHANGED = "run_changed"
    COLLECTION_REFUSED_BY_CHECK = "collection_refused_by_check"
    COLLECTION_REJECTED = "collection_rejected"
    COLLECTION_RETURNED = "collection_returned"
    BANK_FILE_UNREADABLE = "bank_file_unreadable"
    BANK_ANSWER_UNMATCHED = "bank_answer_unmatched"
    BANK_ANSWER_CONFLICTS = "bank_answer_conflicts"
    BANK_FILE_REJECTED = "bank_file_rejected"
    DATABASE_PUT_BACK = "database_put_back"
    JOURNAL_LOST = "journal_lost"
    BANK_FILE_NOT_ADOPTED = "bank_file_not_adopted"
    AUDIT_DIFFERENCES = "audit_differences"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its facts, e.g. Reason(NOT_DUE_YET, {"due_on": "2026-12-01"}).

    Facts are plain text (dates as ISO, amounts with a point) so that they can be stored and said again later.
    """

    code: ReasonCode
    facts: Mapping[str, str] = field(default_factory=dict)


new_reason = maker_of(Reason)  # as `Reason(...)`, where very many are made
