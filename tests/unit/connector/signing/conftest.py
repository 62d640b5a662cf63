"""A signing service for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.signing import SigningDesk, signing_desk


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[SigningDesk]:
    """A service on SQLite."""
    desk = signing_desk(sqlite_url, tmp_path)
    yield desk
    desk.service.close()
