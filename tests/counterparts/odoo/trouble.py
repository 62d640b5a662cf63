"""Trouble that a test stages: each piece strikes some calls of one method, then is over."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tests.counterparts.odoo.exposed import changes

CHANGES = "changes"
"""In place of a call: all that change something."""


class Kind(StrEnum):
    """What goes wrong."""

    LOST_ANSWER = "lost_answer"  # the work is done, then the connection closes without an answer
    DROPPED = "dropped"  # the connection closes before any work
    STATUS = "status"  # a proxy answers with a status and HTML, e.g. 502 or 503, before any work
    THROTTLED = "throttled"  # 429 with Retry-After, before any work
    SLOW = "slow"  # the work is done at once, the answer comes late
    SERIALIZATION = "serialization"  # PostgreSQL could not serialize; nothing was done
    FAULT = "fault"  # an exception inside the server; nothing was done


@dataclass
class Trouble:
    """One piece of trouble.

    Attributes:
        call: model.method that it strikes, "" for any call, `CHANGES` for any that changes something.
        after: such calls that go well before.
        times: how many calls it strikes.
        status: of STATUS.
        seconds: of SLOW, and Retry-After of THROTTLED.
    """

    kind: Kind
    call: str = ""
    times: int = 1
    after: int = 0
    status: int = 503
    seconds: float = 1.0


class Troubles:
    """What is staged and not over yet."""

    def __init__(self) -> None:
        self._staged: list[Trouble] = []
        self._lock = threading.Lock()

    def stage(self, kind: Kind, call: str = "", **more: Any) -> Trouble:
        """Stage trouble; see `Trouble`."""
        trouble = Trouble(kind, call, **more)
        with self._lock:
            self._staged.append(trouble)
        return trouble

    def clear(self) -> None:
        """Nothing goes wrong from now on."""
        with self._lock:
            self._staged.clear()

    def strikes(self, call: str) -> Trouble | None:
        """The trouble that strikes this call, if any."""
        with self._lock:
            for trouble in self._staged:
                if trouble.call not in ("", call) and not (trouble.call == CHANGES and changes(call)):
                    continue
                if trouble.after:
                    trouble.after -= 1
                    continue
                trouble.times -= 1
                if trouble.times == 0:
                    self._staged.remove(trouble)
                return trouble
        return None
