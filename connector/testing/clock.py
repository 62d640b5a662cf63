"""A clock that is set by hand."""

from __future__ import annotations

from datetime import datetime, timedelta


class SettableClock:
    """Tells the time that it was given; aware, UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time now."""
        return self.now

    def forward(self, days: int = 0, hours: int = 0, minutes: int = 0, seconds: float = 0) -> None:
        """Let time pass."""
        self.now += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
