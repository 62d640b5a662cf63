"""Trouble: make a double fail at a chosen call, before it did anything or after it did all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


class Trouble:
    """Errors to come, per call. `after` is the lost answer: the change was made, the caller does not know."""

    def __init__(self) -> None:
        self._before: dict[str, list[Exception]] = {}
        self._after: dict[str, list[Exception]] = {}

    def before(self, call: str, *errors: Exception) -> None:
        """The next calls of this name fail without having done anything."""
        self._before.setdefault(call, []).extend(errors)

    def after(self, call: str, *errors: Exception) -> None:
        """The next calls of this name do their work and fail then."""
        self._after.setdefault(call, []).extend(errors)

    def around(self, call: str, work: Callable[[], Answer]) -> Answer:
        """Do the work of a call, with the trouble that is due."""
        if self._before.get(call):
            raise self._before[call].pop(0)
        answer = work()
        if self._after.get(call):
            raise self._after[call].pop(0)
        return answer
