"""Checking XML against an ISO schema as a stream: no tree, no growth with the size of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, cast

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

_NAMESPACE = re.compile(r"\{[^{}]*\}")
_MOST_FAULTS = 20  # enough to see what is wrong; a file of ours has none


class SchemaMissing(LookupError):
    """The schema of this message version is not installed."""


class _NoTree:
    """An lxml parser target that keeps nothing: the schema check happens in the parser itself."""

    def close(self) -> None:
        return None


@lru_cache(maxsize=16)
def installed_schema(message: str) -> etree.XMLSchema:
    """Return the schema of a pain.008 version, e.g. "pain.008.001.08"; raise `SchemaMissing`."""
    source = resources.files("sepaxml").joinpath("schemas", f"{message}.xsd")
    if not source.is_file():
        raise SchemaMissing(f"No schema of {message} is installed; only its scheme rules can be checked.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.fromstring(source.read_bytes(), parser))


class SchemaWatch:
    """Checks a document of strangers chunk by chunk; nothing of it is kept."""

    def __init__(self, schema: etree.XMLSchema) -> None:
        self._parser = etree.XMLParser(
            schema=schema, target=cast("ParserTarget", _NoTree()), resolve_entities=False, no_network=True,
            load_dtd=False,
        )  # fmt: skip
        self._seen = 0

    def faults(self, chunk: bytes) -> list[str]:
        """Return the faults, of schema or syntax, that show with this chunk; an empty one is the last."""
        broken = ""
        try:
            if chunk:
                self._parser.feed(chunk)
            else:
                self._parser.close()
        except etree.XMLSyntaxError as error:
            broken = str(error)
        log = self._parser.feed_error_log
        faults = [_NAMESPACE.sub("", entry.message) for entry in log[self._seen :]]
        self._seen = len(log)
        return faults or [broken][: bool(broken)]


def schema_faults(chunks: Iterable[bytes], schema: etree.XMLSchema) -> list[str]:
    """Return what the schema finds wrong in the document that `chunks` make up, at most 20 sentences."""
    # huge_tree lifts libxml2's size limits: safe here, since nothing is kept and the bytes are our own.
    parser = etree.XMLParser(
        schema=schema, target=cast("ParserTarget", _NoTree()), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=True,
    )  # fmt: skip
    try:
        for chunk in chunks:
            parser.feed(chunk)
            if len(parser.feed_error_log) >= _MOST_FAULTS:
                break
        else:
            parser.close()
    except etree.XMLSyntaxError as error:
        return [str(error)]
    return [entry.message for entry in parser.feed_error_log][:_MOST_FAULTS]
