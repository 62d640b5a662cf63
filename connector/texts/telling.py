"""Filling the sentences of reasons and deeds, leniently.

Reasons may have been stored long ago, by an older version and with other facts than the sentence uses now. So here,
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
from connector.model.deed import Fact
from connector.texts.catalogue import PLACEHOLDER, MissingText, template
from connector.texts.formatting import Money, written

ABSENT = "–"


class FactKind(Enum):
    """How a fact that is stored as plain text is written in a sentence."""

    TEXT = "text"  # as it is: a name, a place, what was seen; IBANs in it are masked
    ID = "id"  # as it is: a reference of ours
    DATE = "date"  # ISO date
    AMOUNT = "amount"  # with a point; its currency is the fact `currency`, or EUR
    WORD = "word"  # a word of ours, translated by words.<language>.yaml under the name of the fact
    SENTENCE = "sentence"  # whole sentences of an adapter or a bank; left out if absent


FACT_KINDS: Mapping[str, FactKind] = {
    "mandate": FactKind.ID,
    "end_to_end_id": FactKind.ID,
    "customer": FactKind.ID,
    "file": FactKind.ID,
    "run": FactKind.ID,
    "state": FactKind.WORD,
    "feature": FactKind.WORD,
    "effect": FactKind.WORD,
    "open_amount": FactKind.AMOUNT,
    "amount": FactKind.AMOUNT,
    "due_on": FactKind.DATE,
    "signed_on": FactKind.DATE,
    "used_on": FactKind.DATE,
    "book_on": FactKind.DATE,
    "notice_on": FactKind.DATE,
    "collection_date": FactKind.DATE,
    "why": FactKind.SENTENCE,
    "remedy": FactKind.SENTENCE,
    "reason_text": FactKind.SENTENCE,
}
"""Facts that are not TEXT."""


def tell(language: Language, key: str, facts: Mapping[str, Fact]) -> str:
    """The sentence of a key with its facts, as far as they are there."""
    absent: list[str] = []

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if facts.get(name) in (None, ""):
            absent.append(name)
            return "" if _kind(name) is FactKind.SENTENCE else ABSENT
        return _written(language, name, facts)

    sentence = PLACEHOLDER.sub(filled, template(language, key))
    missing = [name for name in absent if _kind(name) is not FactKind.SENTENCE]
    if missing:
        structlog.get_logger().warning("text.fact_missing", text=key, facts=missing)
    return _tidy(sentence)


def word(language: Language, name: str, value: str) -> str:
    """A word of ours in a language, e.g. word(..., "state", "active"); the value itself if there is none."""
    try:
        return template(language, f"words.{name}.{value}")
    except MissingText:
        return value


def record_text(language: Language, name: str) -> str:
    """The name of a record, e.g. "invoice books/4711", with its kind in a language."""
    kind, _, key = name.partition(" ")
    return f"{word(language, 'kind', kind)} {key}"


def tell_fact(language: Language, name: str, facts: Mapping[str, Fact]) -> str:
    """One fact alone, as it is written in a sentence."""
    return _written(language, name, facts)


def _kind(name: str) -> FactKind:
    return FACT_KINDS.get(name, FactKind.TEXT)


def _written(language: Language, name: str, facts: Mapping[str, Fact]) -> str:
    value = facts[name]
    if not isinstance(value, str):
        return written(language, value)
    try:
        return _WRITERS[_kind(name)](language, name, value, facts)
    except (ValueError, InvalidOperation):
        return value  # not of its kind: shown as it was stored rather than not at all


_Writer = Callable[[Language, str, str, Mapping[str, Fact]], str]


def _amount(language: Language, _name: str, value: str, facts: Mapping[str, Fact]) -> str:
    return written(language, Money(Decimal(value), str(facts.get("currency") or "EUR")))


_WRITERS: Mapping[FactKind, _Writer] = {
    FactKind.TEXT: lambda _language, _name, value, _facts: mask_ibans(value),
    FactKind.SENTENCE: lambda _language, _name, value, _facts: mask_ibans(_ended(value)),
    FactKind.ID: lambda _language, _name, value, _facts: value,
    FactKind.DATE: lambda language, _name, value, _facts: written(language, date.fromisoformat(value)),
    FactKind.WORD: lambda language, name, value, _facts: word(language, name, value),
    FactKind.AMOUNT: _amount,
}


def _ended(text: str) -> str:
    """The text with a stop at its end, so that another sentence may follow."""
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."


def _tidy(text: str) -> str:
    """Without the double spaces and the doubled stop that a sentence left out, or one with its own stop, makes."""
    return re.sub(r"\.(?:\s*\.)+", ".", re.sub(r"[ \n]{2,}", " ", text)).strip()
