"""Rules of reasons in words: facts in the reader's manner, lenient with what is absent, no whole IBAN."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from connector.model.customer import Language
from connector.model.reason import Reason, ReasonCode
from connector.texts import reason_text
from connector.texts.reasons import FACTS
from connector.texts.telling import ABSENT


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_can_be_said_with_any_text_as_facts(language: Language, code: ReasonCode) -> None:
    facts = dict.fromkeys(FACTS[code], "something")
    with capture_logs() as lines:
        said = reason_text(language, Reason(code, facts))
    assert "{" not in said
    assert ABSENT not in said
    assert not lines


def test_stored_facts_are_written_in_the_readers_manner() -> None:
    reason = Reason(
        ReasonCode.WILL_COLLECT,
        {"open_amount": "1234.5", "collection_date": "2026-12-01", "mandate": "M-7"},
    )
    assert reason_text(Language.ENGLISH, reason) == (
        "€1,234.50 will be collected on 1 December 2026 under mandate M-7. Nothing to do."
    )


def test_a_state_is_said_in_the_readers_language() -> None:
    reason = Reason(ReasonCode.MANDATE_ENDED, {"mandate": "M-7", "state": "cancelled"})
    assert "het is geannuleerd" in reason_text(Language.DUTCH, reason)


def test_an_absent_fact_becomes_a_dash_and_a_log_line() -> None:
    with capture_logs() as lines:
        said = reason_text(Language.ENGLISH, Reason(ReasonCode.CURRENCY_NOT_EUR))
    assert (
        said
        == f"The invoice is in {ABSENT}, and direct debit takes euros only. Ask the customer to pay in another way."
    )
    assert lines == [
        {
            "event": "text.fact_missing",
            "log_level": "warning",
            "text": "reasons.currency_not_eur",
            "facts": ["currency"],
        }
    ]


def test_an_absent_sentence_is_left_out_without_a_trace() -> None:
    facts = {"target": "books", "about": "mandate M-7", "why": "The journal is locked", "remedy": ""}
    with capture_logs() as lines:
        said = reason_text(Language.ENGLISH, Reason(ReasonCode.EFFECT_FAILED, facts))
    assert said.startswith("books did not accept a change (mandate M-7). The journal is locked. Then try again")
    assert not lines


def test_a_fact_that_is_not_of_its_kind_is_shown_as_stored() -> None:
    reason = Reason(ReasonCode.NOT_DUE_YET, {"due_on": "next week"})
    assert "due on next week" in reason_text(Language.ENGLISH, reason)


@pytest.mark.parametrize("iban", ["BE68539007547034", "BE68 5390 0754 7034", "BE69539007547034"])
def test_an_iban_among_the_facts_is_masked(iban: str) -> None:
    reason = Reason(ReasonCode.IBAN_INVALID, {"where": "row 7", "seen": iban, "why": f"{iban} is mistyped."})
    said = reason_text(Language.ENGLISH, reason)
    assert "539007547" not in said.replace(" ", "").replace("*", "")
    assert said.count("034") == 2
