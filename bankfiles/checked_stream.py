"""Read XML of strangers as a stream of records, each with what the schema finds wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import BinaryIO

from lxml import etree

from bankfiles.plain_xml import BrokenXml
from bankfiles.schema import SchemaWatch
from bankfiles.xml_stream import CHUNK_BYTES, Record, RecordStream, records_of

MOST_SCHEMA_FAULTS = 1000
_WATCHED_BYTES = 256 * 1024  # checked at once beside the reading; the threads wait for each other after each


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
    faults = beside.submit(watch.faults, chunk)
    while chunk:
        if faults.result():
            raise _SchemaFault
        coming = source.read(_WATCHED_BYTES)
        faults = beside.submit(watch.faults, coming)
        yield chunk
        chunk = coming
    if faults.result():
        raise _SchemaFault


def _told_apart(
    source: BinaryIO, tags: tuple[str, ...], schema: etree.XMLSchema, cut: re.Pattern[bytes]
) -> Iterator[tuple[Record | None, list[str]]]:
    watch, stream = SchemaWatch(schema), RecordStream(tags)
    told = 0
    for piece in _pieces(source, cut):
        faults = watch.faults(piece)
        told += len(faults)
        for record in stream.feed(piece):
            yield record, faults
            faults = []
        if faults:
            yield None, faults
        if told >= MOST_SCHEMA_FAULTS:
            raise BrokenXml(f"The schema finds over {MOST_SCHEMA_FAULTS} faults; the rest is not checked.")
    stream.close()


def _pieces(source: BinaryIO, cut: re.Pattern[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in iter(partial(source.read, CHUNK_BYTES), b""):
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
