"""Differences: where our ledger and the world do not agree, with the command that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DifferenceKind(StrEnum):
    """Every difference that the audit finds. Its cause stands in connector/texts, per language."""

    PUT_BACK = "put_back"
    NOT_REACHED = "not_reached"
    MANDATE_UNKNOWN = "mandate_unknown"
    MANDATE_STATE = "mandate_state"
    MANDATE_NOT_STORED = "mandate_not_stored"
    INVOICE_UNKNOWN = "invoice_unknown"
    OPEN_AMOUNT = "open_amount"
    PAYMENT_GONE = "payment_gone"
    RETURN_GONE = "return_gone"
    EFFECT_UNKNOWN = "effect_unknown"
    EFFECT_FAILED = "effect_failed"
    NO_ANSWER = "no_answer"
    FILE_UNANSWERED = "file_unanswered"
    FILE_UNKNOWN = "file_unknown"
    FILE_GONE = "file_gone"
    ANSWERS_UNREAD = "answers_unread"
    ANSWER_UNMATCHED = "answer_unmatched"


_K = DifferenceKind

MENDED_BY: Mapping[DifferenceKind, str] = {
    _K.PUT_BACK: "sepa-connector sync",
    _K.NOT_REACHED: "sepa-connector check",
    _K.MANDATE_UNKNOWN: "sepa-connector db recover",
    _K.MANDATE_STATE: "sepa-connector audit --replay mandate_events",
    _K.MANDATE_NOT_STORED: "sepa-connector audit --again {key}",
    _K.INVOICE_UNKNOWN: "sepa-connector audit --replay invoices",
    _K.OPEN_AMOUNT: "sepa-connector audit --replay invoices",
    _K.PAYMENT_GONE: "sepa-connector audit --again {key}",
    _K.RETURN_GONE: "sepa-connector audit --again {key}",
    _K.EFFECT_UNKNOWN: "sepa-connector sync",
    _K.EFFECT_FAILED: "sepa-connector exceptions list",
    _K.NO_ANSWER: "sepa-connector sync --step reconcile",
    _K.FILE_UNANSWERED: "sepa-connector sync --step reconcile",
    _K.FILE_UNKNOWN: "sepa-connector db recover",
    _K.FILE_GONE: "sepa-connector sync --step submit",
    _K.ANSWERS_UNREAD: "sepa-connector audit --replay bank",
    _K.ANSWER_UNMATCHED: "sepa-connector audit --replay bank",
}
"""The command that mends a difference, or shows what is to be done about it; {key} is that of a change."""

TOUCHES_MONEY = frozenset(
    {_K.PAYMENT_GONE, _K.RETURN_GONE, _K.EFFECT_UNKNOWN, _K.FILE_UNKNOWN, _K.ANSWERS_UNREAD, _K.ANSWER_UNMATCHED}
)
"""Differences that may mean that something was asked, paid or taken back which we do not know of."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes:
        record: what it is about, e.g. "mandate M-1".
        ours, theirs: how it stands here, and there.
        where: name of the source, service or bank, or a file.
        key: of the change that it is about, if it is about one.
    """

    kind: DifferenceKind
    record: str
    ours: str
    theirs: str
    where: str
    key: str = ""

    @property
    def mended_by(self) -> str:
        """The command that mends it."""
        return MENDED_BY[self.kind].format(key=self.key)
