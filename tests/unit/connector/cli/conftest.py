"""An installation as `init` leaves it, and the command as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from connector.cli.app import app
from tests.unit.connector.cli.typed import CUSTOMERS, INVOICES, Command, Said, init_words


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `sepa-connector` in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, answers: str | None = None) -> Said:
        result = CliRunner().invoke(app, list(words), input=answers)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def installed(command: Command, tmp_path: Path) -> Command:
    """The command in a folder with a checked installation and files to read."""
    assert command(*init_words()).code == 0
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("# settle_seconds: 10", "settle_seconds: 0"), "utf-8")
    (tmp_path / "books" / "customers.csv").write_text(CUSTOMERS, "utf-8")
    (tmp_path / "books" / "invoices.csv").write_text(INVOICES, "utf-8")
    return command
