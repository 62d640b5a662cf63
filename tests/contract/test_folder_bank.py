"""The bank channel `folder` holds to the contract."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.banks.folder import FolderBank, FolderSettings
from connector.ports import BankChannel, Surroundings
from tests.contract.kits import BankContract, BankWorld

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


class TwoFolders(BankWorld):
    """The bank's program looks at two folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.minutes = 0
        for name in ("outbox", "inbox"):
            (folder / name).mkdir()

    def open(self) -> BankChannel:
        settings = FolderSettings(outbox=Path("outbox"), inbox=Path("inbox"))
        return FolderBank(settings, Surroundings("kbank", lambda: NOW, self.folder))

    def received(self) -> Mapping[str, bytes]:
        return {path.name: path.read_bytes() for path in (self.folder / "outbox").iterdir() if path.is_file()}

    def leave(self, name: str, content: bytes) -> None:
        self.minutes += 1
        self._write(name, content, NOW.timestamp() - 3600 + 60 * self.minutes)

    def leave_half(self, name: str, content: bytes) -> bool:
        self._write(name, content[:100], NOW.timestamp() - 2)
        self._write(f"{name}.part", content[:100], NOW.timestamp() - 3600)
        self._write(f".{name}", content[:100], NOW.timestamp() - 3600)
        return True

    def _write(self, name: str, content: bytes, at: float) -> None:
        path = self.folder / "inbox" / name
        path.write_bytes(content)
        os.utime(path, (at, at))


class TestFolderBank(BankContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> BankWorld:
        return TwoFolders(tmp_path)
