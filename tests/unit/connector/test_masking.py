"""Rules of masking: an IBAN is shown by its first 4 and last 3 characters, a secret not at all."""

from __future__ import annotations

import pytest

from connector.masking import HIDDEN, mask_ibans, masked_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to BE68539007547034.", "to BE68*********034."),
        ("NL91 ABNA 0417 1643 00 and DE89370400440532013000", "NL91***********300 and DE89***************000"),
        ("mistyped: FR1420041010050500013M02607", "mistyped: FR14********************607"),
        ("invoice 2026-0042 of M-7", "invoice 2026-0042 of M-7"),
    ],
)
def test_every_iban_in_a_text_is_masked_and_nothing_else(text: str, masked: str) -> None:
    assert mask_ibans(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("opened https://sepa.example.com/s/Zm9vYmFyYmF6cXV4?x=1", f"opened https://sepa.example.com/s/{HIDDEN}?x=1"),
        ("postgresql://me:hunter22@db/sepa", f"postgresql://me:{HIDDEN}@db/sepa"),
        ("Authorization: Bearer abc.def-1=", f"Authorization: Bearer {HIDDEN}"),
        ("from BE68 5390 0754 7034 today", "from BE68*********034 today"),
        ("GET /s/ and /settings/", "GET /s/ and /settings/"),
    ],
)
def test_what_must_not_be_read_is_hidden_inside_texts(text: str, masked: str) -> None:
    assert masked_text(text) == masked
