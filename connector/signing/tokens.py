"""Everything secret on the signing pages, derived from the installation secret and never stored in plain.

The token of a link can be computed again from the reference, so that a lost answer can be looked up; only its
digest is kept, to find the invitation by. Codes are kept as a keyed digest: six digits alone would be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime

RandBelow = Callable[[int], int]
"""A whole number from 0 up to, not including, the given one: `secrets.randbelow` or a seeded one for tests."""

CODE_DIGITS = 6
_TOKEN_BYTES = 18  # 144 bits; no padding in base64


def link_token(secret: bytes, service: str, reference: str) -> str:
    """The token in the link of an invitation: who has it may see and sign it."""
    return urlsafe_b64encode(_keyed(secret, "link", service, reference)[:_TOKEN_BYTES]).decode()


def token_digest(token: str) -> str:
    """The digest under which an invitation is found by its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code(randbelow: RandBelow) -> str:
    """A one-time code of six digits."""
    return f"{randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def code_digest(secret: bytes, invitation: str, draft: str, code: str) -> str:
    """Digest of a code, bound to one draft of one invitation."""
    return _keyed(secret, "code", invitation, draft, code).hex()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def document_ticket(secret: bytes, invitation: str, until: datetime) -> str:
    """Permission to fetch the signed document until an instant, given to the one who just signed."""
    seconds = str(int(until.timestamp()))
    return f"{seconds}.{_keyed(secret, 'document', invitation, seconds).hex()}"


def ticket_holds(secret: bytes, invitation: str, ticket: str, now: datetime) -> bool:
    """Tell whether a ticket is ours and still valid."""
    seconds, _, mac = ticket.partition(".")
    expected = _keyed(secret, "document", invitation, seconds).hex()
    return same(mac, expected) and now.timestamp() <= int(seconds)


def _keyed(secret: bytes, purpose: str, *parts: str) -> bytes:
    # Length before each part: no two lists of parts give the same message.
    message = "".join(f"{len(part)}:{part}" for part in (f"signing {purpose} 1", *parts))
    return hmac.new(secret, message.encode(), hashlib.sha256).digest()
