"""Rules of masking: an IBAN is shown by its first 4 and last 3 characters, whatever stands around it."""

from __future__ import annotations

import pytest

from connector.masking import mask_ibans


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
