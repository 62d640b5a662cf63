"""Calls that the product does not make, each with what stands in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest

from tests.tidy.seams import without_seams
from tests.tidy.sources import Source, dotted, none_of, product

CLOCK = "take the clock, or the date, that is passed in"
CHANCE = "derive it from what is given (connector/ports: Surroundings.secret), or take it as an argument"

BANNED: Mapping[str, Mapping[str, str]] = {
    "clock": dict.fromkeys(
        (
            *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
            *("time.time", "time.time_ns", "time.localtime", "time.gmtime"),
        ),
        CLOCK,
    ),
    "chance": dict.fromkeys(
        (
            *("uuid1", "uuid4", "urandom"),
            *("random.random", "random.randint", "random.choice", "random.shuffle", "random.Random"),
            *("token_bytes", "token_hex", "token_urlsafe", "secrets.choice", "secrets.randbelow"),
        ),
        CHANCE,
    ),
    "float": {"float": "use Decimal; for seconds or sizes name the seam"},
}
"""By rule: the end of a call's name, and what to write instead."""


def calls(source: Source) -> Iterator[tuple[ast.expr, str]]:
    """Every plain name that is called or handed on, e.g. as a default factory."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            for part in (node.func, *node.args, *(keyword.value for keyword in node.keywords)):
                if name := dotted(part):
                    yield part, name


def is_call_of(name: str, banned: str) -> bool:
    """Whether a dotted name ends with the banned one, part by part."""
    return name == banned or name.endswith(f".{banned}")


@pytest.mark.parametrize("rule", sorted(BANNED))
def test_the_product_does_not_call(rule: str) -> None:
    found = [
        (source.name, f"{source.at(node)}: {name}: {instead} (or name the seam in tests/tidy/seams.py)")
        for source in product()
        for node, name in calls(source)
        for banned, instead in BANNED[rule].items()
        if is_call_of(name, banned)
    ]
    none_of(without_seams(rule, found))


def test_nothing_catches_every_error() -> None:
    found = [
        (source.name, f"{source.at(node)}: catch the errors that can be acted on, by name")
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node)
    ]
    none_of(without_seams("catch-all", found))


def _catches_all(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or dotted(kind) in ("Exception", "BaseException") for kind in caught)


SAFE_XML = {"resolve_entities": False, "no_network": True, "load_dtd": False}


def test_every_xml_parser_refuses_entities_network_and_dtd() -> None:
    parsers = ("etree.XMLParser", "etree.XMLPullParser", "etree.iterparse")
    unsafe = [
        f"{source.at(node)}: {dotted(node.func)} without {', '.join(f'{k}={v}' for k, v in SAFE_XML.items())}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and dotted(node.func) in parsers and not _is_safe(node)
    ]
    none_of(unsafe)


def _is_safe(call: ast.Call) -> bool:
    given = {word.arg: word.value.value for word in call.keywords if isinstance(word.value, ast.Constant)}
    return SAFE_XML.items() <= given.items()


def test_every_xml_document_is_parsed_by_a_parser_of_ours() -> None:
    unsafe = [
        f"{source.at(node)}: {dotted(node.func)} without a parser"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and dotted(node.func) in ("etree.parse", "etree.fromstring", "etree.XML")
        and len(node.args) < 2
        and not any(word.arg == "parser" for word in node.keywords)
    ]
    none_of(unsafe)
