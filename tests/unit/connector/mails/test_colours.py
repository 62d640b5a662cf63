"""Contrast as WCAG counts it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mails.colours import BLACK, READABLE, WHITE, contrast, mixed, readable_on, text_on

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_black_on_white_has_the_highest_contrast() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21.0)


def test_the_published_borderline_grey_is_just_readable_on_white() -> None:
    assert contrast("#767676", WHITE) >= READABLE > contrast("#777777", WHITE)


@given(colours)
def test_text_on_any_colour_is_readable(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= READABLE


@given(colours, colours)
def test_any_colour_has_a_readable_shade_on_any_background(colour: str, background: str) -> None:
    assert contrast(readable_on(background, colour), background) >= READABLE


def test_a_colour_that_is_readable_stays_as_it_is() -> None:
    assert readable_on(WHITE, "#1d4ed8") == "#1d4ed8"


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert (mixed("#102030", WHITE, 0), mixed("#102030", WHITE, 100)) == ("#102030", WHITE)
