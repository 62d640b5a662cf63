"""Read what a bank answers, whatever the format: recognised by content, never by name.

`read_answers` is the one entrance; it yields `Answer`s and `Unreadable`s and raises nothing for what a file contains.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from bankfiles.answers import Answer, Unreadable
from bankfiles.camt_reader import read_camt
from bankfiles.pain002_reader import read_pain002
from bankfiles.xml_stream import first_tag, namespace_of

_HEAD_BYTES = 64 * 1024


class Format(StrEnum):
    """The formats that are recognised; a value that is an ISO message name holds for all its versions."""

    PAIN_002 = "pain.002"
    PAIN_007 = "pain.007"
    PAIN_008 = "pain.008"
    PAIN_009 = "pain.009"
    PAIN_010 = "pain.010"
    PAIN_011 = "pain.011"
    PAIN_012 = "pain.012"
    CAMT_052 = "camt.052"
    CAMT_053 = "camt.053"
    CAMT_054 = "camt.054"
    CAMT_055 = "camt.055"
    UNKNOWN = "unknown"


Reader = Callable[[BinaryIO], Iterator[Answer | Unreadable]]

READERS: dict[Format, Reader] = {
    Format.PAIN_002: read_pain002,
    Format.CAMT_052: read_camt,
    Format.CAMT_053: read_camt,
    Format.CAMT_054: read_camt,
}


def read_answers(data: bytes | BinaryIO | Path, name: str = "") -> Iterator[Answer | Unreadable]:
    """Yield what the bank says in a file, in the order of the file.

    `data` is the content, a seekable binary stream, or a path; `name` is only used in messages. What cannot be read
    comes as an `Unreadable`, and the rest is still delivered. Raises OSError only.
    """
    if isinstance(data, Path):
        with data.open("rb") as file:
            yield from _read(file, name or data.name)
    else:
        yield from _read(io.BytesIO(data) if isinstance(data, bytes) else data, name)


def recognise(data: bytes | BinaryIO | Path) -> Format:
    """Return the format of a file by its first 64 KiB; a stream is left where it was."""
    if isinstance(data, Path):
        with data.open("rb") as file:
            return _recognise(file.read(_HEAD_BYTES))
    if isinstance(data, bytes):
        return _recognise(data[:_HEAD_BYTES])
    start = data.tell()
    head = data.read(_HEAD_BYTES)
    data.seek(start)
    return _recognise(head)


def _read(source: BinaryIO, name: str) -> Iterator[Answer | Unreadable]:
    found = recognise(source)
    reader = READERS.get(found)
    if reader is not None:
        yield from reader(source)
        return
    head = source.read(120)
    what = "an empty file" if not head else "a file of unknown format"
    if found is not Format.UNKNOWN:
        what = f"a {found}, which is no answer of a bank"
    yield Unreadable(
        line=1 if head else None,
        seen=head.decode("ascii", "replace"),
        why=f"{name or 'This'} is {what}.",
        remedy="Fetch a pain.002, camt.052, camt.053 or camt.054 from the bank.",
    )


def _recognise(head: bytes) -> Format:
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _recognise_xml(head)
    return Format.UNKNOWN


def _recognise_xml(head: bytes) -> Format:
    message = namespace_of(first_tag(io.BytesIO(head)) or "").rpartition(":")[2]
    for known in Format:
        if message.startswith(f"{known}."):
            return known
    return Format.UNKNOWN
