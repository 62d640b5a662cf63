"""A CSV file that we append to: each key once, each row whole or not there, durable when the call returns.

UTF-8 with its mark, semicolons, one line per row, so that spreadsheets open it by a double click. A last line
without a line end is what a crash left: it does not count, and the next row replaces it.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from adapters.dropfolder import put_whole, sync_folder
from connector.errors import NoAccess, Retriable, UnknownOutcome

SEPARATOR = ";"
_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@")  # a spreadsheet would run such a cell


class Ledger:
    """One such file.

    Args:
        headings: its columns, in order.
        key_headings: the columns that together identify a row.
        decimal_mark: of amounts, "," or ".".
    """

    def __init__(
        self, path: Path, headings: Sequence[str], key_headings: Sequence[str], decimal_mark: str = ","
    ) -> None:
        self.path = path
        self.headings = tuple(headings)
        self._keys = tuple(self.headings.index(heading) for heading in key_headings)
        self._decimal_mark = decimal_mark
        self._lines: dict[tuple[str, ...], int] = {}  # key -> hash of its line
        self._whole_bytes = 0
        self._seen: tuple[int, int] | None = None

    def has(self, *key: str) -> bool:
        """Whether a row with this key stands in the file."""
        self._refresh()
        return tuple(self._cell(part) for part in key) in self._lines

    def put(self, row: Mapping[str, object]) -> None:
        """Have this row in the file: appended, or in the place of the row with the same key.

        Raises:
            NoAccess: the file may not be written, or has other columns.
            Retriable: it can't be opened now; nothing was written.
            UnknownOutcome: writing broke off.
        """
        self._refresh()
        cells = [self._cell(row.get(heading)) for heading in self.headings]
        key, line = self._key(cells), _line(cells)
        known = self._lines.get(key)
        if known == hash(line):
            return
        if known is None:
            self._append(line)
        else:
            self._replace(key, line)
        self._lines[key] = hash(line)

    def rows(self) -> Iterator[dict[str, str]]:
        """All rows as they stand in the file."""
        for cells in self._read():
            yield dict(zip(self.headings, cells, strict=True))

    # ----------------------------------------------------------------------------------- writing

    def _append(self, line: str) -> None:
        is_new = self._whole_bytes == 0
        text = _MARK + _line(self.headings) + line if is_new else line
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o640)
        except OSError as error:
            raise self._cannot_open(error) from error
        try:
            os.ftruncate(handle, self._whole_bytes)
            os.lseek(handle, 0, os.SEEK_END)
            content = text.encode()
            while content:
                content = content[os.write(handle, content) :]
            os.fsync(handle)
            if is_new:
                sync_folder(self.path.parent)
        except OSError as error:
            self._seen = None
            raise self._broke_off(error) from error
        finally:
            os.close(handle)
        self._seen = self._stamp()
        self._whole_bytes = self._seen[0] if self._seen else 0

    def _replace(self, key: tuple[str, ...], line: str) -> None:
        lines = [_MARK + _line(self.headings)]
        lines += [line if self._key(cells) == key else _line(cells) for cells in self._read()]
        try:
            put_whole(self.path, (text.encode() for text in lines))
        except OSError as error:
            raise self._broke_off(error) from error
        self._note()

    def _cell(self, value: object) -> str:
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return f"{value:f}".replace(".", self._decimal_mark)
        if isinstance(value, date):
            return value.isoformat()
        text = " ".join(str(value).split())
        return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

    # ----------------------------------------------------------------------------------- reading

    def _refresh(self) -> None:
        """Read the file again if it is not as we left it: a person may have worked in it."""
        if self._stamp() == self._seen:
            return
        self._lines = {self._key(cells): hash(_line(cells)) for cells in self._read()}
        self._note()

    def _note(self) -> None:
        self._seen = self._stamp()
        self._whole_bytes = _end_of_last_line(self.path, self._seen[0]) if self._seen else 0

    def _stamp(self) -> tuple[int, int] | None:
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return None
        return now.st_size, now.st_mtime_ns

    def _read(self) -> Iterator[list[str]]:
        try:
            with self.path.open("rb") as stream:
                rows = csv.reader(_whole_lines(stream), delimiter=SEPARATOR)
                headings = next(rows, None)
                if headings is not None and tuple(headings) != self.headings:
                    raise self._other_columns()
                for cells in rows:
                    if len(cells) != len(self.headings):
                        raise self._other_columns()
                    yield cells
        except FileNotFoundError:
            return
        except UnicodeDecodeError as error:
            raise self._other_columns() from error
        except OSError as error:
            raise self._cannot_open(error) from error

    def _key(self, cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(cells[position] for position in self._keys)

    # ------------------------------------------------------------------------------------ errors

    def _other_columns(self) -> NoAccess:
        return NoAccess(
            "This file is not as the connector wrote it: its columns or its encoding are others.",
            where=str(self.path),
            remedy="Put the file back as it was; keep a copy for changes of your own.",
        )

    def _cannot_open(self, error: OSError) -> NoAccess | Retriable:
        what = f"The file can't be opened ({error.strerror})."
        if isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError):
            return NoAccess(what, where=str(self.path), remedy="Let the connector write in this folder.")
        return Retriable(what, where=str(self.path))

    def _broke_off(self, error: OSError) -> UnknownOutcome:
        return UnknownOutcome(
            f"Writing broke off ({error.strerror}).", where=str(self.path), remedy="Make room on the disk."
        )


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=SEPARATOR, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _whole_lines(stream: BinaryIO) -> Iterator[str]:
    """Lines with their end; a torn one may end within a character, so it is never decoded."""
    for number, line in enumerate(stream):
        if line.endswith(b"\n"):
            yield line.decode("utf-8" if number else "utf-8-sig")


def _end_of_last_line(path: Path, size: int) -> int:
    """Number of bytes up to and with the last line end."""
    with path.open("rb") as stream:
        end = size
        while end > 0:
            start = max(0, end - 4096)
            stream.seek(start)
            found = stream.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0
