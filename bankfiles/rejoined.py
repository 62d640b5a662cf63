"""A stream of which the head was read already, and to which what belongs to a next document can be given back."""

from __future__ import annotations

import io
from typing import BinaryIO


class Rejoined:
    """`read` and `readline` over a head and what follows it, without seeking back.

    `next_line` is the line (from 1, of the document before) on which another document begins; None if none does.
    """

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest
        self._past_head = False  # that lines come from; only XML, which is not read by lines, is given back
        self.next_line: int | None = None

    def read(self, size: int) -> bytes:
        """Return some bytes, at most `size`; none at the end only."""
        return self._head.read(size) or self._rest.read(size)

    def readline(self, size: int) -> bytes:
        """Return a line, or its first `size` bytes."""
        if self._past_head:
            return self._rest.readline(size)
        line = self._head.readline(size)
        if line.endswith(b"\n") or len(line) == size:
            return line
        self._past_head = True
        return line + self._rest.readline(size - len(line))

    def give_back(self, start: bytes, line: int | None) -> None:
        """Give back what was read of a next document, which begins on `line`."""
        self._head = io.BytesIO(start + self._head.read())
        self.next_line = line

    def head(self, size: int) -> bytes:
        """Return the first bytes of the next document, at least `size` if there are so many."""
        head = self._head.read()
        return head if len(head) >= size else head + self._rest.read(size - len(head))
