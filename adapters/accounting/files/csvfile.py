"""One CSV file: its encoding, separator, headings, decimal mark and date order, and then its records."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from os import SEEK_END
from pathlib import Path
from typing import TextIO

from adapters.accounting.files.amounts import AmountEvidence, DecimalMark, amount_reader
from adapters.accounting.files.dates import DateEvidence, DateOrder, date_reader
from adapters.accounting.files.encoding import Content, encoding_of
from adapters.accounting.files.refusal import Refused
from adapters.accounting.files.rows import Row, read_rows
from connector.ports import Fault
from mappings import Mapping as FieldMapping
from mappings import MappingError
from mappings.engine import ReadRecord
from mappings.values import Convert

SEPARATORS = {";": ";", ",": ",", "tab": "\t", "|": "|"}


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """What the config says about CSV files; "auto" is recognised per file."""

    encoding: str = "auto"
    separator: str = "auto"
    decimal_mark: str = "auto"
    dates: str = "auto"


@dataclass(frozen=True, slots=True)
class Shape:
    """How one file is written.

    Attributes:
        heading_line: line number of the headings.
        headings: as they stand in the file.
        columns: position of the column of each path of the mapping that the file has.
        key_columns: positions of the columns that together identify a record.
        repeated: keys that stand in more than one row.
    """

    encoding: str
    separator: str
    heading_line: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    key_columns: tuple[int, ...]
    decimal_mark: DecimalMark = DecimalMark.EACH
    date_order: DateOrder = DateOrder.EACH
    repeated: frozenset[tuple[str, ...]] = frozenset()

    def key_of(self, cells: list[str]) -> tuple[str, ...]:
        """The cells that identify a record; the first is its name. Empty if it has none."""
        key = tuple([cells[column].strip() for column in self.key_columns])
        return key if key and key[0] else ()


class CsvFile:
    """A CSV file of one kind of record.

    Args:
        kind: kind of record of the mapping, e.g. "customer".
        keys: the fields that identify a record; the first of these groups that has a column counts.
        spare: fields that a record can do without: one that is wrong is a fault, and the record comes without it.
    """

    def __init__(
        self,
        path: Path,
        content: Content,
        mapping: FieldMapping,
        kind: str,
        keys: tuple[tuple[str, ...], ...],
        style: CsvStyle,
        spare: tuple[str, ...] = (),
    ) -> None:
        self.path = path
        self.content = content
        self.mapping = mapping
        self.kind = kind
        self.keys = keys
        self.style = style
        self.spare = spare

    # ------------------------------------------------------------------------------------ its shape

    def shape(self) -> Shape:
        """Look through the whole file once.

        Raises:
            Refused: its headings, dates or amounts can't be understood, or it is cut off.
        """
        encoding = encoding_of(self.content, self.style.encoding)
        try:
            with self._open(encoding) as stream:
                separator, heading_line, headings = self._headings(stream)
                columns = self._columns(headings)
                shape = Shape(encoding, separator, heading_line, headings, columns, self._key_columns(columns))
                return self._looked_through(stream, shape)
        except UnicodeError as error:
            raise Refused(
                "", "", f"This is not text in {encoding}.", "Save the file in UTF-8, or set encoding in the config."
            ) from error

    def _open(self, encoding: str) -> TextIO:
        return self.path.open(encoding=encoding, newline="")

    def _headings(self, stream: TextIO) -> tuple[str, int, tuple[str, ...]]:
        known = {fold(path) for rule in self.mapping.rules(self.kind) for path in rule.paths}
        told = SEPARATORS.get(self.style.separator)
        for number, line in enumerate(iter(stream.readline, ""), 1):
            if number == 1 and line.casefold().startswith("sep="):  # how Excel is told
                told = told or line[4:].rstrip("\r\n")[:1]
            elif line.strip():
                split = {sign: _split(line, sign) for sign in ([told] if told else SEPARATORS.values())}
                separator = max(
                    split, key=lambda sign: (sum(fold(cell) in known for cell in split[sign]), len(split[sign]))
                )
                return separator, number, tuple(cell.strip() for cell in split[separator])
        raise Refused("", "", "The file is empty.", "Export it again, with its headings.")

    def _columns(self, headings: tuple[str, ...]) -> dict[str, int]:
        """The column of each path of the mapping that the file has."""
        folded = [fold(heading) for heading in headings]
        columns: dict[str, int] = {}
        for rule in self.mapping.rules(self.kind):
            for path in rule.paths:
                if folded.count(fold(path)) > 1:
                    raise Refused("heading", path, "This heading occurs twice.", "Rename one of the two columns.")
                if fold(path) in folded:
                    columns[path] = folded.index(fold(path))
            if rule.required and rule.paths and not columns.keys() & set(rule.paths):
                raise Refused(
                    "heading", ", ".join(headings)[:200], f"There is no column for {rule.field} of the {self.kind}.",
                    f"Call it {rule.paths[0]}, or say in your mapping which column it is.",
                )  # fmt: skip
        return columns

    def _key_columns(self, columns: Mapping[str, int]) -> tuple[int, ...]:
        for fields in self.keys:
            found = [self._columns_of(columns, field=field) for field in fields]
            if found[0]:
                return tuple(of_field[0] for of_field in found if of_field)
        return ()

    def _columns_of(self, columns: Mapping[str, int], *, field: str = "", type_name: str = "") -> list[int]:
        """Columns of this field or of all fields of this type, in the order in which the mapping prefers them."""
        return [columns[path] for path in self._paths_of(columns, field=field, type_name=type_name)]

    def _paths_of(self, columns: Mapping[str, int], *, field: str = "", type_name: str = "") -> list[str]:
        rules = [rule for rule in self.mapping.rules(self.kind) if field == rule.field or type_name == rule.type]
        return [path for rule in rules for path in rule.paths if path in columns]

    def _looked_through(self, stream: TextIO, shape: Shape) -> Shape:
        amounts, dates = AmountEvidence(), DateEvidence()
        looks = [
            *((column, amounts.see) for column in self._columns_of(shape.columns, type_name="decimal")),
            *((column, dates.see) for column in self._columns_of(shape.columns, type_name="date")),
        ]
        seen: set[tuple[str, ...]] = set()
        repeated: set[tuple[str, ...]] = set()
        row = Row(0, [])
        for row in read_rows(stream, shape.separator, len(shape.headings), shape.heading_line + 1):
            if row.why:
                continue
            for column, see in looks:
                if cell := row.cells[column]:
                    see(cell, row.line, shape.headings[column])
            if key := shape.key_of(row.cells):
                (repeated if key in seen else seen).add(key)
        if row.why and not self._ends_with_line_end():
            raise Refused(
                f"line {row.line}", "", "The last line is cut off: the file is not complete.",
                "Wait until it is, or export it again.",
            )  # fmt: skip
        return replace(
            shape,
            decimal_mark=amounts.decide()
            if self.style.decimal_mark == "auto"
            else DecimalMark(self.style.decimal_mark),
            date_order=dates.decide() if self.style.dates == "auto" else DateOrder(self.style.dates),
            repeated=frozenset(repeated),
        )

    def _ends_with_line_end(self) -> bool:
        with self.path.open("rb") as stream:
            stream.seek(-min(2, self.path.stat().st_size), SEEK_END)
            end = stream.read()
        return b"\n" in end or b"\r" in end

    def has_column(self, shape: Shape, field: str) -> bool:
        """Whether the file has a column for this field."""
        return bool(self._columns_of(shape.columns, field=field))

    def fields_of(self, shape: Shape) -> Iterator[tuple[str, str]]:
        """Each field that the file has, with the heading that it is first taken from."""
        for rule in self.mapping.rules(self.kind):
            for column in self._columns_of(shape.columns, field=rule.field)[:1]:
                yield rule.field, shape.headings[column]

    # ---------------------------------------------------------------------------------- its records

    def records(self, shape: Shape) -> Iterator[tuple[int, str, dict[str, object] | Fault]]:
        """Line number, name and our fields of each record, or the fault of its row."""
        convert: dict[str, Convert] = {
            "decimal": amount_reader(shape.decimal_mark),
            "date": date_reader(shape.date_order),
        }
        read = self.mapping.reader(self.kind, columns=shape.columns.keys(), convert=convert)
        columns = shape.columns.items()
        with self._open(shape.encoding) as stream:
            for _ in range(shape.heading_line):
                stream.readline()
            for line, cells, why in read_rows(stream, shape.separator, len(shape.headings), shape.heading_line + 1):
                if why:
                    yield line, "", self.fault(line, "", why, "Correct the row, or export it again.")
                    continue
                key = shape.key_of(cells)
                name = key[0] if key else ""
                if key in shape.repeated:
                    yield line, name, self._repeated(line, name, shape)
                    continue
                record: dict[str, object] = {path: cells[column] for path, column in columns}
                try:
                    ours = read(record)
                except MappingError as error:
                    yield line, name, self.misfit(line, name, shape, error)
                    yield from self._without_spare(line, name, shape, read, record, error)
                else:
                    yield line, name, ours

    def _without_spare(
        self, line: int, name: str, shape: Shape, read: ReadRecord, record: dict[str, object], error: MappingError
    ) -> Iterator[tuple[int, str, dict[str, object] | Fault]]:
        """The record without the field that was wrong, if it can do without; what else is wrong is told next time."""
        if error.field in self.spare:
            paths = self._paths_of(shape.columns, field=error.field)
            with suppress(MappingError):
                yield line, name, read({path: cell for path, cell in record.items() if path not in paths})

    def _repeated(self, line: int, name: str, shape: Shape) -> Fault:
        headings = ", ".join(shape.headings[column] for column in shape.key_columns)
        return self.fault(
            line, name, "This key stands in more than one row of the file, so none of them can be trusted.",
            f"Let each {self.kind} have one row with its own {headings}.", column=headings, seen=name,
        )  # fmt: skip

    def misfit(self, line: int, name: str, shape: Shape, error: MappingError) -> Fault:
        """The fault of a record that does not fit the mapping, in the words of the file's own headings."""
        columns = self._columns_of(shape.columns, field=error.field)
        column = " or ".join(shape.headings[position] for position in columns) or error.field
        return self.fault(line, name, error.why, error.remedy_at(column), column=column, seen=error.seen)

    def fault(self, line: int, name: str, why: str, remedy: str, *, column: str = "", seen: str = "") -> Fault:
        """A fault of one row, named after its record where that is known: tomorrow it stands on another line."""
        file = self.path.name
        return Fault(
            record=f"{self.kind} {name}" if name else f"{file} line {line}",
            where=f"{file}, line {line}{', column ' + column if column else ''}",
            seen=seen,
            why=why,
            remedy=remedy,
        )


_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def fold(heading: str) -> str:
    """A heading without case, accents, spaces and signs: how headings are compared."""
    bare = unicodedata.normalize("NFKD", heading.casefold().replace("ß", "ss"))
    return _NOT_LETTERS.sub("", bare)


def _split(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator))
    except csv.Error:
        return [line]
