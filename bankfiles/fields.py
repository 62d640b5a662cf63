"""Take the fields of XML records by a table of paths.

Records of one file look alike: their markup repeats, and only the texts between the tags differ. Which text fills which
field is found once for each markup, by a walk through the record, and then read off for all records of that markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter

from lxml import etree

SEPARATOR = "\x1f"  # between the texts of a repeated field; no XML text can contain it
ALL = "*"  # after the name of a field: all its texts, where it is repeated

Texts = dict[str, str]

# Tag to the field that its text fills, or to the table of its children; "" for its own text among those.
_Table = dict[str, "str | _Table"]

# The fields whose currency is wanted too.
_WITH_CURRENCY = frozenset({"amount", "collected_amount", "transaction_amount"})

_TEXT = re.compile(r">([^<>]+)<")
_MARKUP = re.compile(r'(?:<[A-Za-z0-9]+(?: Ccy="[^"<>]*")?/?>|</[A-Za-z0-9]+>)+')  # no other attribute, no namespace
_MOST_MARKUPS = 512


class Fields:
    """The fields of one kind of record.

    `paths` are of local names (e.g. "Refs/EndToEndId"), with the field that each fills. Several may fill one field:
    that is how the versions of a message are read by one table.
    """

    def __init__(self, paths: Mapping[str, str], namespace: str) -> None:
        self._prefix = f"{{{namespace}}}" if namespace else ""
        self._table = _table(paths, self._prefix)
        self._places: dict[str, _Places | None] = {}  # by markup

    def of(self, element: etree._Element, source: str = "") -> Texts:
        """Return the texts below `element` by field; of a repeated one the first, and all at its name + `ALL`.

        The currency of an amount stands at its name + "@". `source` is that of the element, if it is known: with it,
        the texts are found faster.
        """
        if not source or "&" in source or "\r" in source:
            return self._walked(element)
        if element.tag != self._prefix + source[1 : source.index(">")]:  # of another namespace
            return self._walked(element)
        parts = _TEXT.split(source)
        markup = SEPARATOR.join(parts[::2])  # tells where texts stand, and where there is none
        try:
            places = self._places[markup]
        except KeyError:
            if len(self._places) == _MOST_MARKUPS:
                return self._walked(element)
            places = self._places[markup] = self._places_in(parts)
        return places.read(parts) if places is not None else self._walked(element)

    def _walked(self, element: etree._Element) -> Texts:
        texts: Texts = {}
        _walk(element, self._table, texts)
        return texts

    def _places_in(self, parts: list[str]) -> _Places | None:
        """Find the places by a walk through the record with its texts replaced by their places."""
        markup = "><".join(parts[::2])
        if _MARKUP.fullmatch(markup) is None:
            return None
        name = markup[1 : markup.index(">")]
        numbered = "".join([part if place % 2 == 0 else f">{place}<" for place, part in enumerate(parts)])
        namespace = f' xmlns="{self._prefix[1:-1]}"' if self._prefix else ""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            element = etree.fromstring(f"<{name}{namespace}{numbered[1 + len(name) :]}", parser)
        except etree.XMLSyntaxError:
            return None
        return _Places.of(self._walked(element))


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the fields of one markup stand among the parts into which `_TEXT` splits a record."""

    names: tuple[str, ...]
    take: Callable[[list[str]], tuple[str, ...]]  # the texts of `names` out of the parts, and more after them
    repeated: tuple[tuple[str, tuple[int | None, ...]], ...]
    constant: Texts  # currencies, and elements without text

    @classmethod
    def of(cls, numbers: Texts) -> _Places:
        """Take the places from the fields of a record whose texts are their places."""
        repeated = {name: text.split(SEPARATOR) for name, text in numbers.items() if name.endswith(ALL)}
        rest = {name: text for name, text in numbers.items() if name not in repeated}
        constant = {name: text for name, text in rest.items() if name.endswith("@") or not text}
        single = {name: int(text) for name, text in rest.items() if name not in constant}
        return cls(
            names=tuple(single),
            take=itemgetter(*single.values(), 0, 0),  # with less than two places, it would not return a tuple
            repeated=tuple((name, tuple(int(n) if n else None for n in ns)) for name, ns in repeated.items()),
            constant=constant,
        )

    def read(self, parts: list[str]) -> Texts:
        texts = dict(zip(self.names, map(str.strip, self.take(parts)), strict=False))
        if self.constant:
            texts.update(self.constant)
        for name, places in self.repeated:
            texts[name] = SEPARATOR.join(["" if place is None else parts[place].strip() for place in places])
        return texts


def _table(paths: Mapping[str, str], prefix: str) -> _Table:
    root: _Table = {}
    for path, name in paths.items():
        node = root
        *containers, leaf = path.split("/")
        for tag in containers:
            below = node.get(prefix + tag)
            if below is None or isinstance(below, str):
                below = {"": below} if below else {}  # an element that is text in one version, container in another
                node[prefix + tag] = below
            node = below
        held = node.get(prefix + leaf)
        if isinstance(held, dict):
            held[""] = name
        else:
            node[prefix + leaf] = name
    return root


def _walk(element: etree._Element, table: _Table, texts: Texts) -> None:
    for child in element:
        found = table.get(child.tag)
        if found is None:
            continue
        if isinstance(found, dict):
            own = found.get("")
            if own is None or len(child):
                _walk(child, found, texts)
                continue
            found = own
            if isinstance(found, dict):
                continue
        text = child.text
        text = text.strip() if text else ""
        if found in texts:
            texts[found + ALL] = texts.get(found + ALL, texts[found]) + SEPARATOR + text
            continue
        texts[found] = text
        if found in _WITH_CURRENCY:
            texts[found + "@"] = child.get("Ccy", "")
