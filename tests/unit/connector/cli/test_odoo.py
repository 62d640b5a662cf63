"""Rules of what a person types for Odoo: init, install, rotate-key; each against the counterpart, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.config import load
from tests.counterparts.odoo import Home, Kind, Town, odoo
from tests.unit.connector.cli.typed import Command, Said, init_words

KEY_FILE = "secret-source-key"


@contextmanager
def _town(version: int, home: Home = Home.VANILLA) -> Iterator[Town]:
    with odoo(version, home, clock=lambda: datetime.now(UTC)) as town:
        town.customer("Zoë Peeters", iban="BE68539007547034", email="zoe@example.org")
        yield town


@pytest.fixture
def town() -> Iterator[Town]:
    """Odoo 19, where keys may be made over the API."""
    with _town(19) as town:
        town.instance.programmatic_keys = True
        yield town


def _init(command: Command, town: Town, **other: str) -> Said:
    given = {
        "source.adapter": "odoo",
        "source.url": town.server.url,
        "source.database": town.database,
        "source.login": "connector",
        "source.key": town.keys["connector"],
        **other,
    }
    return command(*init_words(**given))


def _as_administrator(monkeypatch: pytest.MonkeyPatch, town: Town, login: str = "admin") -> None:
    monkeypatch.setenv("ODOO_ADMIN_LOGIN", login)
    monkeypatch.setenv("ODOO_ADMIN_KEY", town.keys[login])


# ------------------------------------------------------------------------------------------------------ install


def test_install_makes_what_check_misses(command: Command, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = _init(command, town)
    assert missing.code == 1
    assert "✗ books: mandates" in missing.out
    assert "sepa-connector odoo install" in missing.out
    _as_administrator(monkeypatch, town)
    said = command("odoo", "install")
    assert said.code == 0, said.out
    assert "✓ books: field x_sepa_mandate of res.partner: made" in said.out
    assert "sepa-connector check" in said.out
    assert command("check").code == 0


def test_install_twice_changes_nothing_and_can_be_read_by_a_program(
    command: Command, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    _init(command, town)
    _as_administrator(monkeypatch, town)
    first = command("odoo", "install", "--json").objects
    again = command("odoo", "install", "--json").objects
    assert [one["what"] for one in first] == [one["what"] for one in again]
    assert {one["kind"] for one in again} == {"probe"}
    assert {one["detail"] for one in again} == {"is there", "brought up to date"}


def test_install_without_an_administrator_says_which_variables_to_set(command: Command, town: Town) -> None:
    _init(command, town)
    said = command("odoo", "install")
    assert said.code == 2
    assert "ODOO_ADMIN_LOGIN" in said.err


def test_install_as_a_user_without_the_right_tells_each_refusal(
    command: Command, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    _init(command, town)
    _as_administrator(monkeypatch, town, "finance")
    said = command("odoo", "install")
    assert said.code == 1
    assert "✗ books: field x_sepa_mandate of res.partner" in said.out
    assert "do it again" in said.out


# --------------------------------------------------------------------------------------------------- rotate-key


def test_rotate_key_puts_a_new_key_into_the_file_that_the_config_names(
    command: Command, town: Town, tmp_path: Path
) -> None:
    _init(command, town)
    old = (tmp_path / KEY_FILE).read_text("utf-8").strip()
    said = command("odoo", "rotate-key")
    assert said.code == 0, said.out
    new = (tmp_path / KEY_FILE).read_text("utf-8").strip()
    assert town.instance.user_of_key(new) == town.users["connector"]
    assert town.instance.user_of_key(old) is None
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert "start it again" in said.out
    assert new not in said.out + said.err
    assert "✓ books: Odoo 19.0" in command("check").out


def test_rotate_key_of_a_key_in_the_environment_leaves_the_old_one_valid_and_says_what_to_do(
    command: Command, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODOO_KEY", town.keys["connector"])
    _init(command, town, **{"source.key": "${ODOO_KEY}"})
    said = command("odoo", "rotate-key")
    assert said.code == 0, said.out
    new = (tmp_path / "books-key.new").read_text("utf-8").strip()
    assert town.instance.user_of_key(new) == town.users["connector"]
    assert town.instance.user_of_key(town.keys["connector"]) == town.users["connector"]
    assert (tmp_path / "books-key.new").stat().st_mode & 0o777 == 0o600
    assert "${ODOO_KEY}" in said.out
    assert "stays valid" in said.out
    assert new not in said.out + said.err


def test_a_new_key_that_does_not_work_is_given_up_and_the_old_one_stays(
    command: Command, town: Town, tmp_path: Path
) -> None:
    _init(command, town)
    keys = len(town.instance.rows("res.users.apikeys"))
    town.server.troubles.stage(Kind.FAULT, "res.users.context_get", after=1)
    said = command("odoo", "rotate-key")
    assert said.code == 1
    assert "The old key stays in force." in said.out
    assert (tmp_path / KEY_FILE).read_text("utf-8").strip() == town.keys["connector"]
    assert len(town.instance.rows("res.users.apikeys")) == keys


def test_a_new_key_that_can_not_be_written_is_given_up_and_the_old_one_stays(
    command: Command, town: Town, tmp_path: Path
) -> None:
    _init(command, town)
    keys = len(town.instance.rows("res.users.apikeys"))
    (tmp_path / f"{KEY_FILE}.part").mkdir()
    said = command("odoo", "rotate-key")
    assert said.code == 1
    assert "can't be written" in said.out
    assert (tmp_path / KEY_FILE).read_text("utf-8").strip() == town.keys["connector"]
    assert len(town.instance.rows("res.users.apikeys")) == keys


def test_a_lost_answer_leaves_the_old_key_and_names_the_one_that_may_have_been_made(
    command: Command, town: Town, tmp_path: Path
) -> None:
    _init(command, town)
    town.server.troubles.stage(Kind.LOST_ANSWER, "res.users.apikeys.generate")
    said = command("odoo", "rotate-key")
    assert said.code == 1
    assert "'sepa-connector 20" in said.out
    assert (tmp_path / KEY_FILE).read_text("utf-8").strip() == town.keys["connector"]


def test_an_old_key_that_can_not_be_ended_is_told(command: Command, town: Town) -> None:
    _init(command, town)
    town.server.troubles.stage(Kind.FAULT, "res.users.apikeys.revoke")
    said = command("odoo", "rotate-key")
    assert said.code == 1
    assert "✗ books: old key" in said.out
    assert "Remove it in Odoo" in said.out


def test_where_keys_may_not_be_made_it_says_how_an_administrator_allows_it(command: Command) -> None:
    with _town(19) as town:
        _init(command, town)
        said = command("odoo", "rotate-key")
    assert said.code == 1
    assert "base.enable_programmatic_api_keys" in said.out


def test_a_version_that_makes_no_keys_says_how_to_do_it_by_hand(command: Command) -> None:
    with _town(17) as town:
        _init(command, town)
        said = command("odoo", "rotate-key")
    assert said.code == 1
    assert "This version of Odoo does not make keys over its API." in said.out
    assert "Preferences, Account Security" in said.out


# --------------------------------------------------------------------------------------------------------- init


def test_init_asks_for_the_login_and_suggests_the_first_company(command: Command, town: Town, tmp_path: Path) -> None:
    words = [word for word in init_words(**{"source.adapter": "odoo"}) if word != "--no-input"]
    asked = ["", "", "", town.server.url, town.database, "", "connector", town.keys["connector"], *[""] * 20]
    said = command(*words, answers="\n".join(asked))
    assert "Login of the user that you made for the connector" in said.out
    source = load(tmp_path / "config.yaml", {}).sources[0]
    assert (source.company, source.login) == (1, "connector")  # type: ignore[attr-defined]
    assert town.keys["connector"] not in said.out + (tmp_path / "config.yaml").read_text("utf-8")


def test_a_wrong_company_is_answered_with_those_that_the_key_sees(command: Command, town: Town) -> None:
    said = _init(command, town, **{"source.company": "7"})
    assert "✗ books: company 7: The key sees: 1 BE Company CoA." in said.out


# -------------------------------------------------------------------------------------------------------- check


def test_check_names_each_missing_right_once_with_the_group_that_gives_it(command: Command, town: Town) -> None:
    said = _init(command, town, **{"source.login": "bare", "source.key": town.keys["bare"]})
    assert said.code == 1
    assert "✗ books: right to write res.partner: It is missing." in said.out
    assert "✗ books: right to read account.journal: It is missing." in said.out
    assert 'Give the key\'s user the group "Invoicing"' in said.out
    assert "journal BNK1" not in said.out


def test_the_sample_is_a_customer_in_use(command: Command, town: Town) -> None:
    archived = min(row["id"] for row in town.instance.rows("res.partner") if not row["active"])
    assert archived == 1  # Odoo's own robot, which would come first
    said = _init(command, town)
    assert "OdooBot" not in said.out
    assert "A customer of books as it is read:" in said.out
