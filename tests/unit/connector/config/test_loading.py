"""Rules of reading a config: defaults, values from elsewhere, paths from the file's folder, adapters opened."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from connector.config import load, open_installation, read
from connector.errors import ConfigError
from connector.model.customer import Language


def test_the_least_config_has_safe_defaults(config_file: Path) -> None:
    config = load(config_file, {})
    assert config.language is Language.ENGLISH
    assert config.time_zone.key == "Europe/Brussels"
    assert config.database_url == f"sqlite:///{config_file.parent / 'data' / 'sepa-connector.db'}"
    assert config.rules.collect.approval is False
    assert config.schedule.crontab == "30 2 * * *"
    assert config.web.host == "127.0.0.1"


def test_a_text_keeps_its_zeros_and_an_iban_loses_its_spaces(config_file: Path) -> None:
    creditor = load(config_file, {}).creditors[0]
    assert creditor.address.postcode == "0123"
    assert creditor.iban == "BE68539007547034"


def test_the_settings_of_an_adapter_stand_beside_its_name(config_file: Path, minimal: str) -> None:
    config_file.write_text(minimal.replace("url:", "rows: 5, limit: 2.30, cents: true, url:"), encoding="utf-8")
    source: Any = load(config_file, {}).sources[0]
    assert (source.adapter, source.rows, source.limit, source.cents) == ("books", 5, Decimal("2.30"), True)


def test_a_value_may_come_from_the_environment_or_from_a_file(config_file: Path, minimal: str) -> None:
    (config_file.parent / "secret").write_text("f" * 40 + "\n", encoding="utf-8")
    text = minimal.replace("0123456789abcdef0123456789abcdef", "file:secret")
    text = text.replace("url:", "password: '${BOOKS_PASSWORD}', url:")
    text += "database: postgresql://me:${DB_PASSWORD}@db/sepa\n"
    config_file.write_text(text, encoding="utf-8")
    config = load(config_file, {"BOOKS_PASSWORD": "hunter22", "DB_PASSWORD": "pw"})
    source: Any = config.sources[0]
    assert config.secret.get_secret_value() == "f" * 40
    assert source.password == SecretStr("hunter22")
    assert config.database_url == "postgresql://me:pw@db/sepa"


def test_no_secret_is_shown_by_a_config(config_file: Path, minimal: str) -> None:
    config_file.write_text(minimal.replace("url:", "password: hunter22, url:"), encoding="utf-8")
    shown = repr(load(config_file, {}))
    assert "hunter22" not in shown
    assert "0123456789abcdef" not in shown


def test_two_dollars_are_a_plain_one(config_file: Path, minimal: str) -> None:
    config_file.write_text(minimal.replace("Brouwerij De Kroon", "Kroon $${x}"), encoding="utf-8")
    assert load(config_file, {}).creditors[0].name == "Kroon ${x}"


def test_a_relative_sqlite_file_lies_beside_the_config(config_file: Path, minimal: str) -> None:
    config_file.write_text(minimal + "database: sqlite:///my.db\n", encoding="utf-8")
    assert load(config_file, {}).database_url == f"sqlite:///{config_file.parent / 'my.db'}"


def test_load_tells_all_mistakes_in_one_error(config_file: Path) -> None:
    config_file.write_text("language: xx\nlangage: nl\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(config_file, {})
    lines = str(raised.value).splitlines()
    assert lines[-1] == f"{config_file}:2:1: langage: There is no key langage here. Did you mean language?"
    assert f"{config_file}:1:11: language: 'xx' is not one of the words known here. Write nl, fr, de or en." in lines
    assert sum("is missing" in line for line in lines) == 5


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    config, problems = read(tmp_path / "none.yaml", {})
    assert config is None
    assert "sepa-connector init" in problems[0].remedy


def test_an_adapter_setting_may_not_bear_the_name_of_a_key_of_ours(config_file: Path, minimal: str) -> None:
    config_file.write_text(minimal.replace("adapter: books", "adapter: greedy"), encoding="utf-8")
    with pytest.raises(ConfigError, match="'greedy' has settings named creditor"):
        load(config_file, {})


def test_an_installation_is_opened_with_its_adapters_in_their_surroundings(config_file: Path) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    installation = open_installation(load(config_file, {}), lambda: now)
    package = installation.sources["books"].package
    assert installation.sources["books"].creditor == "main"
    assert package.name == "books"
    assert package.settings.url == "https://books.example.com"  # type: ignore[attr-defined]
    assert package.surroundings.folder == config_file.parent
    assert package.surroundings.secret == b"0123456789abcdef0123456789abcdef"
    assert installation.banks["main"].profile == "neutral"
    assert installation.folder == config_file.parent / "data"
    assert len(installation.adapters()) == 4
    installation.close()


def test_the_logo_is_found_from_the_folder_of_the_config(config_file: Path, minimal: str) -> None:
    (config_file.parent / "logo.png").write_bytes(b"png")
    config_file.write_text(minimal.replace("bank:", "logo: logo.png\n    bank:"), encoding="utf-8")
    installation = open_installation(load(config_file, {}), lambda: datetime(2026, 11, 24, tzinfo=UTC))
    assert installation.creditors["main"].logo == config_file.parent / "logo.png"
