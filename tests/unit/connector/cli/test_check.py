"""Rules of `check`: every mistake and every probe is told, with what to do; a customer is shown as it is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.connector.cli.typed import Command
from tests.unit.connector.third_party import MINIMAL, install


def test_a_sound_installation_passes_and_shows_a_customer_without_a_whole_iban(installed: Command) -> None:
    said = installed("check")
    assert said.code == 0
    assert "✗" not in said.out
    assert "Café Müller" in said.out
    assert "DE89***************000" in said.out
    assert "DE89370400440532013000" not in said.out


def test_it_reminds_of_the_official_mandate_texts(installed: Command) -> None:
    assert "official translations" in installed("check").out


def test_mistakes_are_listed_on_standard_output_and_end_with_2(installed: Command, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("langage: nl\n", "utf-8")
    said = installed("check")
    assert said.code == 2
    assert "config.yaml:1:1: langage: There is no key langage here. Did you mean language?" in said.out
    assert "6 to correct" in said.out


def test_mistakes_can_be_read_by_a_program(installed: Command, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("langage: nl\n", "utf-8")
    told = {one["key"]: one for one in installed("check", "--json").objects}
    assert {one["kind"] for one in told.values()} == {"mistake"}
    assert (told["langage"]["line"], told["langage"]["column"]) == (1, 1)
    assert told["langage"]["remedy"] == "Did you mean language?"


def test_a_failed_probe_says_what_to_do_and_ends_with_1(installed: Command, tmp_path: Path) -> None:
    (tmp_path / "bank" / "inbox").rmdir()
    said = installed("check")
    assert said.code == 1
    assert "✗ bank-main: inbox" in said.out
    assert "Make the folder" in said.out


def test_secrets_that_others_may_read_are_told(installed: Command, tmp_path: Path) -> None:
    (tmp_path / "secret").chmod(0o644)
    assert "chmod 600 secret" in installed("check").out


def test_data_is_made_for_its_owner_alone_and_others_who_may_read_it_are_told(
    installed: Command, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in data.glob("*.db*")} == {0o600}
    assert "rights of" not in installed("check").out
    data.chmod(0o755)
    assert f"chmod 700 {data}" in installed("check").out


def test_a_database_that_can_not_be_reached_is_told_without_its_password(installed: Command, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    url = "database: postgresql://sepa:hunter22@127.0.0.1:1/sepa\n"
    config.write_text(config.read_text("utf-8") + url, "utf-8")
    said = installed("check")
    assert said.code == 1
    assert "✗ database" in said.out
    assert "Connection refused." in said.out
    assert "psycopg" not in said.out
    assert "hunter22" not in said.out + said.err


def test_probes_and_sample_can_be_read_by_a_program(installed: Command) -> None:
    told = installed("check", "--json").objects
    assert {one["kind"] for one in told} == {"probe", "sample"}
    assert all(one["ok"] for one in told if one["kind"] == "probe")
    assert told[-1]["customer"]["name"] == "Café Müller"


def test_what_adapters_can_not_do_and_why_one_failed_is_told(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch)
    (tmp_path / "config.yaml").write_text(MINIMAL, "utf-8")
    said = command("check")
    assert said.code == 1
    assert "! books: no storing mandates" in said.out
    assert "! mandates: no handing out the signed document" in said.out
    assert "✗ bank-main: The box is locked.\n  → Open it." in said.out
    assert "no customer to show" in said.out


def test_the_schema_is_json(command: Command) -> None:
    assert json.loads(command("check", "--schema").out)["$defs"]["Creditor"]
