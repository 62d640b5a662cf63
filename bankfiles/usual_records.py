"""Read the usual records of a large file whole, and only the others tag by tag.

The entries of a statement look alike. What has a shape that came some times (see `shapes`) is taken apart by one
pattern, which also proves that it is well-formed; the parser gets mere space in its place, of as many lines and
columns, so that all that it tells of the rest, its faults among them, stands where it does in the file. Whatever has
no known shape goes the general way, through `RecordStream`, and both ways give the same records.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from functools import partial
from typing import BinaryIO

from bankfiles.fields import Fields
from bankfiles.plain_xml import AnotherDocument
from bankfiles.shapes import Shapes
from bankfiles.xml_stream import CHUNK_BYTES, Record, RecordStream

_SPACE = b" \t\r\n"
_MOST_IN_VAIN = 100  # records of no known shape, beyond twice those of one: from then on, shapes are not tried
_MOST_HELD_BYTES = 64 * 1024


def usual_records(source: BinaryIO, usual: str, fields: Mapping[str, Fields]) -> Iterator[Record]:
    """Yield as `xml_stream.records` does each element whose local name is in `fields`; those called `usual` are many.

    `fields` are what will be asked of each. Raises `BrokenXml` where the XML ends to be readable.
    """
    stream = UsualStream(usual, fields)
    for chunk in iter(partial(source.read, CHUNK_BYTES), b""):
        yield from stream.feed(chunk)
    yield from stream.close()


class UsualStream:
    """The records of one document that comes in chunks, as of a `RecordStream`."""

    def __init__(self, usual: str, fields: Mapping[str, Fields]) -> None:
        tags = tuple(fields)
        self._usual = usual
        self._end = f"</{usual}>"
        self._end_bytes = self._end.encode()
        self._stream = RecordStream(tags)
        self._shapes = Shapes(usual, tags, fields)
        self._held = b""  # the start of a record, until the rest of it comes
        self._is_between = False  # after a usual record, where another one may begin
        self._in_vain = 0
        self._is_on = True

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Yield the records that end with this chunk; raise `BrokenXml` where the document cannot be read on."""
        data, self._held = self._held + chunk, b""
        if self._is_on and not self._is_between:
            end = data.find(self._end_bytes) + len(self._end_bytes)
            if end >= len(self._end_bytes):
                yield from self._general(data[:end], data[end:])
                data = data[end:]
        if self._is_on and self._is_between:
            end = data.rfind(self._end_bytes) + len(self._end_bytes)
            end = end if end >= len(self._end_bytes) else 0
            text = self._stream.decoded(data[:end])
            if text is not None:
                yield from self._all_of(text, data[end:])
                data = data[end:]
            if self._is_between and self._may_begin(data):
                self._held = data
                return
        if data:
            yield from self._general(data)

    def close(self) -> Iterator[Record]:
        """Yield what was held back; raise `BrokenXml` if the document is not complete."""
        if self._held:
            yield from self._general(self._held)
        self._stream.close()

    def _may_begin(self, data: bytes) -> bool:
        start = data.lstrip(_SPACE)[: len(self._usual) + 2]
        return f"<{self._usual}>".encode().startswith(start) and len(data) <= _MOST_HELD_BYTES

    def _all_of(self, text: str, then: bytes) -> Iterator[Record]:
        """Yield the records of a text that ends with a usual one."""
        at = 0
        while at < len(text):
            if self._is_between and self._is_on:
                at = yield from self._of_known_shape(text, at)
                if at == len(text):
                    return
            end = text.index(self._end, at) + len(self._end) if self._is_on else len(text)
            piece, was_between = text[at:end], self._is_between
            try:
                yield from self._general(self._stream.encoded(piece))
            except AnotherDocument as fault:
                fault.rest += self._stream.encoded(text[end:]) + then
                raise
            if was_between and self._is_between:
                self._shapes.learn(piece.lstrip())
            self._in_vain += 1
            self._is_on = self._in_vain <= _MOST_IN_VAIN
            at = end

    def _of_known_shape(self, text: str, at: int) -> Generator[Record, None, int]:
        """Yield the records of known shapes that follow each other; return where they end."""
        start, line, around = at, self._stream.line, self._stream.open
        shapes = self._shapes.known
        while True:
            for shape in shapes:
                found = shape.match(text, at)
                if found is not None:
                    break
            else:
                break
            end = found.end()
            line += text.count("\n", at, end)
            yield from shape.records(found, line - shape.lines, around)
            at = end
            self._in_vain -= 2
        if at != start:
            self._stream.pass_over(line - self._stream.line, at - max(start, text.rfind("\n", start, at) + 1))
        return at

    def _general(self, piece: bytes, then: bytes = b"") -> Iterator[Record]:
        """Yield the records that end with this piece of the document; `then` is what comes after it."""
        last = None
        try:
            for last in self._stream.feed(piece):
                yield last
        except AnotherDocument as fault:
            fault.rest += then
            raise
        ends = last is not None and last.name == self._usual and piece.endswith(self._end_bytes)
        self._is_between = ends and self._stream.is_in_plain_content
