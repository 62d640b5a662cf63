"""Compressed bank files: zip and gzip, unpacked within limits.

Nothing is unpacked further than `MOST_BYTES` or beyond `MOST_RATIO` times its packed size; an archive in an archive is
refused. A file that is not compressed is passed on as it is.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

MOST_BYTES = 2 * 1024**3
MOST_RATIO = 200  # regular bank files deflate about 30:1
MOST_MEMBERS = 1000
_RATIO_FROM = 10 * 1024**2  # small files may deflate better than that without harm
ZIP_MAGIC = b"PK\x03\x04"
GZIP_MAGIC = b"\x1f\x8b"


class ArchiveRefused(ValueError):
    """The archive is broken, encrypted, nested or too large; the message says which."""


@dataclass(slots=True)
class Member:
    """One file of an archive."""

    name: str
    source: BinaryIO


def is_archive(head: bytes) -> bool:
    """Tell by the first bytes whether a file is compressed."""
    return head.startswith((ZIP_MAGIC, GZIP_MAGIC))


def members(source: BinaryIO, name: str) -> Iterator[Member]:
    """Yield the files of an archive, to be read one after the other; raise `ArchiveRefused`."""
    start = source.tell()
    magic = source.read(4)
    packed = source.seek(0, io.SEEK_END) - start
    source.seek(start)
    if magic.startswith(GZIP_MAGIC):
        unpacked = gzip.GzipFile(fileobj=source, mode="rb")
        yield Member(name.removesuffix(".gz"), _limited(cast("IO[bytes]", unpacked), packed))
        return
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError) as error:
        raise ArchiveRefused(f"The zip file is damaged ({error}).") from error
    with archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_MEMBERS:
            raise ArchiveRefused(f"The zip file holds {len(infos)} files; at most {MOST_MEMBERS} are read.")
        for info in infos:
            try:
                with archive.open(info) as file:
                    yield Member(info.filename, _limited(file, info.compress_size))
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise ArchiveRefused(f"{info.filename!r} cannot be unpacked ({error}).") from error


def _limited(file: IO[bytes], packed: int) -> BinaryIO:
    most = min(MOST_BYTES, max(_RATIO_FROM, packed * MOST_RATIO))
    return cast("BinaryIO", io.BufferedReader(_Limited(file, most), 64 * 1024))


class _Limited(io.RawIOBase):
    """Reads a packed file until it has given `most` bytes, then refuses."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer)).cast("B")
        try:
            data = self._file.read(len(view))
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise ArchiveRefused(f"The file cannot be unpacked ({error}).") from error
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveRefused("The file unpacks to far more than a bank file; it may be an attack.")
        view[: len(data)] = data
        return len(data)
