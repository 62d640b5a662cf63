"""What this adapter writes into Odoo, in the language of the finance users."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from importlib.resources import files

from ruamel.yaml import YAML

from connector.model.customer import Language
from connector.texts.formatting import written


@lru_cache
def texts() -> dict[str, dict[str, str]]:
    """All texts by key and language, as texts.yaml has them."""
    found: dict[str, dict[str, str]] = YAML(typ="safe").load(
        (files(__package__) / "texts.yaml").read_text(encoding="utf-8")
    )
    return found


def text(language: Language, key: str, **facts: object) -> str:
    """A text with its facts, each written in the manner of the language. Plain text."""
    said = {name: written(language, fact) for name, fact in facts.items()}
    return texts()[key][language.value].format(**said)


def as_html(*paragraphs: str) -> str:
    """Plain paragraphs as the body of a note; whatever stands in them is shown, never obeyed."""
    return "".join(f"<p>{'<br/>'.join(escape(part).splitlines())}</p>" for part in paragraphs if part)
