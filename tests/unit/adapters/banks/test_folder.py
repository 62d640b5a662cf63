"""The bank channel `folder`: what the contract does not say - crashes, and a bank that takes files away at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.banks.folder import FolderBank, FolderSettings
from connector.errors import NoAccess, Retriable, UnknownOutcome
from connector.ports import OutgoingFile, Surroundings
from tests.contract.banks import outgoing

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
NAME = "run-1.xml"


@pytest.fixture
def bank(tmp_path: Path) -> FolderBank:
    for name in ("outbox", "inbox"):
        (tmp_path / name).mkdir()
    settings = FolderSettings(outbox=Path("outbox"), inbox=Path("inbox"), settle_seconds=0)
    return FolderBank(settings, Surroundings("kbank", lambda: NOW, tmp_path))


@pytest.fixture
def file(tmp_path: Path) -> OutgoingFile:
    return outgoing(tmp_path, NAME, b"<Document/>")


def test_a_file_that_the_bank_took_away_is_not_sent_again(bank: FolderBank, file: OutgoingFile, tmp_path: Path) -> None:
    receipt = bank.send(file)
    taken = tmp_path / "outbox" / NAME
    taken.unlink()
    assert bank.look_up(NAME, file.sha256) == receipt
    assert bank.send(file) == receipt
    assert not taken.exists()


def test_a_name_that_the_bank_took_away_is_not_used_for_other_content(
    bank: FolderBank, file: OutgoingFile, tmp_path: Path
) -> None:
    bank.send(file)
    (tmp_path / "outbox" / NAME).unlink()
    with pytest.raises(NoAccess, match="Another file"):
        bank.send(outgoing(tmp_path / "other", NAME, b"<Other/>"))


@pytest.mark.parametrize("crash_at", ["adapters.banks.folder.write_aside", "adapters.banks.folder.put_whole"])
def test_a_crash_before_the_file_has_its_name_means_not_sent(
    bank: FolderBank, file: OutgoingFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash_at: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(crash_at, _crash)
        with pytest.raises(KeyboardInterrupt):
            bank.send(file)
    assert bank.look_up(NAME, file.sha256) is None
    bank.send(file)
    assert (tmp_path / "outbox" / NAME).read_bytes() == b"<Document/>"


def test_a_crash_between_note_and_name_means_not_sent(
    bank: FolderBank, file: OutgoingFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _crash)
        with pytest.raises(KeyboardInterrupt):
            bank.send(file)
    assert (tmp_path / "outbox" / ".sent" / f"{NAME}.sha256").read_text() == file.sha256
    assert bank.look_up(NAME, file.sha256) is None
    assert bank.send(file)
    assert (tmp_path / "outbox" / NAME).exists()


def test_a_failed_rename_is_an_unknown_outcome(
    bank: FolderBank, file: OutgoingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", _fail)
        with pytest.raises(UnknownOutcome, match="Input/output"):
            bank.send(file)


def test_a_full_disk_can_be_tried_again(bank: FolderBank, file: OutgoingFile, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("adapters.banks.folder.write_aside", _fail)
        with pytest.raises(Retriable):
            bank.send(file)
    assert bank.send(file)


def test_nothing_but_whole_files_ever_stands_in_the_outbox(
    bank: FolderBank, file: OutgoingFile, tmp_path: Path
) -> None:
    bank.send(file)
    assert [path.name for path in (tmp_path / "outbox").glob("[!.]*")] == [NAME]


def test_a_file_that_changed_on_our_disk_is_not_sent(bank: FolderBank, file: OutgoingFile, tmp_path: Path) -> None:
    file.path.write_bytes(b"<Changed/>")
    with pytest.raises(NoAccess, match="digest differs"):
        bank.send(file)
    assert list((tmp_path / "outbox").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../run.xml", "a/b.xml", ".hidden.xml"])
def test_a_name_that_leads_elsewhere_is_refused(bank: FolderBank, file: OutgoingFile, name: str) -> None:
    with pytest.raises(NoAccess, match="no name"):
        bank.send(OutgoingFile(name, file.path, file.sha256))


@pytest.mark.parametrize("call", [lambda bank, file: bank.send(file), lambda bank, _: list(bank.fetch())])
def test_a_folder_that_is_not_there_is_told(
    bank: FolderBank, file: OutgoingFile, tmp_path: Path, call: Callable[[FolderBank, OutgoingFile], object]
) -> None:
    for name in ("outbox", "inbox"):
        (tmp_path / name).rmdir()
    with pytest.raises(NoAccess, match="Make the folder"):
        call(bank, file)
    assert [probe.ok for probe in bank.check()] == [False, False]


def test_a_file_that_was_taken_away_again_can_be_tried_later(bank: FolderBank, tmp_path: Path) -> None:
    path = tmp_path / "inbox" / "answer.xml"
    path.write_bytes(b"x")
    (file,) = bank.fetch()
    path.unlink()
    with pytest.raises(Retriable):
        file.open()
    bank.handled(file)


def test_handled_files_lie_in_done(bank: FolderBank, tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        path = tmp_path / "inbox" / "answer.xml"
        path.write_bytes(content)
        os.utime(path, (NOW.timestamp() - len(content), NOW.timestamp() - 60))
        (file,) = bank.fetch()
        bank.handled(file)
    assert {path.read_bytes() for path in (tmp_path / "inbox" / "done").iterdir()} == {b"one", b"two"}


def _crash(*arguments: object) -> None:
    raise KeyboardInterrupt


def _fail(*arguments: object) -> None:
    raise OSError(5, "Input/output error")
