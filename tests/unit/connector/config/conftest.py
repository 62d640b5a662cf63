"""A config that names adapters of a third party, which are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.connector.third_party import MINIMAL, install


@pytest.fixture(autouse=True)
def third_party_adapters(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install them."""
    install(tmp_path_factory.mktemp("site"), monkeypatch)


@pytest.fixture
def minimal() -> str:
    """The least that a config holds."""
    return MINIMAL


@pytest.fixture
def config_file(tmp_path: Path, minimal: str) -> Path:
    """The least config as a file."""
    file = tmp_path / "config.yaml"
    file.write_text(minimal, encoding="utf-8")
    return file
