"""Reasons in words: why something was or was not done, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Mapping

from connector.model.customer import Language
from connector.model.reason import Reason, ReasonCode
from connector.texts.telling import tell

_C = ReasonCode

FACTS: Mapping[ReasonCode, tuple[str, ...]] = {
    _C.ALREADY_HAS_MANDATE: ("mandate", "state"),
    _C.INVITATION_OPEN: ("mandate",),
    _C.INVITATION_LAPSED: ("mandate",),
    _C.NO_EMAIL: (),
    _C.CUSTOMER_GONE: (),
    _C.CUSTOMER_INACTIVE: (),
    _C.DIRECT_DEBIT_NOT_WANTED: (),
    _C.NOTHING_TO_COLLECT_YET: (),
    _C.WILL_INVITE: (),
    _C.CREDIT_NOTE: (),
    _C.CURRENCY_NOT_EUR: ("currency",),
    _C.INVOICE_GONE: (),
    _C.NOTHING_OPEN: (),
    _C.NO_MANDATE: (),
    _C.MANDATE_NOT_SIGNED: ("mandate",),
    _C.MANDATE_AWAITS_BANK: ("mandate",),
    _C.MANDATE_SUSPENDED: ("mandate",),
    _C.MANDATE_ENDED: ("mandate", "state"),
    _C.MANDATE_UNUSED_TOO_LONG: ("mandate", "used_on"),
    _C.MANDATE_SIGNED_AFTER: ("mandate", "signed_on"),
    _C.MANDATE_OTHER_CREDITOR: ("mandate",),
    _C.MANDATE_OF_OTHER_CUSTOMER: ("mandate",),
    _C.NOT_DUE_YET: ("due_on", "collection_date"),
    _C.NOTICE_TO_SEND: ("collection_date",),
    _C.NOTICE_NOT_SENT: (),
    _C.NOTICE_RUNNING: ("notice_on", "collection_date"),
    _C.NOTICE_OUTDATED: ("notice_on",),
    _C.BEING_COLLECTED: ("end_to_end_id", "collection_date"),
    _C.ALREADY_COLLECTED: ("end_to_end_id", "collection_date"),
    _C.ATTEMPTS_USED: ("attempts",),
    _C.WILL_COLLECT: ("open_amount", "collection_date", "mandate"),
    _C.AMOUNT_OUT_OF_RANGE: ("open_amount",),
    _C.BOOK_WHEN_SUBMITTED: (),
    _C.BOOK_WHEN_SETTLED: (),
    _C.BOOK_AFTER_REFUND_PERIOD: (),
    _C.BOOK_ON: ("book_on",),
    _C.LESS_IS_OPEN: ("open_amount",),
    _C.MANDATE_NOT_THE_SAME: ("mandate",),
    _C.RECORD_UNREADABLE: ("where", "seen", "why", "remedy"),
    _C.IBAN_INVALID: ("where", "seen", "why"),
    _C.CUSTOMER_UNKNOWN: ("customer",),
    _C.MANDATE_INCOMPLETE: ("mandate",),
    _C.MANDATE_UNKNOWN: ("mandate",),
    _C.EVENT_UNKNOWN: ("target", "seen"),
    _C.EFFECT_FAILED: ("target", "about", "why", "remedy"),
    _C.EFFECT_UNCERTAIN: ("target", "effect", "about", "why"),
    _C.FEATURE_MISSING: ("target", "feature"),
    _C.SOURCE_UNREACHABLE: ("target", "why", "remedy"),
    _C.TARGET_RESTS: ("target", "count"),
    _C.RUN_CHANGED: ("run",),
    _C.COLLECTION_REFUSED_BY_CHECK: ("end_to_end_id", "why", "remedy"),
    _C.COLLECTION_REJECTED: ("end_to_end_id", "reason_code", "reason_text"),
    _C.COLLECTION_RETURNED: ("end_to_end_id", "reason_code", "reason_text"),
    _C.BANK_FILE_UNREADABLE: ("file", "why", "remedy"),
    _C.BANK_ANSWER_UNMATCHED: ("file", "end_to_end_id"),
    _C.BANK_ANSWER_CONFLICTS: ("file", "end_to_end_id", "state"),
    _C.BANK_FILE_REJECTED: ("file", "reason_code", "reason_text"),
    _C.DATABASE_PUT_BACK: ("last_pass",),
    _C.JOURNAL_LOST: ("last_pass",),
    _C.BANK_FILE_NOT_ADOPTED: ("file", "why"),
    _C.AUDIT_DIFFERENCES: ("count",),
}
"""The facts that the sentence of each code uses, the same in all languages. Steps may give more."""


def reason_text(language: Language, reason: Reason) -> str:
    """The sentence of a reason. Facts that are absent become a dash; IBANs in what was seen are masked."""
    return tell(language, f"reasons.{reason.code.value}", reason.facts)
