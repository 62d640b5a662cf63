"""Flow tests run on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.world import World, new_world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = new_world(database_url, tmp_path / "data")
    yield made
    made.store.close()
