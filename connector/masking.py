"""Masking: what no log line, no error message and no sentence for a person may show whole."""

from __future__ import annotations

import re

from bankfiles.identifiers import mask_iban

HIDDEN = "[hidden]"

# Country, two check digits, then groups as people write them. A creditor identifier has the same form up to its
# business code; it is masked as well, which loses a reader little. Eleven is the shortest account part (Norway).
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_SIGNING_LINK = re.compile(r"(/s/)[\w\-]{8,}")  # the token of an invitation is its key
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(@)")
_AUTHORIZATION = re.compile(r"\b(Bearer|Basic)\s+[\w\-.~+/=]+", re.IGNORECASE)


def mask_ibans(text: str) -> str:
    """The text with every IBAN in it - right, mistyped or spaced - reduced to its first 4 and last 3 characters."""
    return _IBAN.sub(lambda found: mask_iban(found.group()), text)


def masked_text(text: str) -> str:
    """The text without IBANs, tokens of signing links, passwords in addresses and authorization headers."""
    text = _SIGNING_LINK.sub(rf"\1{HIDDEN}", text)
    text = _URL_PASSWORD.sub(rf"\1{HIDDEN}\2", text)
    return mask_ibans(_AUTHORIZATION.sub(rf"\1 {HIDDEN}", text))
