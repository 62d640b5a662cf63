"""Read what a bank answers, whatever the format: recognised by content, never by name.

`read_answers` is the one entrance; it yields `Answer`s and `Unreadable`s and raises nothing for what a file contains.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

from bankfiles.answers import Answer, Unreadable
from bankfiles.archives import ArchiveRefused, is_archive, members
from bankfiles.camt_reader import read_camt
from bankfiles.coda_reader import read_coda
from bankfiles.identifiers import mask_ibans
from bankfiles.mt940_reader import read_mt940
from bankfiles.pain002_reader import read_pain002
from bankfiles.rejoined import Rejoined
from bankfiles.xml_stream import root_namespace

_HEAD_BYTES = 64 * 1024
MOST_DOCUMENTS = 1000  # of one file: some banks write one after the other
_CODA_HEADER = re.compile(rb"0{5}\d{9}05[D ]")
_MT940_START = re.compile(rb"^:20:[^\r\n]*\r?\n(?:(?!:61:)[^\r\n]*\r?\n){0,12}?:25P?:", re.MULTILINE)


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
    CODA = "CODA"
    MT940 = "MT940"
    ARCHIVE = "zip or gzip"
    UNKNOWN = "unknown"


Reader = Callable[[BinaryIO], Iterator[Answer | Unreadable]]

READERS: dict[Format, Reader] = {
    Format.PAIN_002: read_pain002,
    Format.CAMT_052: read_camt,
    Format.CAMT_053: read_camt,
    Format.CAMT_054: read_camt,
    Format.CODA: read_coda,
    Format.MT940: read_mt940,
}


def read_answers(data: bytes | BinaryIO | Path, name: str = "") -> Iterator[Answer | Unreadable]:
    """Yield what the bank says in a file, in the order of the file; zip and gzip are unpacked within limits.

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
    if recognise(source) is not Format.ARCHIVE:
        yield from _read_plain(source, name)
        return
    try:
        for member in members(source, name):
            yield from _read_plain(member.source, member.name)
    except ArchiveRefused as error:
        yield Unreadable(
            None, name, str(error), "Fetch the file again, not compressed, or unpack it yourself and look at it."
        )


def _read_plain(source: BinaryIO, name: str) -> Iterator[Answer | Unreadable]:
    head = source.read(_HEAD_BYTES)
    lines = 0  # before the document
    for _ in range(MOST_DOCUMENTS):
        stream = Rejoined(head, source)
        for answer in _read_document(head, stream, name):
            yield replace(answer, line=answer.line + lines) if lines and answer.line else answer
        if stream.next_line is None:
            return
        lines += stream.next_line - 1
        head = stream.head(_HEAD_BYTES)
    yield Unreadable(
        line=lines + 1,
        seen="",
        why=f"Over {MOST_DOCUMENTS} documents stand in one file; no bank sends that, and the rest is not read.",
        remedy="Ask the bank for the documents in files of their own.",
    )


def _read_document(head: bytes, stream: Rejoined, name: str) -> Iterator[Answer | Unreadable]:
    """Yield what one document says that begins with `head`; `stream` is left before the next one."""
    found = _recognise(head)
    reader = READERS.get(found)
    if reader is not None:
        space = len(head) - len(head.lstrip())
        if head[space : space + 1] == b"<":
            stream.read(space)  # an XML declaration may only stand at the very start; some banks write a line before
        for answer in reader(cast("BinaryIO", stream)):
            if isinstance(answer, Unreadable):
                answer = replace(answer, seen=mask_ibans(answer.seen))
            yield answer
        return
    what = "an empty file" if not head else "a file of unknown format"
    if found is not Format.UNKNOWN:
        what = f"a {found} file, which is no answer of a bank"
    yield Unreadable(
        line=1 if head else None,
        seen=mask_ibans(head[:120].decode("ascii", "replace")),
        why=f"{name or 'This'} is {what}.",
        remedy="Fetch a pain.002, camt.052, camt.053, camt.054, CODA or MT940 file from the bank.",
    )


def _recognise(head: bytes) -> Format:
    if is_archive(head):
        return Format.ARCHIVE
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"<" or head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _recognise_xml(text if text[:1] == b"<" else head)
    if _CODA_HEADER.match(text):
        return Format.CODA
    if _MT940_START.search(text):
        return Format.MT940
    return Format.UNKNOWN


def _recognise_xml(head: bytes) -> Format:
    message = root_namespace(io.BytesIO(head)).rpartition(":")[2]
    return next((known for known in Format if message.startswith(f"{known}.")), Format.UNKNOWN)
