"""The files that wait in the folder: which feed reads which, and which have been read.

A cursor is the ids of the files that were read whole and still lie in the folder. An id is made of name, time and
content: a file that is put there again is read again, a file that a crash left after it was stored is not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path

from adapters.accounting.files.encoding import Content, examine
from adapters.accounting.files.refusal import Refused
from adapters.dropfolder import DONE, Waiting, waiting_files
from connector.ports import Fault, Feed


class FileKind(Enum):
    """What a file's name says that it holds."""

    CUSTOMERS = "customers*.csv"
    INVOICES = "invoices*.csv"
    UBL = "*.xml"


_READ_BY = {
    Feed.CUSTOMERS: (FileKind.CUSTOMERS, FileKind.UBL),
    Feed.INVOICES: (FileKind.INVOICES, FileKind.UBL),
}


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A finished file and what one pass over its bytes told."""

    waiting: Waiting
    kind: FileKind
    content: Content
    id: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.waiting.path

    @property
    def records_estimated(self) -> int:
        """Number of records, for progress."""
        return 1 if self.kind is FileKind.UBL else max(0, self.content.lines - 1)


class Incoming:
    """The files of one folder. Files that did not change are examined once."""

    def __init__(self, folder: Path, settle_seconds: int) -> None:
        self.folder = folder
        self._settle_seconds = settle_seconds
        self._examined: dict[Waiting, IncomingFile] = {}

    def files(self, feed: Feed, now: datetime) -> tuple[list[IncomingFile], list[Fault]]:
        """Files that a feed reads, oldest first, and faults of those that can't be opened."""
        found: list[IncomingFile] = []
        faults: list[Fault] = []
        waiting = waiting_files(self.folder, now, self._settle_seconds)
        self._examined = {file: self._examined[file] for file in waiting if file in self._examined}
        for file in waiting:
            kind = kind_of(file.name)
            if kind not in _READ_BY[feed]:
                continue
            try:
                found.append(self._examine(file, kind))
            except FileNotFoundError:
                continue  # taken away since the folder was listed
            except OSError as error:
                why = f"The file can't be opened ({error.strerror})."
                faults.append(Refused("", "", why, "Let the connector read it.").fault(file.name))
        return found, faults

    def _examine(self, file: Waiting, kind: FileKind) -> IncomingFile:
        known = self._examined.get(file)
        if known is None:
            content = examine(file.path)
            identity = f"{file.name}\n{file.mtime_ns}\n{content.digest}"
            known = IncomingFile(file, kind, content, hashlib.sha256(identity.encode()).hexdigest()[:16])
            self._examined[file] = known
        return known

    def has_ever(self, kind: FileKind) -> bool:
        """Whether files of a kind come, or ever came."""
        for folder in (self.folder, self.folder / DONE):
            if folder.is_dir() and any(kind_of(path.name) is kind for path in folder.iterdir()):
                return True
        return False


def kind_of(name: str) -> FileKind | None:
    """What a file name says that the file holds; case makes no difference."""
    return next((kind for kind in FileKind if fnmatchcase(name.casefold(), kind.value)), None)
