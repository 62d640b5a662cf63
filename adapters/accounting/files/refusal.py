"""Why a file as a whole is not read."""

from __future__ import annotations

from connector.ports import Fault


class Refused(ValueError):
    """This file is not read at all, because part of it can't be trusted; it stays where it is.

    Attributes:
        where: line and column, as far as known.
        seen: what stood there.
        why: what is wrong with it.
        remedy: what to change.
    """

    def __init__(self, where: str, seen: str, why: str, remedy: str) -> None:
        super().__init__(f"{where}: {why} {remedy}")
        self.where = where
        self.seen = seen
        self.why = why
        self.remedy = remedy

    def fault(self, name: str) -> Fault:
        """The same as a fault of the file with this name."""
        where = f"{name}, {self.where}" if self.where else name
        return Fault(f"file {name}", where, self.seen, f"{self.why} Nothing of this file was read.", self.remedy)


class Undecidable(Refused):
    """The values of the file have two meanings, and nothing in it tells which."""
