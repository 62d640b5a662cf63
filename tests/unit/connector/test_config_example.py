"""The example of the repository is right as it stands, and the schema beside it is that of the models."""

from __future__ import annotations

import json
import re
from pathlib import Path

from connector.config import json_schema, load
from connector.discovery import AdapterKind

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "config.example.yaml"


def test_the_example_loads_once_its_secrets_are_there(tmp_path: Path) -> None:
    config_file = tmp_path / "config.yaml"
    config_file.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "secret").write_text("0" * 40, encoding="utf-8")
    config = load(config_file, {"SEPA_MAIL_PASSWORD": "hunter22"})
    assert [creditor.id for creditor in config.creditors] == ["main"]
    assert [source.adapter for source in config.sources] == ["files"]


def test_every_key_that_the_example_shows_as_a_comment_is_known(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for shown in ("database", "bic", "colour", "mandate_prefix", "creditor", "texts"):
        text = text.replace(f"# {shown}: ", f"{shown}: ")
    config_file = tmp_path / "config.yaml"
    config_file.write_text(text, encoding="utf-8")
    (tmp_path / "secret").write_text("0" * 40, encoding="utf-8")
    environ = {"SEPA_MAIL_PASSWORD": "hunter22", "SEPA_DATABASE_PASSWORD": "pw"}
    assert load(config_file, environ).creditors[0].bic == "GKCCBEBB"


def test_the_schema_for_editors_is_that_of_the_models() -> None:
    stored = json.loads((ROOT / "docs" / "config.schema.json").read_text(encoding="utf-8"))
    assert stored == json_schema(), "run: sepa-connector check --schema > docs/config.schema.json"


def test_the_example_names_its_schema_in_its_first_line() -> None:
    first_line = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=docs/config.schema.json"


def test_every_key_of_ours_has_its_meaning_in_the_documents() -> None:
    told = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")))
    schema = json_schema()
    ours = [model for name, model in schema["$defs"].items() if not name.startswith(tuple(AdapterKind))]
    keys = {key for model in (schema, *ours) for key in model.get("properties", {})}
    assert keys - told == set()
