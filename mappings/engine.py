"""Mappings: how a package's record becomes ours and back.

    mapping = load("files", own=Path("my-mapping.yaml"))
    mapping.read("customer", {"customer_id": "17", "name": "Bakkerij Peeters"})  # -> our fields
    mapping.write("mandate", {"reference": "M-1", "scheme": "CORE"})  # -> theirs

A mapping is compiled once; reading a record takes microseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from functools import cache
from pathlib import Path

from mappings.columns import column_of
from mappings.document import Document, WrittenRule, read_document
from mappings.errors import MappingFileError, Place, nearest
from mappings.fields import FIELDS
from mappings.reading import compiled
from mappings.rule import MISSING, FieldRule, Record, Table
from mappings.values import CONVERTERS, Convert

BUILT_IN = Path(__file__).parent

ReadRecord = Callable[[Record], dict[str, object]]
ReadRecords = Callable[[Sequence[Record]], dict[str, list[object]]]


class Mapping:
    """A compiled mapping of one package."""

    def __init__(self, name: str, rules: MappingOf[str, tuple[FieldRule, ...]]) -> None:
        self.name = name
        self._rules = rules
        self._readers = {kind: self.reader(kind) for kind in rules}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of record that it maps, e.g. customer."""
        return tuple(self._rules)

    def rules(self, kind: str) -> tuple[FieldRule, ...]:
        """The rules of one kind of record, in the order in which the file gives them."""
        return self._rules[kind]

    def read(self, kind: str, record: Record) -> dict[str, object]:
        """The package's record in our fields: every field of the mapping, its default where nothing is there.

        Raises:
            MappingError: a required field is missing, or a value does not fit its type or table.
        """
        return self._readers[kind](record)

    def reader(
        self,
        kind: str,
        columns: Collection[str] | None = None,
        convert: MappingOf[str, Convert] | None = None,
    ) -> ReadRecord:
        """A `read` for many records of one shape.

        Args:
            columns: the paths that occur in these records, where that is known: others are not looked for.
            convert: converters that take the place of those of a type, e.g. {"date": ...}.
        """
        converters = convert or {}
        fields = [
            (rule.field, compiled(_narrowed(rule, columns), converters.get(rule.type))) for rule in self._rules[kind]
        ]

        def read(record: Record) -> dict[str, object]:
            return {field: value(record) for field, value in fields}

        return read

    def columns(self, kind: str) -> ReadRecords:
        """A `read` for the records of a page: each of our fields with its value for all of them, in their order.

        It raises the MappingError of one of them that does not fit; which one it was, `read` tells of each.
        """
        fields = [(rule.field, column_of(rule)) for rule in self._rules[kind]]

        def read(records: Sequence[Record]) -> dict[str, list[object]]:
            return {field: column(records) for field, column in fields}

        return read

    def write(self, kind: str, ours: Record) -> dict[str, object]:
        """Our fields as the package's record. A field that we have no value for is left out.

        Raises:
            MappingError: a required field is missing, or a table has no entry for a value.
        """
        theirs: dict[str, object] = {}
        for rule in self._rules[kind]:
            rule.write(ours, theirs)
        return theirs


def load(name: str | Path, own: Path | None = None) -> Mapping:
    """Load the mapping of a package, and a company's own file over it.

    Args:
        name: of a built-in mapping, e.g. "files"; or the path of the mapping that an adapter brings along.
        own: the company's file: it overrides or adds single fields and table entries, the rest stays.

    Raises:
        MappingFileError: a file is wrong; it says where and what to write.
    """
    path = name if isinstance(name, Path) else BUILT_IN / f"{name}.yaml"
    base = _shipped(path)
    if own is None:
        return _compile(path.stem, base)
    document = read_document(own)
    _check_own(path.stem, base, document)
    return _compile(path.stem, base.extended(document))


@cache
def _shipped(path: Path) -> Document:
    """A mapping that ships with the product or an adapter: every source of the package has it, and it takes 0.1 s."""
    return read_document(path)


def _narrowed(rule: FieldRule, columns: Collection[str] | None) -> FieldRule:
    """The rule with those of its paths that occur; where none does, its default without looking."""
    if columns is None or rule.constant is not MISSING:
        return rule
    paths = tuple(path for path in rule.paths if path in columns)
    if not paths and not rule.required:
        return replace(rule, constant=rule.default)
    return replace(rule, paths=paths or rule.paths)  # a required field that is missing is told with all its paths


def _check_own(name: str, base: Document, own: Document) -> None:
    """A company's file may only speak of what its base or our nouns know."""
    if own.extends not in (None, name):
        raise MappingFileError(
            own.extends_place, "extends", f"This mapping is for {own.extends}, not for {name}.",
            f"Write extends: {name}.",
        )  # fmt: skip
    for kind, fields in own.records.items():
        if kind not in base.records:
            key = f"records.{kind}"
            raise MappingFileError(own.places[key], key, f"There is no record {kind}.", nearest(kind, base.records))
        known = {*base.records[kind], *FIELDS.get(kind, ())}
        for field in fields:
            if field not in known:
                key = f"records.{kind}.{field}"
                raise MappingFileError(own.places[key], key, f"There is no field {field}.", nearest(field, known))


def _compile(name: str, document: Document) -> Mapping:
    tables = {table: Table.of(table, entries) for table, entries in document.tables.items()}
    nested = document.paths != "flat"
    return Mapping(
        name,
        {
            kind: tuple(
                _rule(kind, field, written, tables, nested=nested)
                for field, written in fields.items()
                if written is not None
            )
            for kind, fields in document.records.items()
        },
    )


def _rule(kind: str, field: str, written: WrittenRule, tables: MappingOf[str, Table], *, nested: bool) -> FieldRule:
    given, key = written.given, f"records.{kind}.{field}"
    paths, constant, type_name = given.get("path", ()), given.get("constant", MISSING), given.get("type")
    assert isinstance(paths, tuple)
    if not paths and constant is MISSING and "default" not in given:
        raise MappingFileError(
            written.place, key, "This field comes from nowhere.", "Give it a path, a constant or a default."
        )
    table_name = given.get("table")
    if table_name is not None and table_name not in tables:
        place: Place = written.places["table"]
        raise MappingFileError(
            place, f"{key}.table", f"There is no table {table_name}.", nearest(str(table_name), tables)
        )
    assert type_name is None or type_name in CONVERTERS
    return FieldRule(
        kind=kind,
        field=field,
        paths=paths,
        type=str(type_name or FIELDS.get(kind, {}).get(field, "any")),
        table=tables[str(table_name)] if table_name else None,
        constant=constant,
        default=given.get("default"),
        otherwise=given.get("otherwise", MISSING),
        keep_unknown=bool(given.get("keep_unknown", False)),
        required=bool(given.get("required", False)),
        nested=nested,
    )
