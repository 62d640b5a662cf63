"""Rules of the command line itself: quick, the same words as the engine's, the config named anywhere."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.unit.connector.cli.typed import Command

HEAVY = {
    "sqlalchemy",
    "alembic",
    "pydantic",
    "lxml",
    "structlog",
    "babel",
    "schwifty",
    "apscheduler",
    "uvicorn",
    "fastapi",
}


def test_help_imports_nothing_that_is_slow() -> None:
    code = "import sys, connector.cli.app; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert HEAVY & set(loaded.split()) == set()


def test_a_pass_does_not_load_what_prints_mandates() -> None:
    code = "import sys, connector.cli.passes, connector.signing.service; print('fpdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_help_names_every_command_of_the_contract(command: Command) -> None:
    told = command("--help").out
    for name in (
        "init",
        "check",
        "plan",
        "sync",
        "run",
        "worker",
        "status",
        "explain",
        "exceptions",
        "bankfile",
        "db",
        "demo",
    ):
        assert f" {name} " in told


def test_the_version_is_that_of_what_is_installed(command: Command) -> None:
    said = command("--version")
    assert (said.code, said.out) == (0, f"sepa-connector {version('sepa-connector')}\n")


def test_the_config_may_be_named_before_or_after_the_command(command: Command) -> None:
    assert "other.yaml" in command("--config", "other.yaml", "plan").err
    assert "other.yaml" in command("plan", "--config", "other.yaml").err
    assert "after.yaml" in command("--config", "before.yaml", "plan", "--config", "after.yaml").err


def test_the_config_may_be_named_by_the_environment(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEPA_CONNECTOR_CONFIG", "named.yaml")
    assert "named.yaml" in command("plan").err
    assert "other.yaml" in command("plan", "--config", "other.yaml").err


def test_a_command_without_a_config_says_how_to_make_one_and_ends_with_2(command: Command) -> None:
    for words in (
        ["plan"],
        ["sync"],
        ["status"],
        ["explain", "invoice", "1"],
        ["db", "upgrade"],
        ["exceptions", "list"],
    ):
        said = command(*words)
        assert said.code == 2
        assert "config.yaml:1:1" in said.err
        assert "sepa-connector init" in said.err


def test_the_command_is_installed(tmp_path: Path) -> None:
    executable = Path(sys.executable).with_name("sepa-connector")
    said = subprocess.run([executable, "sync"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
