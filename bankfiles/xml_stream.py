"""Read XML of strangers as a stream of records, within limits.

No entity is expanded, no DTD is read, nothing is fetched. Memory holds one record at a time; a record larger than
`MOST_RECORD_BYTES` is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, cast

from lxml import etree

from bankfiles.answers import Unreadable

MOST_RECORD_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
MOST_SCHEMA_FAULTS = 1000
_ROOT = "Document"  # of every ISO 20022 message
_NAMESPACE = re.compile(r"\{[^{}]*\}")


class BrokenXml(ValueError):
    """The XML cannot be read on; `line` says where, if known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


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


def records(source: BinaryIO, tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """Yield each element whose local name is in `tags` when it ends, then forget it and what precedes it.

    The consumer takes what it needs of the element and its ancestors' earlier children before asking for the next.
    Raises `BrokenXml` where the XML ends to be readable; what came before has been yielded.
    """
    parser = _parser(tags, None)
    waiting = 0
    safe = False
    try:
        while chunk := source.read(CHUNK_BYTES):
            waiting += len(chunk)
            fault = _feed(parser, chunk)
            for element in _ended(parser):
                if not safe:
                    _refuse_dtd(element)
                    safe = True
                yield element
                _forget(element)
                waiting = 0
            if fault is not None:
                raise fault
            _refuse_size(waiting)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise BrokenXml(str(error), error.lineno) from error


def checked_records(
    source: BinaryIO, tags: tuple[str, ...], schema: etree.XMLSchema, cut_after: bytes
) -> Iterator[tuple[etree._Element | None, list[str]]]:
    """Yield as `records` does, each element with what the schema finds wrong in it or before it.

    The bytes are cut after each `cut_after` (the end of a record), so that faults are told with their record. Faults
    after the last element come with None. Raises `BrokenXml` also after `MOST_SCHEMA_FAULTS`.
    """
    # With a schema, lxml does not always tell of a document that ends too early: the end of its root must be seen.
    parser = _parser((*tags, _ROOT), schema)
    waiting = seen = 0
    safe = complete = False
    try:
        for piece in _pieces(source, cut_after):
            waiting += len(piece)
            parser.feed(piece)
            log = parser.feed_error_log
            faults = [_plain_fault(entry.message) for entry in log[seen:]]
            seen = len(log)
            for element in _ended(parser):
                if not safe:
                    _refuse_dtd(element)
                    safe = True
                if element.getparent() is None:
                    complete = True
                    continue
                yield element, faults
                faults = []
                _forget(element)
                waiting = 0
            if faults:
                yield None, faults
            _refuse_size(waiting)
            if seen >= MOST_SCHEMA_FAULTS:
                raise BrokenXml(f"The schema finds over {MOST_SCHEMA_FAULTS} faults; the rest is not checked.")
        parser.close()
    except etree.XMLSyntaxError as error:
        # At the end the parser repeats a schema fault that was told; only another one is a fault of syntax.
        if not seen or len(parser.feed_error_log) != seen:
            raise BrokenXml(str(error), error.lineno) from error
    if not complete:
        raise BrokenXml("The document ends before its last tag: it was cut off.")


def first_tag(source: BinaryIO) -> str | None:
    """Return the tag of the document's root in Clark notation, None if the bytes are no XML."""
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    with suppress(etree.XMLSyntaxError):  # what was read before the fault is enough to know the root
        parser.feed(source.read(CHUNK_BYTES))
    for _, element in parser.read_events():
        return str(cast("etree._Element", element).tag)
    return None


def _parser(tags: tuple[str, ...], schema: etree.XMLSchema | None) -> etree.XMLPullParser:
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


def _pieces(source: BinaryIO, cut_after: bytes) -> Iterator[bytes]:
    rest = b""
    while chunk := source.read(CHUNK_BYTES):
        *pieces, rest = (rest + chunk).split(cut_after)
        for piece in pieces:
            yield piece + cut_after
        if len(rest) > CHUNK_BYTES:
            yield rest
            rest = b""
    yield rest


def _plain_fault(message: str) -> str:
    """A fault in the words of libxml2, without the namespaces."""
    return _NAMESPACE.sub("", message)


def _refuse_size(waiting: int) -> None:
    if waiting > MOST_RECORD_BYTES:
        raise BrokenXml(f"One record is larger than {MOST_RECORD_BYTES // 1024**2} MiB.")


def _ended(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        yield cast("etree._Element", element)  # only "end" events are asked for, and they carry elements


def line_of(element: etree._Element) -> int | None:
    """Return the line on which an element starts, from 1."""
    line = element.sourceline
    return line if isinstance(line, int) else None


def _refuse_dtd(element: etree._Element) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise BrokenXml("The file declares a DTD; bank files have none, and entities can be an attack.", 1)


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
