"""Dates are recognised in the forms that people write, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.accounting.files.dates import DateEvidence, DateOrder, date_reader
from adapters.accounting.files.refusal import Undecidable


def order_of(*texts: str) -> DateOrder:
    evidence = DateEvidence()
    for line, text in enumerate(texts, 2):
        evidence.see(text, line, "Date")
    return evidence.decide()


def read_all(*texts: str) -> list[str]:
    read = date_reader(order_of(*texts))
    return [read(text).isoformat() for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-25", "20260425", "2026/04/25", "25/04/2026", "25-04-2026", "25.04.2026", "25.4.2026", "04/25/2026",
        "4-25-2026", "2026-04-25 00:00:00", "2026-04-25T10:30:00Z", "25/04/2026 00:00", " 25/04/2026 ",
    ],
)  # fmt: skip
def test_a_clear_date_is_read_whatever_else_the_file_has(text: str) -> None:
    assert read_all(text) == ["2026-04-25"]


@pytest.mark.parametrize(
    "text", ["", "soon", "31/02/2026", "2026-13-01", "25/04/26", "25/04-2026", "0/4/2026", "32.01.2026", "45000"]
)
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        date_reader(order_of(text))(text)


def test_with_dots_the_day_comes_first() -> None:
    assert read_all("03.04.2026") == ["2026-04-03"]


def test_a_date_with_two_meanings_is_read_by_the_others() -> None:
    assert read_all("03/04/2026", "25/04/2026") == ["2026-04-03", "2026-04-25"]
    assert read_all("03/04/2026", "04/25/2026") == ["2026-03-04", "2026-04-25"]
    assert read_all("04/04/2026") == ["2026-04-04"]


def test_a_date_with_two_meanings_is_refused_where_nothing_tells() -> None:
    with pytest.raises(Undecidable) as caught:
        order_of("2026-04-25", "03/04/2026")
    assert (caught.value.where, caught.value.seen) == ("line 3, column Date", "03/04/2026")
    assert "day-first" in caught.value.remedy


def test_a_date_with_two_meanings_is_refused_where_the_others_contradict() -> None:
    with pytest.raises(Undecidable, match="line 2 has 25/04/2026, line 3 has 04/25/2026"):
        order_of("25/04/2026", "04/25/2026", "03/04/2026")


def test_a_date_against_the_order_of_the_file_is_told() -> None:
    with pytest.raises(ValueError, match="day first"):
        date_reader(DateOrder.DAY_FIRST)("04/25/2026")
    with pytest.raises(ValueError, match="month first"):
        date_reader(DateOrder.MONTH_FIRST)("25/04/2026")


@given(
    days=st.lists(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)), min_size=1, max_size=20),
    form=st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d"]),
)
def test_every_date_comes_back_or_the_file_is_refused(days: list[date], form: str) -> None:
    texts = [day.strftime(form) for day in days]
    unclear = any(day.day <= 12 and day.day != day.month for day in days)
    telling = any(day.day > 12 for day in days)
    try:
        read = date_reader(order_of(*texts))
    except Undecidable:
        assert unclear
        assert not telling
        return
    assert [read(text) for text in texts] == days
