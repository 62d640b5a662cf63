"""A config file as plain values, with the place of each of them.

Scalars stay the text that they were written as - but for true, false and null - so a post code keeps its zero and no
amount is ever a float; the models make of the text what they need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from connector.config.problems import KeyPath, Place, Problem
from connector.config.references import Unresolved, file_of, is_reference, resolve

_TAG = "tag:yaml.org,2002:"
_START = Place(1, 1)


@dataclass
class Document:
    """What a file says, and where.

    Attributes:
        content: dicts, lists, texts, booleans and None.
        keys, values: place of the key and of the value of each path.
        written: each scalar as it stands in the file.
        referred: values that came from elsewhere, by the text that refers to them.
        broken: paths whose value could not be had; there is a problem for each.
    """

    file: str
    folder: Path
    environ: Mapping[str, str]
    content: Any = None
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    referred: dict[str, str] = field(default_factory=dict)
    broken: set[KeyPath] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def problem(
        self, path: KeyPath, what: str, remedy: str, *, at: KeyPath | None = None, at_key: bool = False
    ) -> None:
        """Note a mistake at the value of a path, or at its key; `at` names another path where that has no place."""
        where = path if at is None else at
        places = (self.keys, self.values) if at_key else (self.values, self.keys)
        place = places[0].get(where) or places[1].get(where) or _START
        self.problems.append(Problem(self.file, place, path, what, remedy))


def parse(path: Path, environ: Mapping[str, str]) -> Document:
    """Read a file. Whatever is wrong with it stands in the problems of the document."""
    document = Document(str(path), path.parent, environ)
    try:
        root = YAML().compose(path.read_text(encoding="utf-8"))
    except OSError as error:
        remedy = "Make one with `sepa-connector init`, or name another with --config FILE."
        document.problem((), f"The file can't be read: {error.strerror}.", remedy)
    except UnicodeDecodeError:
        document.problem((), "The file is not UTF-8 text.", "Save it as UTF-8.")
    except YAMLError as error:
        _note_syntax(document, error)
    else:
        if isinstance(root, MappingNode):
            document.content = _Builder(document).build(root, ())
        else:
            document.problem((), "The file has no keys.", "Start from config.example.yaml.")
    return document


def referred_files(path: Path) -> list[Path]:
    """The files from which values of a config file come."""
    written = parse(path, {}).written.values()
    return [file for text in written if (file := file_of(text, path.parent)) is not None and file.is_file()]


def written_as(path: Path, key: KeyPath) -> str:
    """How a value stands in a config file, before what it refers to is put in its place; "" if it does not."""
    return parse(path, {}).written.get(key, "")


def _note_syntax(document: Document, error: YAMLError) -> None:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    place = Place(mark.line + 1, mark.column + 1) if mark else _START
    what = error.problem if isinstance(error, MarkedYAMLError) and error.problem else str(error)
    remedy = "Check indentation (spaces only), quotes and the colon after each key, here and on the line before."
    document.problems.append(Problem(document.file, place, (), f"This is not YAML: {what}.", remedy))


class _Builder:
    """Makes plain values of YAML nodes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.open_nodes: set[int] = set()

    def build(self, node: Node, path: KeyPath) -> Any:
        self.document.values[path] = _place(node)
        if isinstance(node, ScalarNode):
            return self._scalar(node, path)
        if id(node) in self.open_nodes:
            self.document.broken.add(path)
            self.document.problem(path, "This anchor contains itself.", "Write the value out.")
            return None
        self.open_nodes.add(id(node))
        built: Any = None
        if isinstance(node, MappingNode):
            built = self._mapping(node, path)
        elif isinstance(node, SequenceNode):
            built = self._sequence(node, path)
        self.open_nodes.discard(id(node))
        return built

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            below = (*path, key)
            if key in built:
                what = (
                    f"The key {key} stands here a second time; the first is on line {self.document.keys[below].line}."
                )
                problem = Problem(self.document.file, _place(key_node), below, what, "Keep one of them.")
                self.document.problems.append(problem)
                continue
            self.document.keys[below] = _place(key_node)
            built[key] = self.build(value_node, below)
        return built

    def _sequence(self, node: SequenceNode, path: KeyPath) -> list[Any]:
        return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]

    def _scalar(self, node: ScalarNode, path: KeyPath) -> str | bool | None:
        text = str(node.value)
        if node.tag == f"{_TAG}null":
            return None
        self.document.written[path] = text
        if node.tag == f"{_TAG}bool":
            return text.lower() == "true"
        try:
            value = resolve(text, self.document.folder, self.document.environ)
        except Unresolved as error:
            self.document.broken.add(path)
            self.document.problem(path, error.what, error.remedy)
            return text
        if is_reference(text):
            self.document.referred[text] = value
        return value


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
