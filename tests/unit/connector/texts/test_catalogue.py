"""Rules of the catalogue: the same texts with the same facts in four languages, and every reason has its sentence."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from connector.model.collection import CollectionState
from connector.model.customer import Language
from connector.model.effect import EffectState
from connector.model.mandate import MandateState
from connector.model.reason import ReasonCode
from connector.ports import AccountingPackage, MandateService
from connector.store.bank_files import FileState
from connector.texts import MissingFact, MissingText, Money, keys, placeholders, say
from connector.texts.reasons import FACTS

ALL_KEYS = sorted(keys(Language.ENGLISH))
TRANSLATIONS = [language for language in Language if language is not Language.ENGLISH]
NARROW_SPACE = "\u202f"
SPACE = "\u00a0"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_language_has_the_same_texts(language: Language) -> None:
    assert sorted(keys(language)) == ALL_KEYS


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_text_uses_the_same_facts_in_every_language(language: Language) -> None:
    differing = {
        key: (placeholders(Language.ENGLISH, key), placeholders(language, key))
        for key in ALL_KEYS
        if placeholders(Language.ENGLISH, key) != placeholders(language, key)
    }
    assert not differing


def test_every_reason_code_has_a_sentence_and_its_facts_are_declared() -> None:
    sentences = {key.removeprefix("reasons.") for key in ALL_KEYS if key.startswith("reasons.")}
    assert sentences == {code.value for code in ReasonCode}
    assert set(FACTS) == set(ReasonCode)


@pytest.mark.parametrize("code", ReasonCode)
def test_a_reason_uses_exactly_its_declared_facts(code: ReasonCode) -> None:
    assert placeholders(Language.ENGLISH, f"reasons.{code.value}") == set(FACTS[code])


def test_every_state_and_feature_has_its_word() -> None:
    for state in (*MandateState, *CollectionState, *EffectState, *FileState):
        assert f"words.state.{state.value}" in ALL_KEYS
    for port in (AccountingPackage, MandateService):
        for feature in port.features():
            assert f"words.feature.{feature}" in ALL_KEYS


def test_a_missing_key_is_an_error_that_names_it() -> None:
    with pytest.raises(MissingText, match=r"reasons\.no_such_code"):
        say(Language.DUTCH, "reasons.no_such_code")


def test_a_missing_fact_is_an_error_that_names_it() -> None:
    with pytest.raises(MissingFact, match="mandate"):
        say(Language.DUTCH, "reasons.mandate_suspended")


@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        (Language.DUTCH, f"€{SPACE}1.234,50", "1 december 2026"),
        (Language.FRENCH, f"1{NARROW_SPACE}234,50{SPACE}€", "1 décembre 2026"),
        (Language.GERMAN, f"1.234,50{SPACE}€", "1. Dezember 2026"),
        (Language.ENGLISH, "€1,234.50", "1 December 2026"),
    ],
)
def test_amounts_and_dates_are_written_as_the_language_does(language: Language, amount: str, day: str) -> None:
    said = say(
        language,
        "reasons.will_collect",
        open_amount=Decimal("1234.50"),
        collection_date=date(2026, 12, 1),
        mandate="M-1",
    )
    assert amount in said
    assert day in said
    assert "M-1" in said


def test_an_amount_in_another_currency_says_so() -> None:
    money = Money(Decimal(10), "USD")
    assert "US$10.00" in say(Language.ENGLISH, "reasons.amount_out_of_range", open_amount=money)


def test_an_instant_is_written_with_its_time() -> None:
    said = say(Language.GERMAN, "reasons.notice_outdated", notice_on=datetime(2026, 12, 1, 14, 5))  # noqa: DTZ001
    assert "1. Dezember 2026 14:05" in said


def test_a_float_is_refused_so_that_no_amount_passes_as_one() -> None:
    with pytest.raises(TypeError, match="float"):
        say(Language.ENGLISH, "reasons.amount_out_of_range", open_amount=12.5)
