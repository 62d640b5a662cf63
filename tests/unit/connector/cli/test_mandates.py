"""Rules of `mandates`: they are listed with masked accounts, and what a person tells of one is said back."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from connector.cli.app import app
from connector.cli.mandate_commands import Listed
from connector.model.mandate import MandateState
from tests.flows.house import GROUPS, SIZE


def _type(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["mandates", *words, "--config", str(config)])


def _references(config: Path, state: str) -> list[str]:
    said = _type(config, "list", "--state", state, "--json").stdout
    return [json.loads(line)["reference"] for line in said.splitlines()]


def test_mandates_are_listed_and_accounts_are_masked(house: Path) -> None:
    said = _type(house, "list", "--json")
    listed = [json.loads(line) for line in said.stdout.splitlines()]
    assert len(listed) == SIZE * (len(GROUPS) - 1)
    assert {one["state"] for one in listed} == {"active", "invited"}
    assert {"*" in one["account"] for one in listed if one["state"] == "active"} == {True}
    heads, *rows = _type(house, "list").stdout.splitlines()
    assert heads.split("  ")[0] == "Mandate"
    assert _references(house, "active")[0] in {row.split()[0] for row in rows}


def test_every_state_of_the_model_can_be_listed() -> None:
    assert [one.value for one in Listed] == [one.value for one in MandateState]


def test_a_mandate_is_suspended_and_resumed(house: Path) -> None:
    reference = _references(house, "active")[0]
    said = _type(house, "suspend", reference)
    assert said.exit_code == 0
    assert f"Mandate {reference} of" in said.stdout
    assert "is now suspended." in said.stdout
    assert _references(house, "suspended") == [reference]
    assert "is suspended already; nothing was changed." in _type(house, "suspend", reference).stdout
    assert "is now active." in _type(house, "resume", reference).stdout


def test_what_can_not_be_is_refused_with_what_to_do(house: Path) -> None:
    reference = _references(house, "active")[0]
    for words, told in (
        (("cancel", "M-NONE"), "mandates list"),
        (("amend", reference, "--iban", "BE68 5390 0754 7035"), "Ask for it again."),
        (("confirm", _references(house, "invited")[0]), "explain mandate"),
    ):
        said = _type(house, *words)
        assert said.exit_code == 1
        assert told in said.stderr
        assert said.stdout == ""


def test_a_customer_is_invited_once_more(house: Path) -> None:
    listed = [json.loads(line) for line in _type(house, "list", "--state", "active", "--json").stdout.splitlines()]
    reference, customer = listed[0]["reference"], listed[0]["customer"]
    again = ["invite", customer, "--config", str(house)]
    refused = CliRunner().invoke(app, again)
    assert refused.exit_code == 1
    assert "no invitation goes out" in refused.stderr
    _type(house, "cancel", reference)
    said = CliRunner().invoke(app, again)
    assert said.exit_code == 0
    assert "to sign mandate M-" in said.stdout
    assert "The invitation goes out with the next pass." in said.stdout
