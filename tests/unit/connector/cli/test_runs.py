"""Rules of `collect`: where the rules ask for it, a person decides what goes to the bank."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from connector.cli import runs
from connector.cli.app import app
from connector.model.deed import Step
from connector.testing.clock import SettableClock
from tests.flows.house import PREPARED_NIGHT, SIZE, one_pass


@pytest.fixture
def config(house: Path) -> Path:
    """A house in which one run waits for a person."""
    text = house.read_text("utf-8").replace("window_days: 5", "window_days: 5\n    approval: true")
    assert "approval" in text
    house.write_text(text, "utf-8")
    one_pass(house, PREPARED_NIGHT)
    return house


def _type(config: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["collect", *words, "--config", str(config)])


def _outbox(config: Path) -> int:
    return len(list((config.parent / "outbox").glob("*.xml")))


def test_a_run_waits_is_approved_and_goes_to_the_bank(config: Path) -> None:
    before = _outbox(config)
    (run,) = [json.loads(line) for line in _type(config, "list", "--json").stdout.splitlines()]
    assert (run["id"], run["collections"], run["total"]) == ("MAIN-20261112-1", SIZE, "213.00")
    shown = _type(config, "list").stdout
    assert "MAIN-20261112-1" in shown
    assert "€213.00" in shown
    approved = _type(config, "approve", run["id"])
    assert approved.exit_code == 0
    assert f"{run['id']} ({run['digest'][:12]}) is approved: 6 collections, together €213.00" in approved.stdout
    assert "No collection run waits" in _type(config, "list").stdout
    one_pass(config, PREPARED_NIGHT)
    assert _outbox(config) == before + 1


def test_a_run_that_is_let_go_is_proposed_anew(config: Path) -> None:
    assert "is cancelled" in _type(config, "cancel", "MAIN-20261112-1").stdout
    one_pass(config, PREPARED_NIGHT)
    assert "MAIN-20261112-2" in _type(config, "list").stdout


def test_what_is_due_is_proposed_by_hand_and_no_file_is_made(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _type(config, "cancel", "MAIN-20261112-1")
    one_pass(config, PREPARED_NIGHT, [Step.NOTIFY])
    before, clock = _outbox(config), SettableClock(PREPARED_NIGHT)
    assert runs.propose(config, clock, as_json=False) == 0
    assert "MAIN-20261112-2" in capsys.readouterr().out
    assert runs.propose(config, clock, as_json=True) == 0
    result, waiting = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "collect.collect" not in result["counts"]
    assert (waiting["id"], waiting["collections"]) == ("MAIN-20261112-2", SIZE)
    assert _outbox(config) == before


def test_a_run_that_does_not_wait_is_named(config: Path) -> None:
    for decision in ("approve", "cancel"):
        answer = _type(config, decision, "MAIN-20991231-1")
        assert answer.exit_code == 1
        assert "No collection run named MAIN-20991231-1 waits" in answer.stderr
        assert "collect list" in answer.stderr
