"""The trace: who called what, with which answer, in order. Two runs of a seed have the same, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class Trace:
    """What happened, as lines of text. The place of a line is also the simulation's finest measure of time."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.lines: list[str] = []

    @property
    def moment(self) -> int:
        """How much has happened."""
        return len(self.lines)

    def note(self, who: str, what: str, answer: str = "") -> int:
        """Add a line. Returns the moment of it."""
        told = f" -> {answer}" if answer else ""
        self.lines.append(f"{self._clock():%Y-%m-%d %H:%M:%S} {who}: {what}{told}")
        return self.moment
