"""Texts of a message become amounts, dates and counts exactly, or are refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bankfiles.fields import ALL, SEPARATOR
from bankfiles.texts import Misread, amount, amount_sum, day, decimal, joined, provided, whole_number


@pytest.mark.parametrize("text", ["1", "0.01", "+5.00", "100000000000000000.12", "1."])
def test_an_amount_is_taken_exactly(text: str) -> None:
    assert decimal(text) == Decimal(text)


@pytest.mark.parametrize("text", ["", "-1", "1,00", "1E+999999", "NaN", "Infinity", "1_0", "٣", "1" * 19, "1.0.0"])
def test_what_no_schema_allows_is_no_amount(text: str) -> None:
    with pytest.raises(Misread, match="not an amount"):
        decimal(text)


def test_a_repeated_amount_is_summed_and_nothing_is_none() -> None:
    texts = {"charge": "1.00", "charge" + ALL: f"1.00{SEPARATOR}2.50", "zero": "0.00"}
    assert amount_sum(texts, "charge") == Decimal("3.50")
    assert amount(texts, "charge") == Decimal("1.00")
    assert amount_sum(texts, "zero") is None
    assert amount(texts, "none") is None


def test_dates_and_times_give_their_day() -> None:
    assert day({"a": "2026-12-01T10:00:00+01:00"}, "a") == date(2026, 12, 1)
    assert day({}, "a") is None
    with pytest.raises(Misread, match="not a date"):
        day({"a": "2026-13-01"}, "a")


def test_ids_counts_and_texts() -> None:
    assert provided({"a": "notprovided"}, "a") is None
    assert provided({"a": "x"}, "a") == "x"
    assert whole_number({"a": "12"}, "a") == 12
    assert [whole_number({"a": text}, "a") for text in ("", "x", "1" * 16, "²")] == [None] * 4
    assert joined({"a": "x", "a" + ALL: f"x{SEPARATOR} y \n z"}, "a") == "x y z"
