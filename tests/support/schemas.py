"""The ISO 20022 schemas, which stand beside the project and never in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from bankfiles.schema import schema_from
from tests.support.live import SCHEMAS, missing


def schema_file(message: str) -> Path:
    """The schema of a message, e.g. pain.002.001.10."""
    beside = Path(__file__).parents[3] / "shared" / "xsd"
    folder = Path(os.environ.get(SCHEMAS, str(beside)))
    path = folder / f"{message}.xsd"
    if not path.is_file():
        missing(f"The schema {path.name}", f"Put it in {folder}, or set {SCHEMAS} to the folder that has it.")
    return path


@pytest.fixture
def schema() -> Callable[[str], etree.XMLSchema]:
    """An ISO schema by message name, e.g. pain.002.001.10."""
    return lambda message: schema_from(schema_file(message))
