"""Chain: evidence of which each entry holds the digest of the one before.

An entry changed, moved or taken out no longer fits the next one; one cut off at the end no longer fits the head
that the invitation keeps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to an invitation.

    Attributes:
        number: from 1, without gaps.
        facts: canonical JSON, kept as text so that its digest can be computed again.
        previous: digest of the entry before; zeros for the first.
    """

    number: int
    at: datetime
    kind: str
    facts: str
    previous: str
    digest: str


def entry_after(
    count: int, head: str, invitation: str, at: datetime, kind: str, facts: Mapping[str, str | int]
) -> Entry:
    """The next entry of a chain that has `count` entries, the last with digest `head`."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    number = count + 1
    return Entry(number, at, kind, text, head, _digest(invitation, number, at, kind, text, head))


def faults(invitation: str, entries: Sequence[Entry], count: int, head: str) -> Iterator[str]:
    """What is wrong with a chain, in words; nothing if it is whole."""
    previous = GENESIS
    for number, entry in enumerate(entries, start=1):
        if entry.number != number:
            yield f"entry {number} is missing: entry {entry.number} stands in its place"
            return
        if entry.previous != previous:
            yield f"entry {number} does not follow the entry before it"
        if entry.digest != _digest(invitation, number, entry.at, entry.kind, entry.facts, entry.previous):
            yield f"entry {number} was changed"
        previous = entry.digest
    if (len(entries), previous) != (count, head):
        yield f"the chain ends after entry {len(entries)}, but had {count}"


def _digest(invitation: str, number: int, at: datetime, kind: str, facts: str, previous: str) -> str:
    seen = json.dumps([invitation, number, at.astimezone(UTC).isoformat(), kind, facts, previous], ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()
