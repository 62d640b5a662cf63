"""The mailer `folder`: what the contract does not say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.mail.folder import FolderMailer, FolderSettings
from connector.errors import NoAccess
from connector.ports import Mail, Surroundings

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
MAIL = Mail(key="notice 1", to="zoe@example.org", subject="s", text="t")


def mailer(folder: Path) -> FolderMailer:
    settings = FolderSettings(folder=Path("mail"), sender="f@creditor.example")
    return FolderMailer(settings, Surroundings("post", lambda: NOW, folder))


def test_a_mail_is_one_file_however_often_it_is_sent(tmp_path: Path) -> None:
    for text in ("t", "other"):
        mailer(tmp_path).send(Mail(key="notice 1", to="zoe@example.org", subject="s", text=text))
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name.startswith("notice-1.")
    assert path.suffix == ".eml"
    assert b"other" not in path.read_bytes()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file is here")
    with pytest.raises(NoAccess, match="can't be used"):
        mailer(tmp_path).send(MAIL)
    assert [probe.ok for probe in mailer(tmp_path).check()] == [False]
