"""Rules of `mandates`: they are listed with masked accounts, and what a person tells of one is said back."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sqlalchemy import text
from typer.testing import CliRunner, Result

from connector.cli.app import app
from connector.cli.mandate_commands import Listed
from connector.config import load
from connector.model.mandate import MandateState
from connector.store.database import open_store
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


def test_the_proof_of_a_signature_can_be_checked_without_us(house: Path, tmp_path: Path) -> None:
    reference = _references(house, "active")[0]
    said = _type(house, "proof", reference, "--into", str(tmp_path))
    assert said.exit_code == 0
    assert "The evidence is whole: 7 entries" in said.stdout
    assert "Right code given: signed" in said.stdout
    document, evidence = (tmp_path / f"mandate-{reference}.{ending}" for ending in ("pdf", "evidence.json"))
    told = json.loads(evidence.read_text("utf-8"))
    assert told["document"]["sha256"] == hashlib.sha256(document.read_bytes()).hexdigest()
    previous = "0" * 64
    for entry in told["entries"]:
        assert entry["previous"] == previous
        seen = [told["invitation"], *(entry[name] for name in ("number", "at", "kind", "facts", "previous"))]
        previous = hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()
        assert entry["digest"] == previous
    assert {file.stat().st_mode & 0o777 for file in (document, evidence)} == {0o600}


def test_a_proof_is_not_written_over_and_never_by_half(house: Path, tmp_path: Path) -> None:
    reference = _references(house, "active")[0]
    taken = tmp_path / f"mandate-{reference}.evidence.json"
    taken.write_text("mine", "utf-8")
    said = _type(house, "proof", reference, "--into", str(tmp_path))
    assert said.exit_code == 1
    assert f"The file {taken} exists already." in said.stderr
    assert [file.name for file in tmp_path.iterdir() if file.suffix in (".pdf", ".json")] == [taken.name]
    assert taken.read_text("utf-8") == "mine"


def test_evidence_that_was_changed_shows(house: Path, tmp_path: Path) -> None:
    reference = _references(house, "active")[0]
    store = open_store(load(house).database_url)
    with store.transaction() as connection:
        connection.execute(text("DROP TRIGGER signing_evidence_no_update"))
        connection.execute(text("UPDATE signing_evidence SET kind = 'viewed' WHERE kind = 'signed'"))
    store.close()
    said = _type(house, "proof", reference, "--into", str(tmp_path), "--json")
    assert said.exit_code == 1
    assert json.loads(said.stdout)["faults"] == ["entry 5 was changed"]


def test_what_was_not_signed_here_has_no_proof(house: Path, tmp_path: Path) -> None:
    for reference in ("M-NONE", _references(house, "invited")[0]):
        said = _type(house, "proof", reference, "--into", str(tmp_path))
        assert said.exit_code == 1
        assert f"No signed document of mandate {reference} is kept here." in said.stderr


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
