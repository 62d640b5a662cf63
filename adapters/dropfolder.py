"""Folders in which files are left for us and by us: what is finished, how a file is put down whole, and done/."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import get_native_id

from connector.errors import NoAccess, Retriable

DONE = "done"
_TEMPORARY_SUFFIXES = (".part", ".partial", ".filepart", ".crdownload", ".tmp", ".temp", ".swp", ".lock", ".new")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is finished, as it stood when the folder was listed."""

    path: Path
    size: int
    mtime_ns: int

    @property
    def name(self) -> str:
        """File name without its folder."""
        return self.path.name

    def is_unchanged(self) -> bool:
        """Whether the file still stands there as it was listed."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns)


def is_temporary(name: str) -> bool:
    """Whether a name says that its file is hidden or still being written."""
    return name.startswith((".", "~")) or name.endswith("~") or name.casefold().endswith(_TEMPORARY_SUFFIXES)


def is_settled(mtime_ns: int, now: datetime, settle_seconds: int) -> bool:
    """Whether nothing was written for so long; 0 seconds: do not look at the time at all."""
    return settle_seconds == 0 or now.timestamp() - mtime_ns / 1_000_000_000 >= settle_seconds


def waiting_files(folder: Path, now: datetime, settle_seconds: int) -> list[Waiting]:
    """Finished files of a folder, oldest first.

    Raises:
        NoAccess: there is no such folder, or it can't be opened.
        Retriable: it can't be read now.
    """
    try:
        with os.scandir(folder) as entries:
            found = [
                Waiting(Path(entry.path), status.st_size, status.st_mtime_ns)
                for entry in entries
                if not is_temporary(entry.name) and entry.is_file()
                for status in [entry.stat()]
                if is_settled(status.st_mtime_ns, now, settle_seconds)
            ]
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise NoAccess(
            f"The folder can't be opened ({error.strerror}).",
            where=str(folder),
            remedy="Make the folder and let the connector read it, or correct its path in the config.",
        ) from error
    except OSError as error:
        raise Retriable(f"The folder can't be read now ({error.strerror}).", where=str(folder)) from error
    return sorted(found, key=lambda file: (file.mtime_ns, file.name))


def put_whole(target: Path, chunks: Iterable[bytes]) -> None:
    """Write a file so that under its name it is there whole or not at all, and survives a power cut.

    An existing file is replaced; of several that write it side by side, the last one stands. Raises OSError; then
    nothing stands under the name that was not there before.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}-{get_native_id()}.part")
    try:
        _write(partial, chunks)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    partial.replace(target)
    sync_folder(target.parent)


def write_aside(target: Path, chunks: Iterable[bytes]) -> Path:
    """Write the content durably beside its target, under a hidden temporary name, which is returned."""
    partial = aside(target)
    _write(partial, chunks)
    return partial


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())


def aside(target: Path) -> Path:
    """The hidden temporary name of a file that is being written."""
    return target.with_name(f".{target.name}.part")


def sync_folder(folder: Path) -> None:
    """Make the names of a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_to_done(file: Waiting, now: datetime) -> Path | None:
    """Move a file that was dealt with to done/ beside it, never over another one.

    Does nothing, and returns None, if the file changed or went since it was listed.
    """
    if not file.is_unchanged():
        return None
    done = file.path.parent / DONE
    done.mkdir(exist_ok=True)
    target = done / file.name
    number = 1
    while target.exists():
        again = f"-{number}" if number > 1 else ""
        target = done / f"{file.path.stem} {now:%Y-%m-%d %H%M%S}{again}{file.path.suffix}"
        number += 1
    return file.path.rename(target)
