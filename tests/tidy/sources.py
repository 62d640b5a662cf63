"""The sources that the rules look at, read and parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("adapters", "bankfiles", "connector", "mappings")
MIGRATIONS = "connector/store/migrations/versions/"
"""Written once and never touched again: a list of tables, as long as it must be."""


@dataclass(frozen=True)
class Source:
    """A text file of the project; `name` is its path from the root, with slashes."""

    name: str

    @cached_property
    def text(self) -> str:
        """Its content; golden files of banks may have another encoding, of which the signs of ASCII are enough."""
        return (ROOT / self.name).read_text(encoding="utf-8", errors="replace")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax, for Python only."""
        return ast.parse(self.text, self.name)

    @property
    def is_product(self) -> bool:
        """Whether it is a part of what is installed."""
        return self.name.startswith(tuple(f"{folder}/" for folder in PRODUCT))

    def at(self, node: ast.stmt | ast.expr | ast.excepthandler) -> str:
        """Where a node stands, as an editor reads it."""
        return f"{self.name}:{node.lineno}"


@lru_cache
def names() -> tuple[str, ...]:
    """Every file that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(sorted({name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}))


@lru_cache
def texts() -> tuple[Source, ...]:
    """Every text file."""
    return tuple(Source(name) for name in names() if b"\0" not in (ROOT / name).read_bytes()[:8192])


@lru_cache
def python() -> tuple[Source, ...]:
    """Every Python file."""
    return tuple(Source(name) for name in names() if name.endswith(".py"))


@lru_cache
def product() -> tuple[Source, ...]:
    """Every Python file of the product but its migrations."""
    return tuple(source for source in python() if source.is_product and not source.name.startswith(MIGRATIONS))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> Iterator[Function]:
    """Every function and method, nested ones included."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def dotted(node: ast.expr) -> str:
    """A name as it is written, e.g. "datetime.datetime.now"; empty if it is no plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def none_of(breaches: Iterable[str]) -> None:
    """Fail with every breach of a rule on a line of its own."""
    if told := "\n".join(sorted(breaches)):
        pytest.fail(told, pytrace=False)
