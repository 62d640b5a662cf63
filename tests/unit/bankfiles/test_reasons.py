"""The table of R-transaction reasons."""

from __future__ import annotations

import re

import pytest

from bankfiles.reasons import LANGUAGES, REASONS, MandateFate, Retry, meaning

# Reason codes of rejects, returns, refunds and reversals in the SDD rulebooks.
SCHEME_CODES = re.findall(
    r"\w+",
    "AC01 AC04 AC06 AC13 AG01 AG02 AM04 AM05 BE05 CNOR DNOR DT01 ED05 FF01 FF05 MD01 MD02 MD06 MD07 MS02 MS03 "
    "NARR RC01 RR01 RR02 RR03 RR04 SL01 TM01",
)


@pytest.mark.parametrize("code", SCHEME_CODES)
def test_every_code_of_the_schemes_is_known(code: str) -> None:
    assert meaning(code).known


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_code_has_a_sentence_in_each_language(code: str) -> None:
    assert re.fullmatch(r"[A-Z0-9]{4}", code)
    told = meaning(code.lower() + " ")
    assert told.code == code
    assert tuple(told.text) == LANGUAGES
    assert all(text.endswith(".") and len(text) > 10 for text in told.text.values())
    assert len(set(told.text.values())) == len(LANGUAGES)


def test_money_that_was_short_is_asked_again_and_the_mandate_stays() -> None:
    assert (meaning("AM04").retry, meaning("AM04").mandate) == (Retry.LATER, MandateFate.KEPT)


def test_a_mandate_that_does_not_exist_is_never_collected_on_again() -> None:
    assert meaning("MD01").mandate is MandateFate.ENDED
    assert meaning("MD07").retry is Retry.NEVER


def test_an_unknown_code_is_kept_raw_and_never_retried() -> None:
    told = meaning("zz99")
    assert (told.code, told.known, told.retry) == ("ZZ99", False, Retry.NEVER)
    assert all("ZZ99" in told.text[language] for language in LANGUAGES)
