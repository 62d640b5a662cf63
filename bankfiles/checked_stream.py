"""Read XML of strangers as a stream of records, each with what the schema finds wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import islice
from typing import BinaryIO

from lxml import etree

from bankfiles.schema import SchemaWatch
from bankfiles.xml_stream import (
    CHUNK_BYTES,
    BrokenXml,
    Record,
    ended,
    forget,
    pull_parser,
    records_of,
    refuse_dtd,
    refuse_size,
)

MOST_SCHEMA_FAULTS = 1000
_ROOT = "Document"  # of every ISO 20022 message
_WATCHED_BYTES = 256 * 1024  # checked at once beside the reading; the threads wait for each other after each
_NAMESPACE = re.compile(r"\{[^{}]*\}")


def checked_records(
    source: BinaryIO, tags: tuple[str, ...], schema: etree.XMLSchema, apart: str
) -> Iterator[tuple[Record | None, list[str]]]:
    """Yield as `xml_stream.records` does, each with what the schema finds wrong in it or before it.

    Faults after the last element come with None. Raises `BrokenXml` also after `MOST_SCHEMA_FAULTS`. At the first
    fault, `source` is read again from where it was, cut at each start and end of an element called `apart`, so that
    faults are told with their record.
    """
    start = source.tell()
    taken = 0
    try:
        with ThreadPoolExecutor(1) as beside:
            for record in records_of(_faultless(source, schema, beside), tags):
                yield record, []
                taken += 1
        return
    except (_SchemaFault, BrokenXml):
        source.seek(start)
    yield from islice(_told_apart(source, tags, schema, re.compile(f"</?{apart}>".encode())), taken, None)


class _SchemaFault(Exception):
    pass


def _faultless(source: BinaryIO, schema: etree.XMLSchema, beside: Executor) -> Iterator[bytes]:
    """Yield chunks in which the schema finds no fault; raise `_SchemaFault` at the first other one.

    The next chunk is checked on a thread of its own while the consumer is at work: libxml2 needs no lock of Python's.
    """
    watch = SchemaWatch(schema)
    chunk = source.read(_WATCHED_BYTES)
    fault = beside.submit(watch.finds_fault, chunk)
    while chunk:
        if fault.result():
            raise _SchemaFault
        coming = source.read(_WATCHED_BYTES)
        fault = beside.submit(watch.finds_fault, coming)
        yield chunk
        chunk = coming
    if fault.result():
        raise _SchemaFault


def _told_apart(
    source: BinaryIO, tags: tuple[str, ...], schema: etree.XMLSchema, cut: re.Pattern[bytes]
) -> Iterator[tuple[Record | None, list[str]]]:
    # With a schema, lxml does not always tell of a document that ends too early: the end of its root must be seen.
    parser = pull_parser((*tags, _ROOT), schema)
    waiting = seen = 0
    complete = False
    try:
        for piece in _pieces(source, cut):
            waiting += len(piece)
            parser.feed(piece)
            log = parser.feed_error_log
            faults = [_NAMESPACE.sub("", entry.message) for entry in log[seen:]]
            seen = len(log)
            for element in ended(parser):
                refuse_dtd(element)
                if element.getparent() is None:
                    complete = True
                    continue
                yield Record(element), faults
                faults = []
                forget(element)
                waiting = 0
            if faults:
                yield None, faults
            refuse_size(waiting)
            if seen >= MOST_SCHEMA_FAULTS:
                raise BrokenXml(f"The schema finds over {MOST_SCHEMA_FAULTS} faults; the rest is not checked.")
        parser.close()
    except etree.XMLSyntaxError as error:
        # At the end the parser repeats a schema fault that was told; only another one is a fault of syntax.
        if not seen or len(parser.feed_error_log) != seen:
            raise BrokenXml(str(error), error.lineno) from error
    if not complete:
        raise BrokenXml("The document ends before its last tag: it was cut off.")


def _pieces(source: BinaryIO, cut: re.Pattern[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := source.read(CHUNK_BYTES):
        rest += chunk
        start = 0
        for tag in cut.finditer(rest):
            yield rest[start : tag.end()]
            start = tag.end()
        rest = rest[start:]
        if len(rest) > CHUNK_BYTES:
            yield rest
            rest = b""
    yield rest
