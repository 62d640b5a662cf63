"""A signing service for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.signing import SigningDesk, signing_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SigningDesk]:
    """A service on SQLite."""
    desk = signing_desk(f"sqlite:///{tmp_path / 'connector.db'}", tmp_path)
    yield desk
    desk.service.close()
