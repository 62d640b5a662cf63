"""Ids of files and batches that are made from the message id, so that they can be found from it again."""

from __future__ import annotations

import hashlib

from bankfiles.identifiers import MAX_ID_LENGTH


def derived_id(identifier: str, suffix: str) -> str:
    """Return `identifier` with `suffix`, within 35 characters: a long one is shortened by a digest of itself."""
    if len(identifier) + len(suffix) <= MAX_ID_LENGTH:
        return identifier + suffix
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:8]
    return f"{identifier[: MAX_ID_LENGTH - 9 - len(suffix)].rstrip('/ ')}-{digest}{suffix}"
