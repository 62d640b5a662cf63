"""Reasons in words: why something was or was not done, and what a person can do about it.

A reason may have been stored long ago, by an older version and with other facts than its sentence uses now. So here,
unlike in `say`, a fact that is absent becomes a dash and a line in the log, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum

import structlog

from connector.masking import mask_ibans
from connector.model.customer import Language
from connector.model.reason import Reason, ReasonCode
from connector.texts.catalogue import PLACEHOLDER, MissingText, template
from connector.texts.formatting import Money, written

ABSENT = "–"
_C = ReasonCode


class FactKind(Enum):
    """How a fact, which is stored as plain text, is written in a sentence."""

    TEXT = "text"  # as it is: a reference, a name, a place
    DATE = "date"  # ISO date
    AMOUNT = "amount"  # with a point; its currency is the fact `currency`, or EUR
    WORD = "word"  # a word of ours, translated by words.<language>.yaml under the name of the fact
    SENTENCE = "sentence"  # whole sentences of an adapter or a bank; left out if absent


FACT_KINDS: Mapping[str, FactKind] = {
    "state": FactKind.WORD,
    "feature": FactKind.WORD,
    "open_amount": FactKind.AMOUNT,
    "due_on": FactKind.DATE,
    "signed_on": FactKind.DATE,
    "used_on": FactKind.DATE,
    "notice_on": FactKind.DATE,
    "collection_date": FactKind.DATE,
    "why": FactKind.SENTENCE,
    "remedy": FactKind.SENTENCE,
    "reason_text": FactKind.SENTENCE,
}
"""Facts that are not plain text."""

_IDS = frozenset({"mandate", "end_to_end_id", "customer", "file"})
"""Facts that identify a record of ours: shown whole, even if one looks like an IBAN."""

FACTS: Mapping[ReasonCode, tuple[str, ...]] = {
    _C.ALREADY_HAS_MANDATE: ("mandate", "state"),
    _C.INVITATION_OPEN: ("mandate",),
    _C.INVITATION_LAPSED: ("mandate",),
    _C.NO_EMAIL: (),
    _C.CUSTOMER_INACTIVE: (),
    _C.DIRECT_DEBIT_NOT_WANTED: (),
    _C.NOTHING_TO_COLLECT_YET: (),
    _C.WILL_INVITE: (),
    _C.CREDIT_NOTE: (),
    _C.CURRENCY_NOT_EUR: ("currency",),
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
    _C.NOT_DUE_YET: ("due_on",),
    _C.NOTICE_TO_SEND: ("collection_date",),
    _C.NOTICE_NOT_SENT: (),
    _C.NOTICE_RUNNING: ("notice_on", "collection_date"),
    _C.NOTICE_OUTDATED: ("notice_on",),
    _C.BEING_COLLECTED: ("end_to_end_id", "collection_date"),
    _C.ALREADY_COLLECTED: ("end_to_end_id", "collection_date"),
    _C.ATTEMPTS_USED: ("attempts",),
    _C.WILL_COLLECT: ("open_amount", "collection_date", "mandate"),
    _C.AMOUNT_OUT_OF_RANGE: ("open_amount",),
    _C.RECORD_UNREADABLE: ("where", "seen", "why", "remedy"),
    _C.IBAN_INVALID: ("where", "seen", "why"),
    _C.CUSTOMER_UNKNOWN: ("customer",),
    _C.MANDATE_INCOMPLETE: ("mandate",),
    _C.MANDATE_UNKNOWN: ("mandate",),
    _C.EVENT_UNKNOWN: ("target", "seen"),
    _C.EFFECT_FAILED: ("target", "why", "remedy"),
    _C.EFFECT_UNCERTAIN: ("target", "why"),
    _C.FEATURE_MISSING: ("target", "feature"),
    _C.SOURCE_UNREACHABLE: ("target", "why", "remedy"),
    _C.COLLECTION_REFUSED_BY_CHECK: ("end_to_end_id", "why", "remedy"),
    _C.COLLECTION_REJECTED: ("end_to_end_id", "reason_code", "reason_text"),
    _C.COLLECTION_RETURNED: ("end_to_end_id", "reason_code", "reason_text"),
    _C.BANK_FILE_UNREADABLE: ("file", "why", "remedy"),
    _C.BANK_ANSWER_UNMATCHED: ("file", "end_to_end_id"),
    _C.BANK_ANSWER_CONFLICTS: ("file", "end_to_end_id", "state"),
    _C.BANK_FILE_REJECTED: ("file", "reason_code", "reason_text"),
}
"""The facts that the sentence of each code uses, the same in all languages. Steps may give more."""


def reason_text(language: Language, reason: Reason) -> str:
    """The sentence of a reason, with its facts. IBANs in what was seen or said elsewhere are masked."""
    text = template(language, f"reasons.{reason.code.value}")
    absent: list[str] = []

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if not reason.facts.get(name):
            absent.append(name)
            return "" if FACT_KINDS.get(name) is FactKind.SENTENCE else ABSENT
        said = _written(language, name, reason.facts)
        return said if name in _IDS else mask_ibans(said)

    sentence = PLACEHOLDER.sub(filled, text)
    missing = [name for name in absent if FACT_KINDS.get(name) is not FactKind.SENTENCE]
    if missing:
        structlog.get_logger().warning("reason.fact_missing", code=reason.code.value, facts=missing)
    return _tidy(sentence)


def _written(language: Language, name: str, facts: Mapping[str, str]) -> str:
    value = facts[name]
    write = _WRITERS.get(FACT_KINDS.get(name, FactKind.TEXT))
    if write is None:
        return value
    try:
        return write(language, name, facts)
    except (ValueError, InvalidOperation, MissingText):
        return value  # not of its kind: shown as it was stored rather than not at all


def _date(language: Language, name: str, facts: Mapping[str, str]) -> str:
    return written(language, date.fromisoformat(facts[name]))


def _amount(language: Language, name: str, facts: Mapping[str, str]) -> str:
    return written(language, Money(Decimal(facts[name]), facts.get("currency") or "EUR"))


def _word(language: Language, name: str, facts: Mapping[str, str]) -> str:
    return template(language, f"words.{name}.{facts[name]}")


_WRITERS: Mapping[FactKind, Callable[[Language, str, Mapping[str, str]], str]] = {
    FactKind.DATE: _date,
    FactKind.AMOUNT: _amount,
    FactKind.WORD: _word,
}


def _tidy(text: str) -> str:
    """Without the double spaces and the doubled stop that a sentence left out, or one with its own stop, makes."""
    return re.sub(r"\.(?:\s*\.)+", ".", re.sub(r"[ \n]{2,}", " ", text)).strip()
