"""The bank channel `folder`: the bank's own program takes files from an outbox and leaves its answers in an inbox.

A file is written under a hidden temporary name and renamed once it is whole. Before the rename a note of its digest
is put into outbox/.sent: the bank's program may take the file away at once, and then only the note tells that it
was handed over.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydantic import Field

from adapters.dropfolder import Waiting as WaitingFile
from adapters.dropfolder import aside, move_to_done, put_whole, sync_folder, waiting_files, write_aside
from connector.errors import NoAccess, Retriable, UnknownOutcome
from connector.ports import (
    AdapterSettings,
    BankChannel,
    IncomingFile,
    OutgoingFile,
    Probe,
    Surroundings,
)

NOTES = ".sent"
_CHUNK = 1 << 20


class FolderSettings(AdapterSettings):
    """Settings of the bank channel `folder`."""

    outbox: Path = Field(description="Where the bank's program takes our files from.")
    inbox: Path = Field(description="Where the bank's answers are left; files that were read move to done/ in it.")
    settle_seconds: int = Field(
        default=10, ge=0, le=86400, description="A file is read once it has not changed for so long; 0: at once."
    )


class FolderBank(BankChannel):
    """One bank behind two folders."""

    Settings = FolderSettings

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        if not isinstance(settings, FolderSettings):
            raise TypeError(f"{settings!r} are no FolderSettings")
        self._outbox = surroundings.folder / settings.outbox
        self._inbox = surroundings.folder / settings.inbox
        self._settle_seconds = settings.settle_seconds

    def send(self, file: OutgoingFile) -> str:
        """Put the file into the outbox whole. The receipt is its name and digest."""
        target = self._target(file.name)
        if receipt := self._receipt(target, file.sha256):
            return receipt
        if _digest(file.path) != file.sha256:
            raise NoAccess(
                "The file on our disk is not the one that was approved: its digest differs.",
                where=str(file.path),
                remedy="Make the bank file again.",
            )
        try:
            partial = write_aside(target, _chunks(file.path))
            note = self._note(file.name)
            note.parent.mkdir(exist_ok=True)
            put_whole(note, [file.sha256.encode()])
        except OSError as error:
            raise self._outbox_error(error) from error
        try:
            partial.rename(target)
            sync_folder(target.parent)
        except OSError as error:
            raise UnknownOutcome(f"Handing over broke off ({error.strerror}).", where=str(target)) from error
        return _receipt_text(file.name, file.sha256)

    def look_up(self, name: str, sha256: str) -> str | None:
        """The receipt, if the file stands in the outbox or was taken from it."""
        return self._receipt(self._target(name), sha256)

    def _receipt(self, target: Path, sha256: str) -> str | None:
        """The receipt of a file that was handed over; None if none of that name was.

        Raises:
            NoAccess: another file was handed over under this name.
        """
        try:
            if target.exists():
                found = _digest(target)
            elif self._note(target.name).exists() and not aside(target).exists():
                found = self._note(target.name).read_text()  # taken away by the bank's program
            else:
                return None
        except OSError as error:
            raise self._outbox_error(error) from error
        if found != sha256:
            raise NoAccess(
                "Another file was handed over under this name.",
                where=str(target),
                remedy="Find out which of the two the bank has; send this one under a name of its own.",
            )
        return _receipt_text(target.name, sha256)

    def _target(self, name: str) -> Path:
        if not name or name != Path(name).name or name.startswith("."):
            raise NoAccess(f"{name!r} is no name for a bank file.", where=self.name, remedy="Use a plain file name.")
        return self._outbox / name

    def _note(self, name: str) -> Path:
        return self._outbox / NOTES / f"{name}.sha256"

    def _outbox_error(self, error: OSError) -> NoAccess | Retriable:
        what = f"The outbox can't be used ({error.strerror})."
        if isinstance(error, FileNotFoundError | NotADirectoryError | PermissionError):
            return NoAccess(what, where=str(self._outbox), remedy="Make the folder and let the connector write in it.")
        return Retriable(what, where=str(self._outbox), remedy="Make room on the disk.")

    def fetch(self) -> Iterator[IncomingFile]:
        """Files of the inbox that have settled, oldest first."""
        for file in waiting_files(self._inbox, self.surroundings.clock(), self._settle_seconds):
            yield IncomingFile(_id(file), file.name, _Opener(file.path))

    def handled(self, file: IncomingFile) -> None:
        """Move the file to inbox/done/, unless another one has come under its name."""
        now = self.surroundings.clock()
        for waiting in waiting_files(self._inbox, now, 0):
            if _id(waiting) == file.id:
                try:
                    move_to_done(waiting, now)
                except OSError as error:
                    raise Retriable(
                        f"The file can't be moved to done/ ({error.strerror}).",
                        where=str(waiting.path),
                        remedy="Let the connector write in this folder.",
                    ) from error

    def check(self) -> Iterator[Probe]:
        """Both folders, and what waits in them."""
        for what, folder in (("outbox", self._outbox), ("inbox", self._inbox)):
            ok = folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
            waiting = sum(path.is_file() for path in folder.iterdir()) if ok else 0
            yield Probe(
                f"{self.name}: {what} {folder}",
                ok,
                f"{waiting} files in it." if ok else "It is not there, or may not be read and written.",
                "" if ok else "Make the folder and let the connector read and write it.",
            )


class _Opener:
    """Opens one incoming file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except OSError as error:
            raise Retriable(f"The file can't be opened ({error.strerror}).", where=str(self._path)) from error


def _id(file: WaitingFile) -> str:
    return f"{file.name}:{file.size}:{file.mtime_ns}"


def _receipt_text(name: str, sha256: str) -> str:
    return f"{name} sha256:{sha256}"


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(path):
        digest.update(chunk)
    return digest.hexdigest()
