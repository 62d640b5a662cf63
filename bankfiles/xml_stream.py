"""Read XML of strangers as a stream of records, within limits.

No entity is expanded, no DTD is read, nothing is fetched. Memory holds one record at a time; a record larger than
`MOST_RECORD_BYTES` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import BinaryIO, NamedTuple, Protocol, cast

from lxml import etree

from bankfiles.answers import Answer, Unreadable

MOST_RECORD_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
_MOST_SOURCE_BYTES = 4096  # of a record whose source is kept; larger ones are rare
_MOST_REST_BYTES = 256 * 1024
_DECLARATION = re.compile(
    rb"\A(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*[\"'][0-9.]+[\"'](?:\s+encoding\s*=\s*[\"']utf-8[\"'])?"
    rb"(?:\s+standalone\s*=\s*[\"'][a-z]+[\"'])?\s*\?>",
    re.IGNORECASE,
)  # of a document in UTF-8


class BrokenXml(ValueError):
    """The XML cannot be read on; `line` says where, if known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


class Record(NamedTuple):
    """An element that has just ended."""

    element: etree._Element
    name: str = ""  # local name
    before: str = ""  # source up to the end tag, from the end of the record before; "" if it is not known for sure

    def source(self) -> str:
        """Return the source of the element, "" if it is not known."""
        start = self.before.rfind(f"<{self.name}>")
        return f"{self.before[start:]}</{self.name}>" if start >= 0 else ""

    def source_around(self, *path: str) -> str:
        """Return the source of the element from which `path` leads down to the record, as if it ended before that.

        "" if it is not known.
        """
        start, end = self.before.rfind(f"<{path[0]}>"), self.before.rfind(f"<{self.name}>")
        if not 0 <= start < end:
            return ""
        return self.before[start:end] + "".join([f"</{tag}>" for tag in reversed(path)])


def unreadable_rest(error: BrokenXml) -> Unreadable:
    """Say that the file cannot be read further than this."""
    return Unreadable(
        line=error.line,
        seen="",
        why=f"The XML cannot be read on: {error}",
        remedy="Ask the bank for the file again.",
    )


def namespace_of(tag: str) -> str:
    """Return the namespace of a Clark-notation tag, or an empty string."""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def records(source: BinaryIO, tags: tuple[str, ...]) -> Iterator[Record]:
    """Yield each element whose local name is in `tags` when it ends, then forget it and what precedes it.

    The consumer takes what it needs of the element and its ancestors' earlier children before asking for the next.
    Raises `BrokenXml` where the XML ends to be readable; what came before has been yielded.
    """
    return records_of(iter(partial(source.read, CHUNK_BYTES), b""), tags)


class Taker(Protocol):
    """Turns the records of one file into answers."""

    def take(self, record: Record) -> Iterator[Answer | Unreadable]:
        """Yield what one record says."""


def read_records(
    source: BinaryIO, tags: tuple[str, ...], taker_of: Callable[[str], Taker]
) -> Iterator[Answer | Unreadable]:
    """Yield what the records of a file say, taken by what `taker_of` makes for the namespace of the first one.

    A file that breaks off ends in one Unreadable; what came before is delivered.
    """
    taker: Taker | None = None
    try:
        for record in records(source, tags):
            if taker is None:
                taker = taker_of(namespace_of(str(record.element.tag)))
            yield from taker.take(record)
    except BrokenXml as error:
        yield unreadable_rest(error)


def records_of(chunks: Iterable[bytes], tags: tuple[str, ...]) -> Iterator[Record]:
    """Yield as `records` does, of a document that comes in chunks."""
    parser = pull_parser(tags, None)
    sources = _Sources(tags)
    waiting = 0
    try:
        for chunk in chunks:
            waiting += len(chunk)
            fault = _feed(parser, chunk)
            for record in sources.records(ended(parser), b"" if fault else chunk):
                yield record
                forget(record.element)
                waiting = 0
            if fault is not None:
                raise fault
            refuse_size(waiting)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise BrokenXml(str(error), error.lineno) from error


class _Sources:
    """Gives each record its source, as long as there is no doubt which it is.

    There is doubt once a comment, CDATA or the like was seen, in another encoding than UTF-8, and once a chunk did not
    end as many records as it has end tags.
    """

    def __init__(self, tags: tuple[str, ...]) -> None:
        self._end = re.compile(f"</({'|'.join(tags)})>".encode())
        self._rest: bytes | None = b""  # of the chunks so far, after the last end tag; None when in doubt
        self._safe = False

    def records(self, elements: list[etree._Element], chunk: bytes) -> Iterator[Record]:
        """Yield the records that ended with this chunk; raise `BrokenXml` if the document has a DTD."""
        if elements and not self._safe:
            self._safe = True
            refuse_dtd(elements[0])
        pieces = self._pieces(chunk)
        if len(pieces) != 2 * len(elements):
            self._rest = None
            yield from map(Record, elements)
            return
        for element, before, name in zip(elements, pieces[::2], pieces[1::2], strict=True):
            yield Record(element, name.decode(), before.decode() if len(before) <= _MOST_SOURCE_BYTES else "")

    def _pieces(self, chunk: bytes) -> list[bytes]:
        """Return for each end tag the source before it and its name, if there is no doubt."""
        if self._rest is None:
            return []
        source = self._rest + chunk
        *pieces, self._rest = self._end.split(source)
        after_declaration = _DECLARATION.sub(b"", source, count=1)
        if b"<!" in source or b"<?" in after_declaration or len(self._rest) > _MOST_REST_BYTES:
            self._rest = None
            return []
        return pieces


def first_tag(source: BinaryIO) -> str | None:
    """Return the tag of the document's root in Clark notation, None if the bytes are no XML."""
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    with suppress(etree.XMLSyntaxError):  # what was read before the fault is enough to know the root
        parser.feed(source.read(CHUNK_BYTES))
    for _, element in parser.read_events():
        return str(cast("etree._Element", element).tag)
    return None


def pull_parser(tags: tuple[str, ...], schema: etree.XMLSchema | None) -> etree.XMLPullParser:
    """Return a parser that tells of each end of an element whose local name is in `tags`."""
    return etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        schema=schema,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _feed(parser: etree.XMLPullParser, data: bytes) -> etree.XMLSyntaxError | None:
    """Feed the parser; return a fault instead of raising it, since elements may have ended before it."""
    try:
        parser.feed(data)
    except etree.XMLSyntaxError as error:
        return error
    return None


def ended(parser: etree.XMLPullParser) -> list[etree._Element]:
    """Return the elements that ended since the last call."""
    return [cast("etree._Element", element) for _, element in parser.read_events()]  # "end" events carry elements


def refuse_size(waiting: int) -> None:
    """Raise `BrokenXml` if so many bytes are too many for one record."""
    if waiting > MOST_RECORD_BYTES:
        raise BrokenXml(f"One record is larger than {MOST_RECORD_BYTES // 1024**2} MiB.")


def refuse_dtd(element: etree._Element) -> None:
    """Raise `BrokenXml` if the document of the element declares a DTD."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise BrokenXml("The file declares a DTD; bank files have none, and entities can be an attack.", 1)


def line_of(element: etree._Element) -> int | None:
    """Return the line on which an element starts, from 1."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def forget(element: etree._Element) -> None:
    """Give back the memory of an element and of what precedes it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
