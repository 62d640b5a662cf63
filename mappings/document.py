"""A mapping file as it is written: read from YAML with the position of every key, checked, and extended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mappings.errors import MappingFileError, Place, nearest
from mappings.values import CONVERTERS

TOP_KEYS = ("extends", "paths", "tables", "records")
RULE_KEYS = ("path", "constant", "table", "default", "otherwise", "keep_unknown", "type", "required")
PATH_STYLES = ("nested", "flat")

Scalar = str | int | bool | None


@dataclass(frozen=True, slots=True)
class WrittenRule:
    """What a file says about one field: only the keys that it gives, each with its place."""

    place: Place
    given: Mapping[str, object]
    places: Mapping[str, Place]

    def extended(self, own: WrittenRule) -> WrittenRule:
        """This rule with the keys that a company's own file gives; a new path ends a constant."""
        kept = dict(self.given)
        if "path" in own.given and "constant" not in own.given:
            kept.pop("constant", None)
        return WrittenRule(own.place, kept | dict(own.given), {**self.places, **own.places})


@dataclass(frozen=True, slots=True)
class Document:
    """One mapping file.

    Attributes:
        paths: "nested" (party.name looks into party) or "flat" (a path is a column, dots and all).
        tables: per table, the package's value -> ours.
        records: per kind of record and field, its rule; None takes a field away from what is extended.
    """

    file: str
    extends: str | None
    extends_place: Place
    paths: str | None
    tables: Mapping[str, Mapping[Scalar, Scalar]] = field(default_factory=dict)
    records: Mapping[str, Mapping[str, WrittenRule | None]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)

    def extended(self, own: Document) -> Document:
        """This mapping with a company's own laid over it: what the own file does not say stays."""
        tables = dict(self.tables)
        for name, entries in own.tables.items():
            # Own entries first: the first entry for a value of ours is the one that is written back.
            base = tables.get(name, {})
            tables[name] = {**entries, **{key: value for key, value in base.items() if key not in entries}}
        records = {kind: dict(fields) for kind, fields in self.records.items()}
        for kind, fields in own.records.items():
            kept = records.setdefault(kind, {})
            for name, rule in fields.items():
                base_rule = kept.get(name)
                kept[name] = base_rule.extended(rule) if base_rule and rule else rule
        return Document(
            own.file,
            self.extends,
            self.extends_place,
            self.paths,
            tables,
            records,
            {**self.places, **own.places},
        )


def read_document(path: Path) -> Document:
    """Read a mapping file.

    Raises:
        MappingFileError: it can't be read, or says something that a mapping can't say.
    """
    return _Reader(path).document()


