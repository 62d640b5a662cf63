"""What no single value shows: names that must be unique, and names and files that must exist.

Looks at the document, not at the validated config, so that these mistakes are told together with all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from connector.config.document import Document
from connector.config.problems import KeyPath

_LOGO_BYTES_MAX = 200_000
_LOGO_SUFFIXES = (".png", ".jpg", ".jpeg", ".svg")


def cross_check(document: Document) -> None:
    """Note what is wrong between the parts of the config."""
    creditors = list(_entries(document, "creditors"))
    sources = list(_entries(document, "sources"))
    _unique(document, creditors, "id")
    _unique(document, sources, "name")
    ids = list(dict.fromkeys(str(entry.get("id")) for _, entry in creditors))
    taken = {"mandates", "mail", *(f"bank-{creditor.get('id')}" for _, creditor in creditors)}
    for path, source in sources:
        _name_is_free(document, path, source, taken)
        _creditor_exists(document, path, source, ids)
    for path, creditor in creditors:
        _logo_exists(document, path, creditor)


def _entries(document: Document, key: str) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    listed = document.content.get(key)
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield (key, index), entry


def _unique(document: Document, entries: list[tuple[KeyPath, dict[str, Any]]], key: str) -> None:
    lines: dict[str, int] = {}
    for path, entry in entries:
        name = entry.get(key)
        if not isinstance(name, str):
            continue
        if name in lines:
            what = f"The {key} {name!r} is used on line {lines[name]} already."
            document.problem((*path, key), what, "Give this one another.")
        lines.setdefault(name, document.values[(*path, key)].line)


def _name_is_free(document: Document, path: KeyPath, source: dict[str, Any], taken: set[str]) -> None:
    """What is known of a source is kept under its name, beside what is known of the service, mail and banks."""
    name = source.get("name")
    if name in taken:
        document.problem((*path, "name"), f"The name {name!r} is ours.", "Give this source another.")


def _creditor_exists(document: Document, path: KeyPath, source: dict[str, Any], ids: list[str]) -> None:
    creditor = source.get("creditor")
    known = f"Known are: {', '.join(ids) or 'none'}."
    if creditor is None and len(ids) > 1 and "creditor" not in source:
        what = "The key creditor is missing; there are several creditors."
        document.problem((*path, "creditor"), what, f"Say whose invoices these are. {known}", at=path)
    if isinstance(creditor, str) and creditor not in ids:
        near = get_close_matches(creditor, ids, n=1)
        remedy = f"Did you mean {near[0]}?" if near else known
        document.problem((*path, "creditor"), f"There is no creditor with the id {creditor!r}.", remedy)


def _logo_exists(document: Document, path: KeyPath, creditor: dict[str, Any]) -> None:
    logo = creditor.get("logo")
    if not isinstance(logo, str):
        return
    file = document.folder / logo
    if not file.is_file():
        document.problem((*path, "logo"), f"There is no file {file}.", "Correct the path, or remove the key.")
    elif file.suffix.lower() not in _LOGO_SUFFIXES or file.stat().st_size > _LOGO_BYTES_MAX:
        what = f"{file} is not a small picture."
        document.problem((*path, "logo"), what, "Give a PNG, JPEG or SVG of at most 200 kB.")
