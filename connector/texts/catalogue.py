"""The catalogue: every text of the product in one language, read from the YAML files of this folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from babel import Locale
from ruamel.yaml import YAML

from connector.model.customer import Language

# Dates and amounts as Europe writes them: "1 December 2026", not "December 1, 2026".
_LOCALES = {
    Language.DUTCH: "nl",
    Language.FRENCH: "fr",
    Language.GERMAN: "de",
    Language.ENGLISH: "en_GB",
}
_FORMS = frozenset({"one", "other"})
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class MissingText(LookupError):
    """The catalogue has no text of this key in this language: a fault of ours, found by tests."""


class MissingFact(LookupError):
    """A text needs a fact that was not given: a fault of ours, found by tests."""


@lru_cache
def locale_of(language: Language) -> Locale:
    """How amounts, dates and plurals are written in a language."""
    return Locale.parse(_LOCALES[language])


@lru_cache
def texts_in(language: Language) -> Mapping[str, str]:
    """All texts of a language by key; a text with forms stands under `key.one` and `key.other`."""
    texts: dict[str, str] = {}
    suffix = f".{language.value}.yaml"
    for file in files(__package__).iterdir():
        if file.name.endswith(suffix):
            room = file.name.removesuffix(suffix)
            content = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
            texts.update(_flattened(room, content))
    return MappingProxyType(texts)


def _flattened(prefix: str, node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield from _flattened(f"{prefix}.{key}", below)
    elif isinstance(node, str):
        yield prefix, node.strip()
    else:
        raise TypeError(f"The text {prefix} is {node!r}; put it in quotes.")


def template(language: Language, key: str, count: object = None) -> str:
    """The text of a key with its facts still open; its form is chosen by `count` where it has forms.

    Raises:
        MissingText: there is none.
        MissingFact: it has forms and no count was given.
    """
    texts = texts_in(language)
    if key in texts:
        return texts[key]
    if f"{key}.other" not in texts:
        raise MissingText(f"There is no text {key!r} in {language.value}; add it to connector/texts.")
    if not isinstance(count, int):
        raise MissingFact(f"The text {key!r} has forms; give it a whole number as `count`.")
    form = locale_of(language).plural_form(count)
    return texts.get(f"{key}.{form}", texts[f"{key}.other"])


def keys(language: Language) -> frozenset[str]:
    """Keys of all texts of a language; a text with forms has one key."""
    return frozenset(key.rpartition(".")[0] if key.rpartition(".")[2] in _FORMS else key for key in texts_in(language))


def placeholders(language: Language, key: str) -> frozenset[str]:
    """Names of the facts that a text uses, in any of its forms."""
    texts = texts_in(language)
    forms = [text for text in (texts.get(key), texts.get(f"{key}.one"), texts.get(f"{key}.other")) if text]
    if not forms:
        raise MissingText(f"There is no text {key!r} in {language.value}; add it to connector/texts.")
    return frozenset(name for text in forms for name in PLACEHOLDER.findall(text))
