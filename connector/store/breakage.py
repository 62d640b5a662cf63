"""Breakage: what the disk or the database says when it fails, as what a person has to do about it.

Nothing is lost by any of these: a transaction that did not end did not happen, and the next pass goes on from there.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, OperationalError

from connector.errors import Fatal

_FULL = (
    "There is no room left on the disk: {said}.",
    "Make room, then run `sepa-connector sync`: it goes on where this one stopped.",
)
_READ_ONLY = (
    "The disk, or the file, can't be written to: {said}.",
    "Make it writable again - a disk that failed is often mounted read-only - then run `sepa-connector sync`.",
)
_LOCKED = (
    "Another program holds the database: {said}.",
    "End that program - a backup tool, a browser of databases, a copy that hangs - then try again.",
)
_DAMAGED = (
    "The database is damaged: {said}.",
    "Stop the daemon, look at the disk, put back a copy: `sepa-connector db restore FILE`. It sends nothing twice.",
)
_FAILING = (
    "The disk fails: {said}.",
    "Stop the daemon and look at the disk. If the database is lost, put back a copy: `sepa-connector db restore FILE`.",
)
_UNOPENED = (
    "The database can't be opened: {said}.",
    "See that it is there and its folder can be written to: a disk that failed is often mounted read-only.",
)
_UNUSABLE = (
    "The database can't be used: {said}.",
    "See that it is there and that nothing else holds it, then try again: `sepa-connector check`.",
)

_BY_EXTENDED_CODE: Mapping[int, tuple[str, str]] = {
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,  # the file beside the database could not grow
}
_BY_CODE: Mapping[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: _FAILING,
    sqlite3.SQLITE_CANTOPEN: _UNOPENED,
}
_BY_ERRNO: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EIO: _FAILING,
}
_PRIMARY = 0xFF  # of SQLite's extended codes


def in_words(error: Exception) -> Fatal | None:
    """What a person has to do about a failure of the disk or the database; None if the fault is our own."""
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError) and (words := _BY_ERRNO.get(error.errno or 0)):
        return _fatal(words, str(error.strerror), error.filename)
    return None


def _of_database(error: DBAPIError) -> Fatal | None:
    code = getattr(error.orig, "sqlite_errorcode", 0)
    words = _BY_EXTENDED_CODE.get(code) or _BY_CODE.get(code & _PRIMARY)
    if words is not None:
        return _fatal(words, str(error.orig))
    return _fatal(_UNUSABLE, str(error.orig)) if isinstance(error, OperationalError) else None


def _fatal(words: tuple[str, str], said: str, where: object = None) -> Fatal:
    what, remedy = words
    seen = said.strip().partition("\n")[0]  # what follows are hints of the driver
    return Fatal(what.format(said=seen.rstrip(".")), where=str(where or "database"), remedy=remedy)
