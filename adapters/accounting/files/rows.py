"""The rows of a CSV file with their line numbers; a broken row does not take the next ones along."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LINES_PER_ROW_MAX = 100  # of a quoted cell with line breaks; more means that a quote was not closed


class Row(NamedTuple):
    """A row as it was read. `why` says what is wrong with it; then its cells are not to be used."""

    line: int
    cells: list[str]
    why: str = ""


class _Lines:
    """Lines of a file, those of the row in hand kept, so that they can be read again one by one."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.of_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.of_row) >= LINES_PER_ROW_MAX:
            raise csv.Error("a quote is not closed")
        line = self._again.popleft() if self._again else next(self._lines)
        self.of_row.append(line)
        return line

    def give_back_all_but_first(self) -> None:
        """The lines of the row in hand after its first will be read again."""
        self._again.extendleft(reversed(self.of_row[1:]))
        self.of_row.clear()


def read_rows(lines: Iterable[str], separator: str, width: int | None, first_line: int = 1) -> Iterator[Row]:
    """Rows of CSV text; empty lines are left out.

    Args:
        width: number of cells that a row must have; None for any.
        first_line: line number of the first line.
    """
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator, strict=True)
    line = first_line
    while True:
        why = ""
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = f"This row can't be taken apart: {error}."
        if width is not None and not why and cells and len(cells) != width:
            cells = _without_empty_end(cells, width)
            if len(cells) != width:
                why = f"This row has {len(cells)} cells, the heading has {width}."
        if why and len(source.of_row) > 1:
            # An open quote took the next lines along: only its own line is broken.
            source.give_back_all_but_first()
            reader = csv.reader(source, delimiter=separator, strict=True)
            yield Row(line, cells, why)
            line += 1
            continue
        if why or any(cells):
            yield Row(line, cells, why)
        if why:
            reader = csv.reader(source, delimiter=separator, strict=True)
        line += len(source.of_row)
        source.of_row.clear()


def _without_empty_end(cells: list[str], width: int) -> list[str]:
    """Some packages end each row with separators more than the heading has."""
    return cells[:width] if len(cells) > width and not any(cells[width:]) else cells
