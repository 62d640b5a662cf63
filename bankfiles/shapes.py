"""The shapes of a file's usual records: tags, space and currencies of a whole record, as one pattern.

A shape is made of a record that a parser accepted. What matches it has the same tags in the same order, and where
that one had a text in an element, a text without <, >, & or control characters: put between tags, such a text cannot
make well-formed XML anything else. So what matches is well-formed too, and its texts are what a parser would tell.
That holds where names mean the same as they did in the first one: a tag of a shape has no prefix, and no attribute but
a currency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bankfiles.fields import Fields, Places, Texts
from bankfiles.plain_xml import BrokenXml
from bankfiles.xml_stream import Record, RecordStream

MOST_DEPTH = 128  # of the elements in a shape
_MOST_SHAPES = 8
_MOST_LENGTH = 16 * 1024  # of a record that becomes a shape
_MOST_COUNTED = 1024
_USUAL_FROM = 8  # times: to make a pattern takes as long as to read some hundred records
_SPACE = " \t\r\n"
_TAG = re.compile(r"(<[^<>]*>)")
_PLAIN_TAG = re.compile(r'<(?P<end>/?)(?P<name>[A-Za-z0-9]+)(?: Ccy="[A-Za-z]*")?(?P<empty>/?)>')
_TEXT = r"([^<>&\x00-\x1f]++)"
_BEFORE = r"(?:\r?\n|[ \t])*+"  # space before a record; a line ends in one way here, to be counted


class Shapes:
    """The shapes that records called `name` have in one file, learned as they come.

    `tags` are the records that are asked for, `name` among them, and `fields` what is taken out of each.
    """

    def __init__(self, name: str, tags: Sequence[str], fields: Mapping[str, Fields]) -> None:
        self.known: list[Shape] = []
        self._start = f"<{name}>"
        self._tags = tags
        self._fields = fields
        self._times: dict[int, int] = {}  # that a markup came, by its hash

    def learn(self, source: str) -> None:
        """Look at the source of a whole record that a parser accepted; what comes often becomes a shape."""
        if len(self.known) == _MOST_SHAPES or len(source) > _MOST_LENGTH or not source.startswith(self._start):
            return
        markup = hash("".join(_TAG.findall(source)))
        times = self._times.get(markup, 0) + 1
        if times == 1 and len(self._times) == _MOST_COUNTED:
            return
        self._times[markup] = times
        if times == _USUAL_FROM:
            shape = shape_of(source, self._tags, self._fields)
            if shape is not None:
                self.known.append(shape)


@dataclass(slots=True)
class _Part:
    """One of the records of a shape: the whole one, or one that stands in it."""

    name: str
    fields: Fields
    places: Places  # of the fields, among the texts of the whole
    line: int  # on which it starts, from that of the whole
    around: int | None  # which part it stands in


class Shape:
    """What records of one markup look like, and what they tell."""

    def __init__(self, pattern: re.Pattern[str], parts: list[_Part], lines: int, tags: Sequence[str]) -> None:
        self.match = pattern.match  # to be tried where a record, or space before it, begins
        self.lines = lines  # that end in such a record
        self.tags = tags
        self._parts = parts  # each after the one around it; the last one is the first to end

    def records(self, found: re.Match[str], line: int, outer: Record | None) -> list[Record]:
        """Return the records of a match in the order in which they end: the whole one begins on `line` in `outer`."""
        told = found.groups()
        made: list[Record] = []
        for part in self._parts:
            around = outer if part.around is None else made[part.around]
            made.append(_WholeRecord(self, part, len(made), found, told, line + part.line, around))
        made.reverse()
        return made


class _WholeRecord(Record):
    """A record of a shape, whose texts are known."""

    __slots__ = ("_found", "_part", "_place", "_shape", "_told")

    def __init__(
        self,
        shape: Shape,
        part: _Part,
        place: int,
        found: re.Match[str],
        told: tuple[str, ...],
        line: int,
        outer: Record | None,
    ) -> None:
        self.name = part.name
        self.line = line
        self.outer = outer
        self._shape = shape
        self._part = part
        self._place = place
        self._found = found
        self._told = told

    def texts(self, fields: Fields) -> Texts:
        return self._part.places.read(self._told) if fields is self._part.fields else super().texts(fields)

    def source(self) -> str:
        # Seldom asked for, as for what cannot be understood: the general way tells it.
        whole = self._found[0].lstrip(_SPACE)
        return list(RecordStream(self._shape.tags).feed(whole.encode()))[-1 - self._place].source()


def shape_of(source: str, tags: Sequence[str], fields: Mapping[str, Fields]) -> Shape | None:
    """Return the shape of a whole record that a parser accepted; None where it has something that a shape cannot."""
    pieces = _TAG.split(source)  # tags at odd places
    if not _is_simple(pieces):
        return None
    pattern, numbered = [], []
    for place, piece in enumerate(pieces):
        if place % 2 or not piece.strip(_SPACE):
            pattern.append(re.escape(piece))
            numbered.append(piece)
        else:
            numbered.append(str(pattern.count(_TEXT)))
            pattern.append(_TEXT)
    ended = _ended("".join(numbered), tags)
    if ended is None or _TEXT not in pattern or any(record.name not in fields for record in ended):
        return None
    ended.reverse()
    parts = [
        _Part(
            record.name,
            fields[record.name],
            fields[record.name].places(record.source()),
            record.line - 1,
            None if record.outer is None else ended.index(record.outer),
        )
        for record in ended
    ]
    return Shape(re.compile(_BEFORE + "".join(pattern)), parts, "".join(numbered).count("\n"), tags)


def _is_simple(pieces: list[str]) -> bool:
    """Tell whether all tags are plain ones, and all texts stand in elements without others in them."""
    depth, tags = 0, []
    for piece in pieces[1::2]:
        tag = _PLAIN_TAG.fullmatch(piece)
        if tag is None:
            return False
        depth += -1 if tag["end"] else not tag["empty"]
        if depth > MOST_DEPTH:
            return False
        tags.append(tag)
    if pieces[0] or pieces[-1] or "".join(pieces).count("\r") != "".join(pieces).count("\r\n"):
        return False
    return all(
        not text.strip(_SPACE) or (not (before["end"] or before["empty"]) and after["end"])
        for text, (before, after) in zip(pieces[2::2], pairwise(tags), strict=False)
    )


def _ended(source: str, tags: Sequence[str]) -> list[Record] | None:
    """Return the records of a whole one as they end; None if it is not one element for itself."""
    stream = RecordStream(tags)
    try:
        ended = list(stream.feed(source.encode()))
        stream.close()
    except BrokenXml:
        return None
    return ended
