"""What the product imports is declared, so that an installation has it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires

from tests.tidy.sources import PRODUCT, Source, none_of, product

COMES_WITH = {"starlette": "fastapi", "pydantic-core": "pydantic", "psycopg": "the extra postgresql"}
"""Parts of a declared library that are imported by their own name."""


def test_every_library_that_the_product_imports_is_declared() -> None:
    distributions = packages_distributions()
    declared = {_normal(re.split(r"[^\w.-]", wanted)[0]) for wanted in requires("sepa-connector") or ()}
    none_of(
        f"{place}: {library} is in no dependency of pyproject.toml"
        for source in product()
        for place, library in _libraries(source)
        if not {_normal(name) for name in distributions.get(library, [library])} & (declared | COMES_WITH.keys())
    )


def _libraries(source: Source) -> Iterator[tuple[str, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for library in (module.partition(".")[0] for module in modules):
                if library not in sys.stdlib_module_names and library not in PRODUCT:
                    yield source.at(node), library


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
