"""Ids that are derived from what they name: made twice, they are the same, so nothing is made twice."""

from __future__ import annotations

import re
from hashlib import blake2b

from connector.model.customer import RecordKey

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
_PAIRS = [first + second for second in _ALPHABET for first in _ALPHABET]  # of 10 bits, the lower 5 first
_NOT_READABLE = re.compile(r"[^A-Za-z0-9]+")


def _code(length: int, *parts: object) -> str:
    """A code of so many letters and digits (5 bits each, an even number) over these parts, its lowest bits first."""
    bits = int.from_bytes(blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest())
    return "".join([_PAIRS[bits >> at & 1023] for at in range(0, 5 * length, 10)])


def mandate_reference(prefix: str, creditor: str, customer: RecordKey, number: int) -> str:
    """Reference of a customer's n-th mandate, e.g. M-7K3Q-9ZT2-XW4D. At most 25 characters."""
    code = _code(12, "mandate", creditor, *customer, number)
    return "-".join((prefix, code[:4], code[4:8], code[8:]))


def remark_key(on: RecordKey, feed: str, kind: str, matter: str, number: int) -> str:
    """Key of the n-th remark about a matter on a record, e.g. R-7K3Q9ZT2XW4D0VNB."""
    return f"R-{_code(16, 'remark', *on, feed, kind, matter, number)}"


def is_mandate_reference(prefix: str, reference: str) -> bool:
    """Whether a reference looks like one that `mandate_reference` made."""
    return re.fullmatch(f"{re.escape(prefix)}(-[{_ALPHABET}]{{4}}){{3}}", reference) is not None


def end_to_end_id(invoice: RecordKey, number: str, part: int, attempt: int) -> str:
    """End-to-end id of the n-th attempt at one part of an invoice: the start of its number, then a code.

    At most 35 characters of the SEPA set; unique by its code of 60 bits.
    """
    readable = _NOT_READABLE.sub("-", number).strip("-")[:20]
    code = _code(12, "collection", *invoice, part, attempt)
    return f"{readable}-{code}" if readable else code
