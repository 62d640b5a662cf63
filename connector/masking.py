"""Masking: no whole IBAN in a log line, an error message or a sentence for a person."""

from __future__ import annotations

import re

from bankfiles.identifiers import mask_iban

# Country, two check digits, then groups as people write them. A creditor identifier has the same form up to its
# business code; it is masked as well, which loses a reader little. Eleven is the shortest account part (Norway).
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")


def mask_ibans(text: str) -> str:
    """The text with every IBAN in it - right, mistyped or spaced - reduced to its first 4 and last 3 characters."""
    return _IBAN.sub(lambda found: mask_iban(found.group()), text)
