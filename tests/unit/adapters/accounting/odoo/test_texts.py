"""What is written into Odoo is there in every language of ours, with the same facts; settings as people write them."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from adapters.accounting.odoo.settings import OdooSettings
from adapters.accounting.odoo.texts import as_html, texts
from connector.model.customer import Language

ROOT = Path(__file__).parents[5]


@pytest.mark.parametrize("key", sorted(texts()))
def test_every_text_is_there_in_every_language_with_the_same_facts(key: str) -> None:
    said = texts()[key]
    assert said.keys() == {language.value for language in Language}
    facts = {frozenset(name for _, name, _, _ in Formatter().parse(text) if name) for text in said.values()}
    assert len(facts) == 1


def test_paragraphs_are_shown_as_they_are() -> None:
    assert as_html("a < b\nc", "", "d & e") == "<p>a &lt; b<br/>c</p><p>d &amp; e</p>"


def test_the_source_that_the_example_shows_is_right() -> None:
    lines = (ROOT / "config.example.yaml").read_text(encoding="utf-8").splitlines()
    start = lines.index("  # - name: odoo")
    shown = []
    for line in lines[start + 1 :]:
        if not line.startswith("  #   "):
            break
        shown.append(line.removeprefix("  #   "))
    source = YAML(typ="safe").load("\n".join(shown))
    assert source.pop("adapter") == "odoo"
    settings = OdooSettings.model_validate(source)
    assert (settings.company, settings.journal, settings.fee_account) == (1, "BNK1", "650000")


@pytest.mark.parametrize(
    ("name", "value"),
    [("page_size", 0), ("page_size", 1001), ("company", 0), ("overlap_minutes", -1), ("protocol", "xmlrpc")],
)
def test_a_setting_out_of_its_bounds_is_refused(name: str, value: object) -> None:
    given = {"url": "https://odoo.example.org", "database": "books", "company": 1, "key": "k", name: value}
    with pytest.raises(ValidationError, match=name):
        OdooSettings.model_validate(given)


def test_the_key_is_not_shown() -> None:
    settings = OdooSettings.model_validate(
        {"url": "https://odoo.example.org/", "database": "books", "company": 1, "key": "s3cr3t"}
    )
    assert "s3cr3t" not in repr(settings)
    assert settings.url == "https://odoo.example.org"
