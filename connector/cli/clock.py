"""The wall clock: the one place where the product learns what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time now, aware, UTC."""
    return datetime.now(UTC)
