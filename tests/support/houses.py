"""A house on real adapters in which one pass does everything: prepared once in each test process, then copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def pattern_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The config of a prepared house, on SQLite, to be copied with its folder."""
    from tests.flows.house import prepared  # most tests need no house, nor all that it imports

    return prepared(tmp_path_factory.mktemp("pattern") / "house")


@pytest.fixture
def house(pattern_house: Path, tmp_path: Path) -> Path:
    """The config of a prepared house of this test's own."""
    shutil.copytree(pattern_house.parent, tmp_path / "house")
    return tmp_path / "house" / pattern_house.name
