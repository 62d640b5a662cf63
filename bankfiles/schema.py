"""Checking XML against an ISO schema as a stream: no tree, no growth with the size of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from lxml import etree

if TYPE_CHECKING:
    from lxml.etree import ParserTarget

_MESSAGE = re.compile(r"[a-z0-9.]+")
_NAMESPACE = re.compile(r"\{[^{}]*\}")
_MOST_FAULTS = 20  # enough to see what is wrong; a file of ours has none


class SchemaMissing(LookupError):
    """The schema of this message version is not installed."""


class SchemaUnusable(ValueError):
    """What was handed in as a schema is none."""


class _NoTree:
    """An lxml parser target that keeps nothing: the schema check happens in the parser itself."""

    def close(self) -> None:
        return None


@lru_cache(maxsize=16)
def installed_schema(message: str) -> etree.XMLSchema:
    """Return the schema of a pain.008 version, e.g. "pain.008.001.08"; raise `SchemaMissing`."""
    source = _folder_of_schemas() / f"{message}.xsd"
    if _MESSAGE.fullmatch(message) is None or not source.is_file():
        raise SchemaMissing(f"No schema of {message} is installed; only its scheme rules can be checked.")
    return schema_from(source)


def schema_from(source: Path) -> etree.XMLSchema:
    """Return the schema in a file, as iso20022.org has them; raise `SchemaUnusable` or OSError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.XMLSchema(etree.fromstring(source.read_bytes(), parser))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise SchemaUnusable(f"{source.name} is no XML schema: {error}") from error


def _folder_of_schemas() -> Path:
    """Return where the package sepaxml keeps the schemas, without importing it: it brings 5 MiB that nobody needs."""
    package = find_spec("sepaxml")
    folders = package.submodule_search_locations if package is not None else None
    if not folders:
        raise SchemaMissing("The package sepaxml, which brings the schemas, is not installed.")
    return Path(folders[0], "schemas")


class SchemaWatch:
    """Checks a document chunk by chunk; nothing of it is kept.

    Of our `own` documents, libxml2's limits of size are lifted, which are there against those of strangers.
    """

    def __init__(self, schema: etree.XMLSchema, *, own: bool = False) -> None:
        self._parser = etree.XMLParser(
            schema=schema, target=cast("ParserTarget", _NoTree()), resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=own,
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
    """Return what the schema finds wrong in the document of ours that `chunks` make up; some 20 sentences at most."""
    watch = SchemaWatch(schema, own=True)
    faults: list[str] = []
    for chunk in chunks:
        if chunk:
            faults += watch.faults(chunk)
        if len(faults) >= _MOST_FAULTS:
            return faults
    return faults or watch.faults(b"")
