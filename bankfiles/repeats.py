"""Tell equal answers apart: the n-th of several that a file repeats without any id of their own."""

from __future__ import annotations

from bankfiles.answers import answer_key
from bankfiles.seen import SeenTable


class Repeats:
    """Counts keys in a few bytes each."""

    def __init__(self) -> None:
        self._times = SeenTable(size=1 << 10)

    def apart(self, key: str) -> str:
        """Return `key` the first time, and a key of its own for each time that it comes again."""
        before = self._times.put_if_absent(key, 1)
        if before is None:
            return key
        self._times.replace(key, before + 1)
        return answer_key(key, before + 1)
