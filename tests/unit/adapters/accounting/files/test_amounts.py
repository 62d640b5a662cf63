"""Amounts are recognised in the forms that people write, and never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.accounting.files.amounts import AmountEvidence, DecimalMark, amount_reader
from adapters.accounting.files.refusal import Undecidable


def mark_of(*texts: str) -> DecimalMark:
    evidence = AmountEvidence()
    for line, text in enumerate(texts, 2):
        evidence.see(text, line, "Total")
    return evidence.decide()


def read_all(*texts: str) -> list[str]:
    read = amount_reader(mark_of(*texts))
    return [str(read(text)) for text in texts]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12.50", "12.50"),
        ("12,50", "12.50"),
        ("12,5", "12.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u202f234,56", "1234.56"),
        ("1\u00a0234.56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("1’234’567.80", "1234567.80"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1234", "1234"),
        ("0", "0"),
        ("0.123", "0.123"),
        ("1234,567", "1234.567"),
        (",50", "0.50"),
        ("-12,50", "-12.50"),
        ("12,50-", "-12.50"),
        ("\u221212,50", "-12.50"),
        ("(12,50)", "-12.50"),
        ("€ 12,50", "12.50"),
        ("12,50 EUR", "12.50"),
        ("EUR -1.234,00", "-1234.00"),
        (" 12.50 ", "12.50"),
    ],
)
def test_a_clear_amount_is_read_whatever_else_the_file_has(text: str, amount: str) -> None:
    assert read_all(text) == [amount]


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "1,23,45", "12.34,56.78", "1 23", "12.50.", "--5", "1e3", "NaN", "٣", "1.234 567,00"]
)
def test_what_is_no_amount_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        amount_reader(mark_of(text))(text)


def test_an_amount_with_two_meanings_is_read_by_the_others() -> None:
    assert read_all("1.234", "5,50") == ["1234", "5.50"]
    assert read_all("1.234", "5.50") == ["1.234", "5.50"]
    assert read_all("1,234", "5.50") == ["1234", "5.50"]
    assert read_all("1,234", "5,50") == ["1.234", "5.50"]


def test_an_amount_with_two_meanings_is_refused_where_nothing_tells() -> None:
    with pytest.raises(Undecidable) as caught:
        mark_of("12", "1.234")
    assert (caught.value.where, caught.value.seen) == ("line 3, column Total", "1.234")
    assert "decimal_mark" in caught.value.remedy


def test_an_amount_with_two_meanings_is_refused_where_the_others_contradict() -> None:
    with pytest.raises(Undecidable, match=r"line 2 has 12,50, line 3 has 12\.50"):
        mark_of("12,50", "12.50", "1.234")


def test_both_marks_are_read_where_every_amount_is_clear() -> None:
    assert read_all("12,50", "12.75", "1.234,00") == ["12.50", "12.75", "1234.00"]


def test_an_amount_against_the_mark_of_the_file_is_told() -> None:
    with pytest.raises(ValueError, match="decimal comma"):
        amount_reader(DecimalMark.COMMA)("12.50")
    with pytest.raises(ValueError, match="decimal point"):
        amount_reader(DecimalMark.POINT)("12,50")


def written(amount: Decimal, mark: str, group: str) -> str:
    whole, _, cents = f"{abs(amount):.2f}".partition(".")
    groups = f"{int(whole):,}".replace(",", group)
    return f"{'-' if amount < 0 else ''}{groups}{mark}{cents}"


@given(
    amounts=st.lists(st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2), min_size=1, max_size=20),
    style=st.sampled_from([(",", "."), (",", " "), (",", ""), (".", ","), (".", "'"), (".", ""), (",", "\u202f")]),
)
def test_every_amount_comes_back_from_every_style(amounts: list[Decimal], style: tuple[str, str]) -> None:
    texts = [written(amount, *style) for amount in amounts]
    read = amount_reader(mark_of(*texts))
    assert [read(text) for text in texts] == amounts


@given(st.lists(st.text(alphabet="0123456789., '-€", max_size=12), max_size=8))
def test_no_amount_is_ever_read_in_two_ways(texts: list[str]) -> None:
    """Whatever a file has: an amount is either refused, or means the same as it does alone where it is clear."""
    try:
        read = amount_reader(mark_of(*texts))
    except Undecidable:
        return
    for text in texts:
        try:
            alone = amount_reader(mark_of(text))(text)
            together = read(text)
        except ValueError:
            continue
        assert together == alone
