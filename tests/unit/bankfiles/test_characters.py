"""Texts reach the SEPA set in a form that people recognise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankfiles.characters import SEPA_CHARACTERS, first_foreign, is_plain, is_sepa, transliterate


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Müller & Söhne", "Muller + Sohne"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Ελλάδα", "Ellada"),
        ("Invoice n° 5 <draft>; €12", "Invoice ndeg 5 (draft), EUR12"),
        ("a_b=c", "a-b-c"),
        ("  two \t\n lines ", "two lines"),
        ("plain (already) ok", "plain (already) ok"),
    ],
)
def test_what_people_recognise(text: str, plain: str) -> None:
    assert transliterate(text) == plain


def test_german_umlauts_are_written_out_where_the_bank_wants_it() -> None:
    assert transliterate("Jürgen Größe, Ärzte, Öl", german=True) == "Juergen Groesse, Aerzte, Oel"


@given(st.text(max_size=200), st.booleans())
def test_whatever_comes_in_only_sepa_characters_come_out_and_stay(text: str, german: bool) -> None:
    plain = transliterate(text, german=german)
    assert set(plain) <= set(SEPA_CHARACTERS)
    assert is_sepa(plain)
    assert first_foreign(plain) is None
    assert transliterate(plain, german=german) == plain
    assert not plain or is_plain(plain)
