"""Lines of a text file of strangers, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

MOST_LINE_BYTES = 4096


def lines_of(source: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield number (from 1) and text of each line, its end left out.

    Bytes are read as UTF-8 where they are that, else as Latin-1, as banks write both. What a line has beyond
    `MOST_LINE_BYTES` comes as further lines of the same number, so that no line takes memory without end.
    """
    number = 1
    while raw := source.readline(MOST_LINE_BYTES):
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
        yield number, text.rstrip("\r\n")
        if raw.endswith(b"\n"):
            number += 1
