"""The house itself: names of rooms, texts in every language, words on every public door, nothing left lying about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.tidy.sources import Function, Source, names, none_of, product, python, texts

ROOMS_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff", "base_utils"}
LANGUAGES = ("de", "en", "fr", "nl")

# Each is put together here, so that this file does not find itself.
LEFT_OVER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "HA" + "CK")) + r")\b")
PLACE_OF_A_MACHINE = re.compile(r"(?<![\w.])/(home|root|work|Users)/[\w.]|\b[A-Z]:\\\\?Users\b")
REGISTRY = re.compile(
    r"\b(pypi" + r"\.org|pythonhosted" + r"\.org|npmjs" + r"\.(org|com)|deb\.debian" + r"\.org)\b"
    r"|(?<!no-emit)-(?:index-url|find" + r"-links)\b"
)


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Every line of the project that a pattern is found in, with its place."""
    return [
        f"{source.name}:{number}: {found.group()}"
        for source in texts()
        if source.name != "LICENSE"
        for number, line in enumerate(source.text.splitlines(), 1)
        if (found := pattern.search(line))
    ]


def test_nothing_is_left_to_do() -> None:
    none_of(lines_with(LEFT_OVER))


def test_no_file_names_a_place_of_one_machine() -> None:
    none_of(lines_with(PLACE_OF_A_MACHINE))


def test_no_file_names_a_package_registry() -> None:
    none_of(lines_with(REGISTRY))


def test_every_room_says_what_it_is_for() -> None:
    vague = [name for name in names() if ROOMS_THAT_SAY_NOTHING & set(PurePosixPath(name).with_suffix("").parts)]
    none_of(vague)


def test_what_a_person_reads_exists_in_every_language() -> None:
    present = {name for name in names() if Source(name).is_product}
    missing = {
        sibling
        for name in present
        for language in LANGUAGES
        if f".{language}." in PurePosixPath(name).name
        for other in LANGUAGES
        if (sibling := name.replace(f".{language}.", f".{other}.")) not in present
    }
    none_of(missing)


def test_every_file_begins_with_its_job() -> None:
    none_of(source.name for source in python() if source.text.strip() and not ast.get_docstring(source.tree))


def test_every_public_door_of_the_product_has_its_words() -> None:
    silent = [
        f"{source.at(node)}: {node.name}"
        for source in product()
        for node in _public(source.tree)
        if not ast.get_docstring(node)
    ]
    none_of(silent)


def _public(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes, and methods of some length whose contract stands in no base class."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef) and not node.bases:
                methods = (child for child in node.body if isinstance(child, Function))
                yield from (child for child in methods if len(child.body) > 2 and not child.name.startswith("_"))