class _Reader:
    """Reads one file; keeps its name for the places."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = str(path)
        self.start = Place(self.file, 1, 1)
        self.places: dict[str, Place] = {}

    def document(self) -> Document:
        top = self._load()
        self._check_keys(top, "", TOP_KEYS)
        extends = self._text(top, "", "extends")
        style = self._text(top, "", "paths")
        if style is not None and style not in PATH_STYLES:
            raise MappingFileError(
                self._place(top, "paths"), "paths", f"{style!r} is no style of paths.", nearest(style, PATH_STYLES)
            )
        return Document(
            self.file,
            extends,
            self._place(top, "extends"),
            style,
            {name: self._table(name, entries) for name, entries in self._children(top, "", "tables")},
            {kind: self._fields(kind, rules) for kind, rules in self._children(top, "", "records")},
            self.places,
        )

    def _load(self) -> CommentedMap:
        try:
            with self.path.open("rb") as stream:
                top = YAML(typ="rt").load(stream)
        except OSError as error:
            raise MappingFileError(
                self.start, "", f"The mapping can't be read ({error.strerror}).", "Give the path of a mapping file."
            ) from error
        except MarkedYAMLError as error:
            mark = error.problem_mark
            place = Place(self.file, mark.line + 1, mark.column + 1) if mark else self.start
            problem = (error.problem or "unreadable").splitlines()[0]
            raise MappingFileError(
                place, "", f"This is not YAML: {problem}.", "Correct the line; spaces at its start matter."
            ) from error
        except (YAMLError, UnicodeDecodeError) as error:
            raise MappingFileError(
                self.start, "", "This is not a text file in UTF-8 with YAML.", "Save it as UTF-8."
            ) from error
        if top is None:
            return CommentedMap()
        if not isinstance(top, CommentedMap):
            raise MappingFileError(
                self.start, "", "A mapping starts with keys.", f"Write {', '.join(TOP_KEYS)} at its left edge."
            )
        return top

    def _place(self, parent: CommentedMap, key: object) -> Place:
        line, column = parent.lc.key(key) if key in parent else (0, 0)
        return Place(self.file, line + 1, column + 1)

    def _check_keys(self, node: CommentedMap, above: str, known: tuple[str, ...]) -> None:
        for key in node:
            if key not in known:
                raise MappingFileError(
                    self._place(node, key), f"{above}{key}", "This key is not known.", nearest(str(key), known)
                )

    def _text(self, node: CommentedMap, above: str, key: str) -> str | None:
        value = node.get(key)
        if value is not None and not isinstance(value, str):
            raise MappingFileError(self._place(node, key), f"{above}{key}", f"{value!r} is not text.", "Write a word.")
        return value

    def _children(self, parent: CommentedMap, above: str, key: str) -> Iterator[tuple[str, CommentedMap]]:
        """The named sections below a key."""
        section = parent.get(key)
        if section is None:
            return
        if not isinstance(section, CommentedMap):
            raise MappingFileError(
                self._place(parent, key), f"{above}{key}", "Here belong names with their keys below them.",
                "Indent them by two spaces.",
            )  # fmt: skip
        for name, child in section.items():
            self.places[f"{key}.{name}"] = self._place(section, name)
            if child is None:
                continue
            if not isinstance(name, str) or not isinstance(child, CommentedMap):
                raise MappingFileError(
                    self._place(section, name), f"{key}.{name}", "This name needs keys below it.",
                    "Indent them by two spaces.",
                )  # fmt: skip
            yield name, child

    def _table(self, name: str, entries: CommentedMap) -> dict[Scalar, Scalar]:
        for theirs, ours in entries.items():
            if not isinstance(ours, Scalar) or not isinstance(theirs, Scalar):
                raise MappingFileError(
                    self._place(entries, theirs),
                    f"tables.{name}.{theirs}",
                    "An entry of a table is one value and what it means.",
                    "Write the package's value, a colon, and ours.",
                )
        return dict(entries)

    def _fields(self, kind: str, rules: CommentedMap) -> dict[str, WrittenRule | None]:
        fields: dict[str, WrittenRule | None] = {}
        for name, written in rules.items():
            key = f"records.{kind}.{name}"
            place = self.places[key] = self._place(rules, name)
            fields[str(name)] = None if written is None else self._rule(key, place, written)
        return fields

    def _rule(self, key: str, place: Place, written: object) -> WrittenRule:
        if not isinstance(written, CommentedMap):
            return WrittenRule(place, {"path": self._paths(key, place, written)}, {"path": place})
        self._check_keys(written, f"{key}.", RULE_KEYS)
        places = {name: self._place(written, name) for name in written}
        given = dict(written)
        if "path" in given:
            given["path"] = self._paths(f"{key}.path", places["path"], given["path"])
        for name, expected, advice in (
            ("required", bool, "Write true or false."),
            ("keep_unknown", bool, "Write true or false."),
            ("table", str, "Write the name of a table."),
            ("type", str, f"Write one of {', '.join(CONVERTERS)}."),
        ):
            if name in given and not isinstance(given[name], expected):
                raise MappingFileError(places[name], f"{key}.{name}", f"{given[name]!r} does not fit.", advice)
        type_name = given.get("type")
        if type_name is not None and type_name not in CONVERTERS:
            raise MappingFileError(
                places["type"], f"{key}.type", f"There is no type {type_name}.", nearest(str(type_name), CONVERTERS)
            )
        return WrittenRule(place, given, places)

    def _paths(self, key: str, place: Place, written: object) -> tuple[str, ...]:
        paths = tuple(written) if isinstance(written, list) else (written,)
        if not paths or not all(isinstance(path, str) and path.strip() for path in paths):
            raise MappingFileError(
                place, key, f"{written!r} is not a path.", "Write a path in quotes, or a list of paths."
            )
        return tuple(str(path) for path in paths)
