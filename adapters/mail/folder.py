"""The mailer `folder`: each mail becomes an .eml file, for trying out and for programs that send such files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from adapters.dropfolder import put_whole
from adapters.mail.message import build, message_id, sender_of
from connector.errors import NoAccess, Retriable
from connector.ports import AdapterSettings, Mail, Mailer, Probe, Surroundings


class FolderSettings(AdapterSettings):
    """Settings of the mailer `folder`."""

    folder: Path = Field(description="Where the .eml files go; it is made if it is not there.")
    sender: str = Field(description="Name <name@example.org>")


class FolderMailer(Mailer):
    """Mails as files, each under its Message-ID."""

    Settings = FolderSettings

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        if not isinstance(settings, FolderSettings):
            raise TypeError(f"{settings!r} are no FolderSettings")
        self._folder = surroundings.folder / settings.folder
        self._sender = sender_of(settings.sender)

    def message_id(self, key: str) -> str:
        """The Message-ID of this key."""
        return message_id(key, self._sender)

    def send(self, mail: Mail) -> str:
        """Write the .eml file, unless it is there already."""
        sent = self.message_id(mail.key)
        path = self._path(mail.key)
        message = build(mail, self._sender, self.surroundings.clock())
        try:
            if not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                put_whole(path, [message.as_bytes()])
        except (FileNotFoundError, NotADirectoryError, FileExistsError, PermissionError) as error:
            raise NoAccess(
                f"The folder can't be used ({error.strerror}).",
                where=str(self._folder),
                remedy="Let the connector write in this folder.",
            ) from error
        except OSError as error:
            raise Retriable(f"The mail can't be written now ({error.strerror}).", where=str(path)) from error
        return sent

    def look_up(self, key: str) -> str | None:
        """The Message-ID, if the .eml file is there."""
        return self.message_id(key) if self._path(key).exists() else None

    def _path(self, key: str) -> Path:
        return self._folder / f"{self.message_id(key).partition('@')[0]}.eml"

    def check(self) -> Iterator[Probe]:
        """Whether the folder can be written."""
        above = next(folder for folder in (self._folder, *self._folder.parents) if folder.exists())
        ok = above.is_dir() and os.access(above, os.W_OK | os.X_OK)
        yield Probe(
            f"{self.name}: folder {self._folder}", ok, remedy="" if ok else "Let the connector write in this folder."
        )
