"""Read XML of strangers as a stream of records, within limits.

Memory holds one record at a time, and what stands around it; where that is larger than `MOST_RECORD_BYTES`, the file is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import BinaryIO, Protocol, cast

from lxml import etree

from bankfiles.answers import Answer, Unreadable
from bankfiles.fields import Fields, Texts
from bankfiles.plain_xml import AnotherDocument, BrokenXml, PlainXml
from bankfiles.rejoined import Rejoined

MOST_RECORD_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
_SHOWN = 120
_AFTER_NAME = re.compile(r"[\s/]")  # in a tag, where anything does


class Record:
    """An element that is asked for, while it is open or when it has ended."""

    __slots__ = ("_pieces", "line", "name", "outer", "size")

    def __init__(self, name: str, line: int, outer: Record | None) -> None:
        self.name = name  # local name
        self.line = line  # on which it starts, from 1
        self.outer = outer  # the record in which it stands
        self.size = 0
        self._pieces: list[str] = []

    def add(self, source: str) -> None:
        """Add what stands in the record; mere space is left out."""
        if not source.isspace():
            self._pieces.append(source)
            self.size += len(source)

    def source(self) -> str:
        """Return in plain form what stands in the record so far; the records in it are left out."""
        return self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)

    def texts(self, fields: Fields) -> Texts:
        """Return what `fields` find in the record so far."""
        return fields.of(self.source())

    def within(self, name: str) -> Record | None:
        """Return the nearest record of this name around this one, None if there is none."""
        around = self.outer
        while around is not None and around.name != name:
            around = around.outer
        return around

    def shown(self) -> str:
        """Return how the record starts, for a person who looks for it."""
        return f"<{self.name}>{self.source()[:_SHOWN]}"[:_SHOWN]


class Taker(Protocol):
    """Turns the records of one file into answers."""

    def take(self, record: Record) -> Iterable[Answer | Unreadable]:
        """Return what one record says."""


class RecordStream:
    """The records of one document that comes in chunks: elements whose local names are in `tags`, as they end."""

    def __init__(self, tags: Sequence[str]) -> None:
        self._names = frozenset(tags)
        names = "|".join(tags)
        # All tags of the document are tried: alternatives that begin with a letter fail fast on what is not asked for.
        self._tags = re.compile(rf"<((?:{names}|/(?:{names}))(?:\s[^<>]*|/)?)>")
        self._plain = PlainXml()
        self.decoded, self.encoded = self._plain.decoded, self._plain.encoded
        self.open: Record | None = None  # that has not ended
        self.line = 1  # at the end of what was fed

    @property
    def is_in_plain_content(self) -> bool:
        """Whether what comes next stands in an element, and its tags tell by themselves what they are."""
        return self._plain.is_in_plain_content

    def pass_over(self, lines: int, columns: int) -> None:
        """Go on after plain content that is well-formed and needs no parser: it is told space of the same extent.

        `lines` end in the content, and `columns` characters stand after the last end, or are all of it.
        """
        for _ in self.feed(b"\n" * lines + b" " * columns):
            pass  # nothing ends in space

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Yield the records that end with this chunk; raise `BrokenXml` where the document cannot be read on."""
        yield from self._records(self._plain.feed(chunk))
        held, record = self._plain.waiting, self.open
        while record is not None:
            held += record.size
            record = record.outer
        if held > MOST_RECORD_BYTES:
            raise BrokenXml(f"One record is larger than {MOST_RECORD_BYTES // 1024**2} MiB.", self.line)

    def close(self) -> None:
        """Raise `BrokenXml` if the document is not complete."""
        for _ in self._records(self._plain.close()):
            pass  # nothing ends without a last chunk

    def _records(self, text: str) -> Iterator[Record]:
        record, line = self.open, self.line
        at = counted = 0  # up to where the text was taken, and its lines counted
        for found in self._tags.finditer(text):
            start, end = found.span()
            if record is not None and at != start:
                record.add(text[at:start])
            at = end
            tag = found[1]
            if tag[0] != "/":
                line += text.count("\n", counted, start)
                counted = start
                record = self.open = Record(tag if tag in self._names else _AFTER_NAME.split(tag)[0], line, record)
            if (tag[0] == "/" or tag[-1] == "/") and record is not None:
                self.open = record.outer
                yield record
                record = self.open
        self.line = line + text.count("\n", counted)
        if record is not None and at != len(text):
            record.add(text[at:])
        if self._plain.fault is not None:
            raise self._plain.fault


def records(source: BinaryIO, tags: Sequence[str]) -> Iterator[Record]:
    """Yield each element whose local name is in `tags` when it ends.

    Raises `BrokenXml` where the XML ends to be readable; what came before has been yielded.
    """
    return records_of(iter(partial(source.read, CHUNK_BYTES), b""), tags)


def records_of(chunks: Iterable[bytes], tags: Sequence[str]) -> Iterator[Record]:
    """Yield as `records` does, of a document that comes in chunks."""
    stream = RecordStream(tags)
    for chunk in chunks:
        yield from stream.feed(chunk)
    stream.close()


def read_records(source: BinaryIO, found: Iterable[Record], taker: Taker) -> Iterator[Answer | Unreadable]:
    """Yield what the records that are found in a file say.

    A file that breaks off ends in one Unreadable; what came before is delivered. Where another document follows, a
    `Rejoined` source gets it back, to be read on; of any other source it is unreadable.
    """
    try:
        for record in found:
            yield from taker.take(record)
    except BrokenXml as error:
        if isinstance(error, AnotherDocument) and isinstance(source, Rejoined) and error.rest[:1] == b"<":
            source.give_back(error.rest, error.line)
            return
        yield unreadable_rest(error)


def unreadable_rest(error: BrokenXml) -> Unreadable:
    """Say that the file cannot be read further than this."""
    return Unreadable(
        line=error.line,
        seen="",
        why=f"The XML cannot be read on: {error}",
        remedy="Ask the bank for the file again.",
    )


def root_namespace(source: BinaryIO) -> str:
    """Return the namespace of the document's root, "" if it has none or the bytes are no XML."""
    # Not by PlainXml: a file in an encoding that it does not know, or with a DTD, is recognised before it is refused.
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    with suppress(etree.XMLSyntaxError):  # what was read before the fault is enough to know the root
        parser.feed(source.read(CHUNK_BYTES))
    for _, element in parser.read_events():
        return str(cast("etree._Element", element).tag).lstrip("{").rpartition("}")[0]
    return ""
