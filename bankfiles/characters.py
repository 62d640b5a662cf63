"""The characters that SEPA messages may carry, and how other text is brought into them.

Source: EPC217-08 (SEPA requirements for an extended character set) and the DK charset page. Banks in the
scheme must only support these characters; anything else may be replaced or refused on the way.
"""

from __future__ import annotations

import re

from anyascii import anyascii

SEPA_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ "

_SEPA_TEXT = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
PLAIN_PATTERN = r"[A-Za-z0-9/\-?:().,'+]+(?: [A-Za-z0-9/\-?:().,'+]+)*"  # what `transliterate` leaves as it is
_PLAIN_TEXT = re.compile(PLAIN_PATTERN)
_FOREIGN = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_SPACES = re.compile(r"\s+")

# What people recognise, for the ASCII characters that SEPA lacks.
_ASCII_REPLACEMENTS = str.maketrans(
    {
        "&": "+",
        "_": "-",
        "~": "-",
        "=": "-",
        '"': "'",
        "`": "'",
        ";": ",",
        "<": "(",
        "[": "(",
        "{": "(",
        ">": ")",
        "]": ")",
        "}": ")",
        "@": "(at)",
        "\\": "/",
        "|": "/",
        "*": ".",
        "#": ".",
        "!": ".",
        "%": ".",
        "$": ".",
        "^": ".",
    }
)

# The Deutsche Kreditwirtschaft lets umlauts be written out; elsewhere the bare letter is usual.
_GERMAN = str.maketrans({"Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ẞ": "SS"})


def is_sepa(text: str) -> bool:
    """Tell whether every character of `text` is in the SEPA set."""
    return _SEPA_TEXT.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Tell whether `transliterate` would leave `text` as it is. Fast, for every transaction of a file."""
    return _PLAIN_TEXT.fullmatch(text) is not None


def first_foreign(text: str) -> str | None:
    """Return the first character of `text` that is not in the SEPA set, or None."""
    found = _FOREIGN.search(text)
    return found.group() if found else None


def transliterate(text: str, *, german: bool = False) -> str:
    """Bring free text (a name, a remittance) into the SEPA set so that people still recognise it.

    With `german`, umlauts become ae, oe, ue; without, the bare letter. White space is collapsed. Not for
    identifiers: those are refused rather than changed, since the other side matches on them.
    """
    if is_plain(text):
        return text
    if german:
        text = text.translate(_GERMAN)
    text = _SPACES.sub(" ", text)
    text = anyascii(text).translate(_ASCII_REPLACEMENTS)
    text = _FOREIGN.sub("", text)
    return _SPACES.sub(" ", text).strip()
