"""The sheet of mandates: a CSV file with a row for each, read as people and other programs write it, and written.

It is in UTF-8, with or without a byte order mark, and has commas or semicolons between its cells. A row stands on one
line. Nothing here knows what a cell means.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from connector.errors import Fatal
from connector.masking import masked_text

COLUMNS = (
    *("reference", "customer", "customer_number", "source", "creditor", "scheme", "type", "state"),
    *("debtor_name", "iban", "bic", "signed_on", "last_used_on", "language", "method"),
)
_NEEDED = ("reference", "iban", "signed_on")
_WHOSE = ("customer", "customer_number")
_SEPARATORS = (";", ",")
_LINE_LENGTH_MAX = 16_384  # characters; the longest row that makes sense has a tenth
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_FORMULA = re.compile(r"'*[=+\-@]")  # a spreadsheet would run such a cell
_KEPT_AS_TEXT = re.compile(r"'+[=+\-@]")
_FREE_TEXTS = frozenset({"debtor_name", "method"})


class RowFault(StrEnum):
    """Why a line is not a row of the sheet."""

    NOT_UTF8 = "not_utf8"
    TOO_LONG = "too_long"
    QUOTES = "quotes"
    CELLS = "cells"


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        line: its number in the file, from 1.
        cells: by column, without space around them; what the file has no column for is empty.
        fault: why the line could not be read; then there are no cells.
    """

    line: int
    cells: Mapping[str, str]
    fault: RowFault | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose heading was understood.

    Attributes:
        columns: of its cells, in their order.
        heading_line: number of the line with the headings.
        lines: how many there are, for progress.
    """

    path: Path
    separator: str
    columns: tuple[str, ...]
    heading_line: int
    lines: int

    def rows(self) -> Iterator[Row]:
        """Its rows one after the other; empty ones are passed over."""
        with _opened(self.path) as stream:
            for number, line in _lines(stream):
                if number > self.heading_line and (row := self._row(number, line)) is not None:
                    yield row

    def _row(self, number: int, line: str) -> Row | None:
        if len(line) > _LINE_LENGTH_MAX:
            return Row(number, {}, RowFault.TOO_LONG)
        if any("\udc80" <= character <= "\udcff" for character in line):
            return Row(number, {}, RowFault.NOT_UTF8)
        try:
            cells = _split(line, self.separator)
        except csv.Error:
            return Row(number, {}, RowFault.QUOTES)
        if not any(cells):
            return None
        if len(cells) != len(self.columns):
            return Row(number, {}, RowFault.CELLS)
        named = dict.fromkeys(COLUMNS, "") | dict(zip(self.columns, cells, strict=True))
        return Row(number, {column: _as_meant(column, cell) for column, cell in named.items()})


def open_sheet(path: Path) -> Sheet:
    """Look at a file and its headings.

    Raises:
        Fatal: it can't be read, or a column is missing, unknown or there twice.
    """
    try:
        with path.open("rb") as raw:
            start = raw.read(2)
            lines = start.count(b"\n") + sum(chunk.count(b"\n") for chunk in iter(lambda: raw.read(1 << 18), b""))
        if start in _UTF16:
            raise _refused(path, "It is text in UTF-16.", "Save it as CSV in UTF-8.")
        with _opened(path) as stream:
            for number, line in _lines(stream):
                if line.strip() and not line.casefold().startswith("sep="):  # how a spreadsheet is told
                    separator, columns = _headings(path, line)
                    return Sheet(path, separator, columns, number, lines)
    except OSError as error:
        raise _refused(path, f"It can't be read: {error.strerror}.", "Name a CSV file that you may read.") from error
    raise _refused(path, "It is empty.", f"Give it a line of headings: {', '.join(COLUMNS)}.")


def _opened(path: Path) -> TextIO:
    """What is no UTF-8 comes as lone surrogates, so that its row alone is refused."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _lines(stream: TextIO) -> Iterator[tuple[int, str]]:
    """Number and text of each line; of one that is far too long, its start."""
    number = 0
    while line := stream.readline(_LINE_LENGTH_MAX + 1):
        number += 1
        rest = line
        while len(rest) > _LINE_LENGTH_MAX and not rest.endswith(("\n", "\r")):
            rest = stream.readline(_LINE_LENGTH_MAX + 1)
        yield number, line


def _split(line: str, separator: str) -> list[str]:
    cells = next(csv.reader([line.rstrip("\r\n")], delimiter=separator, strict=True), [])
    return [cell.strip() for cell in cells]


def _headings(path: Path, line: str) -> tuple[str, tuple[str, ...]]:
    """The separator under which most headings are known, and the columns."""
    where = "headings"
    try:
        split = {
            separator: tuple(re.sub(r"[\s_-]+", "_", cell.casefold()) for cell in _split(line, separator))
            for separator in _SEPARATORS
        }
    except csv.Error as error:
        raise _refused(path, "Its quotation marks are not in pairs.", "Correct the headings.", where) from error
    separator = max(split, key=lambda one: sum(column in COLUMNS for column in split[one]))
    columns = split[separator]
    unknown = [column for column in columns if column not in COLUMNS]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    missing = [column for column in _NEEDED if column not in columns]
    if unknown:
        seen = masked_text(", ".join(column[:40] or "(empty)" for column in unknown)[:200].upper()).lower()
        remedy = f"Take them out or rename them. The columns are: {', '.join(COLUMNS)}."
        raise _refused(path, f"It has columns that are not known: {seen}.", remedy, where)
    if twice:
        raise _refused(path, f"A column is there twice: {', '.join(twice)}.", "Keep one of each.", where)
    if missing:
        raise _refused(path, f"It lacks the column {', '.join(missing)}.", "Add it.", where)
    if not set(_WHOSE) & set(columns):
        remedy = "Add the column customer (the id in the accounting package) or customer_number."
        raise _refused(path, "It does not say whose mandates these are.", remedy, where)
    return separator, columns


def _refused(path: Path, what: str, remedy: str, where: str = "") -> Fatal:
    return Fatal(what, where=f"{path}, {where}" if where else str(path), remedy=remedy)


def _as_meant(column: str, cell: str) -> str:
    """The cell without the mark that keeps a spreadsheet from running it."""
    return cell[1:] if column in _FREE_TEXTS and _KEPT_AS_TEXT.match(cell) else cell


def write_sheet(stream: TextIO, rows: Iterable[Mapping[str, str]]) -> None:
    """Write headings and rows. A name that a spreadsheet would run as a formula is marked as text."""
    writer = csv.writer(stream, delimiter=_SEPARATORS[0], lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_written(column, row[column]) for column in COLUMNS] for row in rows)


def _written(column: str, cell: str) -> str:
    cell = "".join(" " if unicodedata.category(one) == "Cc" else one for one in cell).strip()
    return f"'{cell}" if column in _FREE_TEXTS and _FORMULA.match(cell) else cell
