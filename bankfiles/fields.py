"""Take the fields of XML records by a table of paths.

Records of one file look alike: their markup repeats, and only the texts between the tags differ. Which text fills which
field is found once for each markup, by a walk over its tags, and then read off for all records of that markup. The few
markups that come most get a pattern of a whole record, by which it is taken apart in one go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

SEPARATOR = "\x1f"  # between the texts of a repeated field; no XML text can contain it
ALL = "*"  # after the name of a field: all its texts, where it is repeated

Texts = dict[str, str]

# Tag to the field that its text fills, or to the table of its children; "" for its own text among those.
_Table = dict[str, "str | _Table"]

# The fields whose currency is wanted too.
_WITH_CURRENCY = frozenset({"amount", "collected_amount", "transaction_amount"})

_TEXT = re.compile(r">([^<>]+)<")
_TAG = re.compile(r'<(/?)([^\s<>/]+)(?:\s(?:Ccy="([^"<>]*)")?[^<>]*?)?(/?)>([^<>]*)')
_REFERENCE = re.compile(r"&(#x?)?(\w+);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_MOST_MARKUPS = 512
_MOST_USUAL = 4
_USUAL_FROM = 32  # times: to make a pattern takes as long as to split some hundred records


class Fields:
    """The fields of one kind of record.

    `paths` are of local names (e.g. "Refs/EndToEndId"), with the field that each fills. Several may fill one field:
    that is how the versions of a message are read by one table.
    """

    def __init__(self, paths: Mapping[str, str]) -> None:
        self._table = _table(paths)
        self._places: dict[str, Places] = {}  # by markup
        self._usual: list[tuple[re.Pattern[str], tuple[str, ...], Texts]] = []  # with the names of its groups

    def of(self, source: str) -> Texts:
        """Return the texts of a record by field; of a repeated one the first, and all at its name + `ALL`.

        The currency of an amount stands at its name + "@". `source` is what stands in the record, in plain form (see
        `plain_xml`); of one that is still open, as far as it goes.
        """
        has_references = "&" in source
        if not has_references:
            for pattern, names, constant in self._usual:
                found = pattern.fullmatch(source)
                if found is not None:
                    texts = dict(zip(names, found.groups(), strict=True))
                    texts.update(constant)
                    return texts
        parts = _TEXT.split(f">{source}<")
        places = self._places_of(parts)
        if has_references:
            parts = [_REFERENCE.sub(_referred, part) for part in parts]
        return places.read(parts)

    def places(self, numbered: str) -> Places:
        """Return where the fields stand among the texts of records like this one, whose texts are their numbers."""
        return _places_in(numbered, self._table)

    def _places_of(self, parts: list[str]) -> Places:
        markup = SEPARATOR.join(parts[::2])  # tells where texts stand, and where there is none
        places = self._places.get(markup)
        if places is None:
            places = self.places("".join([part if n % 2 == 0 else f">{n}<" for n, part in enumerate(parts)]))
            if len(self._places) < _MOST_MARKUPS:
                self._places[markup] = places
        places.times += 1
        if places.times == _USUAL_FROM and len(self._usual) < _MOST_USUAL and not places.repeated:
            pattern = _pattern(parts, places.by_place)
            self._usual.append((pattern, tuple(pattern.groupindex), places.constant))
        return places


@dataclass(slots=True)
class Places:
    """Where the fields of one markup stand among the numbered texts of a record."""

    by_place: dict[int, str]
    take: Callable[[Sequence[str]], tuple[str, ...]]  # the texts of `by_place`, and more after them
    repeated: tuple[tuple[str, tuple[int | None, ...]], ...]
    constant: Texts  # currencies, and elements without text
    times: int = 0  # that a record of this markup was split

    @classmethod
    def of(cls, numbers: Texts) -> Places:
        """Take the places from the fields of a record whose texts are their places."""
        repeated = {name: text.split(SEPARATOR) for name, text in numbers.items() if name.endswith(ALL)}
        rest = {name: text for name, text in numbers.items() if name not in repeated}
        constant = {name: text for name, text in rest.items() if name.endswith("@") or not text}
        by_place = {int(text): name for name, text in rest.items() if name not in constant}
        return cls(
            by_place=by_place,
            take=itemgetter(*by_place, 0, 0),  # with less than two places, it would not return a tuple
            repeated=tuple((name, tuple(int(n) if n else None for n in ns)) for name, ns in repeated.items()),
            constant=constant,
        )

    def read(self, parts: Sequence[str]) -> Texts:
        """Return the fields of a record by its texts, each in the place of its number."""
        texts = dict(zip(self.by_place.values(), map(str.strip, self.take(parts)), strict=False))
        if self.constant:
            texts.update(self.constant)
        for name, places in self.repeated:
            texts[name] = SEPARATOR.join(["" if place is None else parts[place].strip() for place in places])
        return texts


def _pattern(parts: list[str], by_place: dict[int, str]) -> re.Pattern[str]:
    """Return what a whole record of this markup looks like; a text with space around it is left to be stripped."""
    pieces = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            pieces.append(re.escape(part))
        else:
            name = by_place.get(place)
            pieces.append(rf">(?!\s)(?P<{name}>[^<]+)(?<!\s)<" if name else ">[^<]+<")
    return re.compile("".join(pieces)[1:-1])  # without the > and < that were put around the source


def _table(paths: Mapping[str, str]) -> _Table:
    root: _Table = {}
    for path, name in paths.items():
        node = root
        *containers, leaf = path.split("/")
        for tag in containers:
            below = node.get(tag)
            if below is None or isinstance(below, str):
                below = {"": below} if below else {}  # an element that is text in one version, container in another
                node[tag] = below
            node = below
        held = node.get(leaf)
        if isinstance(held, dict):
            held[""] = name
        else:
            node[leaf] = name
    return root


@dataclass(slots=True)
class _Element:
    """An element of a record, while the walk is in it."""

    table: str | _Table | None  # field or table that its name leads to; None if nobody asks for it
    place: str = ""  # of the text before its first child
    currency: str = ""
    has_children: bool = False


def _places_in(numbered: str, table: _Table) -> Places:
    """Find the places by a walk over the tags of a record whose texts are replaced by their numbers."""
    numbers: Texts = {}
    path = [_Element(table)]
    for end, name, currency, empty, after in _TAG.findall(numbered):
        if not end:
            outer = path[-1]
            outer.has_children = True
            table_or_field = outer.table.get(name) if isinstance(outer.table, dict) else None
            path.append(_Element(table_or_field, "" if empty else after.strip(), currency))
        if (end or empty) and len(path) > 1:
            _enter(path.pop(), numbers)
    return Places.of(numbers)


def _enter(element: _Element, numbers: Texts) -> None:
    field = element.table
    if isinstance(field, dict):
        field = None if element.has_children else field.get("")
    if not isinstance(field, str):
        return
    if field in numbers:
        numbers[field + ALL] = numbers.get(field + ALL, numbers[field]) + SEPARATOR + element.place
        return
    numbers[field] = element.place
    if field in _WITH_CURRENCY:
        numbers[field + "@"] = _REFERENCE.sub(_referred, element.currency)


def _referred(reference: re.Match[str]) -> str:
    kind, name = reference.groups()
    if not kind:
        return _NAMED[name]
    return chr(int(name.lstrip("0"), 16 if kind == "#x" else 10))  # int takes only so many digits
