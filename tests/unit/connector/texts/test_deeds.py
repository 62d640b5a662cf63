"""Rules of deeds in words: every code has its sentence with its declared facts, and an exception says its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connector.model.customer import Language
from connector.model.deed import Deed, DeedCode, Fact, Step
from connector.texts import deed_text, keys, placeholders, record_text
from connector.texts.deeds import DEED_FACTS


def test_every_deed_has_a_sentence_and_its_facts_are_declared() -> None:
    sentences = {key.removeprefix("deeds.") for key in keys(Language.ENGLISH) if key.startswith("deeds.")}
    assert sentences == {code.value for code in DeedCode}
    assert set(DEED_FACTS) == set(DeedCode)


@pytest.mark.parametrize("code", DeedCode)
def test_a_deed_uses_exactly_its_declared_facts(code: DeedCode) -> None:
    assert placeholders(Language.ENGLISH, f"deeds.{code.value}") == set(DEED_FACTS[code])


def test_a_deed_is_told_with_its_facts_in_the_readers_manner() -> None:
    facts: dict[str, Fact] = {
        "customer": "Peeters",
        "number": "2026/17",
        "amount": Decimal("1234.5"),
        "collection_date": date(2026, 12, 1),
    }
    assert deed_text(Language.ENGLISH, Deed(Step.COLLECT, DeedCode.COLLECT, facts)) == (
        "Collect €1,234.50 from Peeters on 1 December 2026 (2026/17)."
    )


def test_a_count_of_zero_is_a_fact_and_not_an_absent_one() -> None:
    deed = Deed(Step.PULL, DeedCode.READ_CUSTOMERS, {"source": "books", "new": 0, "changed": 2})
    assert deed_text(Language.ENGLISH, deed) == "Read customers from books: 0 new, 2 changed."


@pytest.mark.parametrize("language", Language)
def test_an_exception_says_its_reason(language: Language) -> None:
    facts = {"record": "invoice books/4711", "reason": "currency_not_eur", "currency": "USD"}
    said = deed_text(language, Deed(Step.PULL, DeedCode.EXCEPTION, facts))
    assert record_text(language, "invoice books/4711") in said
    assert "USD" in said
