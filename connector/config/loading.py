"""Reading a config file into a `Config`, or into all that is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from connector.config.cross_checks import cross_check
from connector.config.document import Document, parse
from connector.config.explaining import explain
from connector.config.model import Config
from connector.config.problems import Problem, config_error
from connector.config.sections import config_model
from connector.discovery import AdapterKind, adapter_class
from connector.errors import ConfigError


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration in a file.

    Raises:
        ConfigError: something is wrong; its text has a line for each mistake, with file, line and column.
    """
    config, problems = read(path, environ)
    if config is None or problems:
        raise config_error(problems)
    return config


def read(path: Path, environ: Mapping[str, str] = os.environ) -> tuple[Config | None, list[Problem]]:
    """The configuration in a file and everything that is wrong with it, in the order of the file.

    Returns:
        The config, or None if there are problems.
    """
    document = parse(path, environ)
    if document.content is None:
        return None, document.problems
    config = _validated(document)
    cross_check(document)
    document.problems.sort(key=lambda problem: problem.place)
    return (None if document.problems else config), document.problems


def _validated(document: Document) -> Config | None:
    model = config_model(_loadable_adapters(document))
    try:
        return model.model_validate(document.content, context={"folder": document.folder})
    except ValidationError as error:
        explain(document, model, error.errors(include_url=False))
        return None


def _loadable_adapters(document: Document) -> dict[AdapterKind, list[str]]:
    """The adapters that the document names, without those that can't be had: validation names these."""
    chosen: dict[AdapterKind, list[str]] = {kind: [] for kind in AdapterKind}
    for kind, section in _sections(document.content):
        name = section.get("adapter") if isinstance(section, dict) else None
        if isinstance(name, str) and name not in chosen[kind] and _is_loadable(kind, name):
            chosen[kind].append(name)
    return chosen


def _is_loadable(kind: AdapterKind, name: str) -> bool:
    try:
        adapter_class(kind, name)
    except ConfigError:
        return False
    return True


def _sections(content: dict[str, Any]) -> Iterator[tuple[AdapterKind, Any]]:
    yield AdapterKind.MANDATES, content.get("mandates")
    yield AdapterKind.MAIL, content.get("mail")
    for source in _listed(content.get("sources")):
        yield AdapterKind.ACCOUNTING, source
    for creditor in _listed(content.get("creditors")):
        yield AdapterKind.BANKS, creditor.get("bank") if isinstance(creditor, dict) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
