"""Both mailers hold to the contract: a folder, and a real mail server on loopback."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from adapters.mail.folder import FolderMailer, FolderSettings
from adapters.mail.smtp import Security, SmtpMailer, SmtpSettings
from connector.ports import Mailer, Surroundings
from tests.contract.kits import MailerContract, MailWorld
from tests.support.smtp import SmtpServer

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
SENDER = "Créditeur & Cie <finance@creditor.example>"


class MailFolder(MailWorld):
    """A folder of .eml files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Mailer:
        settings = FolderSettings(folder=Path("mail"), sender=SENDER)
        return FolderMailer(settings, Surroundings("post", lambda: NOW, self.folder))

    def arrived(self) -> Sequence[EmailMessage]:
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted((self.folder / "mail").glob("*.eml"))
        ]


class MailServer(MailWorld):
    """A mail server on loopback."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    def open(self) -> Mailer:
        settings = SmtpSettings(
            host=self.server.host, port=self.server.port, security=Security.NONE, sender=SENDER, timeout=5
        )
        return SmtpMailer(settings, Surroundings("post", lambda: NOW, Path("unused")))

    def arrived(self) -> Sequence[EmailMessage]:
        return self.server.messages


class TestFolderMailer(MailerContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> MailWorld:
        return MailFolder(tmp_path)


class TestSmtpMailer(MailerContract):
    @pytest.fixture
    def world(self, smtp_server: SmtpServer) -> MailWorld:
        return MailServer(smtp_server)
