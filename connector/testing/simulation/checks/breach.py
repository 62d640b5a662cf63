"""A breach: a rule that did not hold, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that does not hold.

    Attributes:
        rule: in one sentence, as it should be.
        seen: what is so instead.
    """

    rule: str
    seen: str
