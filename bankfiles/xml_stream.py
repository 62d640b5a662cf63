"""Read XML of strangers as a stream of records, within limits.

No entity is expanded, no DTD is read, nothing is fetched. Memory holds one record at a time; a record larger than
`MOST_RECORD_BYTES` is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, cast

from lxml import etree

MOST_RECORD_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
SEPARATOR = "\x1f"  # between the texts of a repeated element; no XML text can contain it


class BrokenXml(ValueError):
    """The XML cannot be read on; `line` says where, if known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


def namespace_of(tag: str) -> str:
    """Return the namespace of a Clark-notation tag, or an empty string."""
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def records(source: BinaryIO, tags: tuple[str, ...], schema: etree.XMLSchema | None = None) -> Iterator[etree._Element]:
    """Yield each element whose local name is in `tags` when it ends, then forget it and what precedes it.

    The consumer takes what it needs of the element and its ancestors' earlier children before asking for the next.
    Raises `BrokenXml` where the XML ends to be readable; what came before has been yielded.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        schema=schema,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    waiting = 0
    safe = False
    try:
        while chunk := source.read(CHUNK_BYTES):
            waiting += len(chunk)
            parser.feed(chunk)
            for element in _ended(parser):
                if not safe:
                    _refuse_dtd(element)
                    safe = True
                yield element
                _forget(element)
                waiting = 0
            if waiting > MOST_RECORD_BYTES:
                raise BrokenXml(f"One record is larger than {MOST_RECORD_BYTES // 1024**2} MiB.")
        parser.close()
        yield from _ended(parser)
    except etree.XMLSyntaxError as error:
        raise BrokenXml(str(error), error.lineno) from error


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


def flatten(element: etree._Element, cut: int, skip: str = "") -> dict[str, str]:
    """Return the texts below `element` by their path of local names, e.g. "Refs/EndToEndId".

    `cut` is the length of the namespace part of tags. The currency of an amount stands at its path + "@". Texts of
    a repeated element are joined by `SEPARATOR`. Children named `skip` are left out.
    """
    texts: dict[str, str] = {}
    for child in element:
        tag = child.tag[cut:]
        if tag != skip:
            _flatten(child, tag, cut, texts)
    return texts


def _flatten(element: etree._Element, path: str, cut: int, texts: dict[str, str]) -> None:
    empty = True
    for child in element:
        empty = False
        _flatten(child, f"{path}/{child.tag[cut:]}", cut, texts)
    if empty:
        text = element.text or ""
        if path in texts:
            texts[path] += SEPARATOR + text
        else:
            texts[path] = text
        if path.endswith("Amt"):
            texts[path + "@"] = element.get("Ccy", "")
