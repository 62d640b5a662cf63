"""Rules of `plan` and `sync`: the same words, the exit codes of the contract, and a plan that changes nothing."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.connector.cli.typed import Command

READ_AND_INVITE = ("--step", "pull", "--step", "invite")


def _rows(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_plan_tells_what_a_pass_would_do_in_words(installed: Command) -> None:
    said = installed("plan", *READ_AND_INVITE)
    assert said.code == 3
    assert "Read customers from books: 2 new, 0 changed." in said.out
    assert "Invite Café Müller to sign mandate M-" in said.out
    assert "invoice books/12: The invoice is in USD" in said.out
    assert "Nothing was changed" in said.out


def test_a_plan_changes_nothing(installed: Command, tmp_path: Path) -> None:
    first = installed("plan")
    database = tmp_path / "data" / "sepa-connector.db"
    assert _rows(database, "customers") == _rows(database, "mandates") == _rows(database, "exceptions") == 0
    assert sorted(path.name for path in (tmp_path / "books").iterdir()) == ["customers.csv", "invoices.csv"]
    assert installed("plan").out == first.out


def test_a_plan_tells_the_deeds_that_sync_then_does(installed: Command) -> None:
    planned = [one["text"] for one in installed("plan", "--json").objects if one["kind"] == "deed"]
    done = [one["text"] for one in installed("sync", "--json").objects if one["kind"] == "deed"]
    assert planned == done
    assert len(planned) == 5


def test_a_pass_with_exceptions_ends_with_3_and_says_where_they_are_listed(installed: Command) -> None:
    said = installed("sync")
    assert said.code == 3
    assert "sepa-connector exceptions list" in said.out


def test_what_waits_for_a_person_is_counted_as_the_list_does_also_if_this_pass_met_none_of_it(
    installed: Command,
) -> None:
    installed("sync")
    waiting = len(installed("exceptions", "list", "--json").objects)
    assert f"with {waiting} things for you to look at" in installed("sync").out
    said = installed("plan", "--step", "pull")
    assert (said.code, said.out.count("nothing to do now")) == (0, 1)
    assert f"{waiting} things for you to look at. All of them: sepa-connector exceptions list" in said.out


def test_a_pass_without_exceptions_ends_with_0_and_says_nothing_off_a_terminal(
    installed: Command, tmp_path: Path
) -> None:
    (tmp_path / "books" / "customers.csv").write_text("id,name\n1,Peeters\n", "utf-8")
    (tmp_path / "books" / "invoices.csv").unlink()
    said = installed("sync")
    assert (said.code, said.out) == (0, "")
    assert '"event": "pass.ended"' in said.err


def test_off_a_terminal_each_deed_is_a_log_line(installed: Command) -> None:
    said = installed("sync", *READ_AND_INVITE)
    assert '"event": "invite.invite"' in said.err
    assert '"customer": "Café Müller"' in said.err


def test_while_another_pass_runs_it_ends_with_4(installed: Command, tmp_path: Path) -> None:
    with (tmp_path / "data" / "pass.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = installed("sync")
    assert said.code == 4
    assert "Another pass of this installation is running." in said.err


def test_a_failed_pass_says_each_night_who_did_not_answer_and_what_to_do(
    installed: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    config = tmp_path / "config.yaml"
    away = "adapter: smtp\n  host: 127.0.0.1\n  port: 1\n  security: none"
    config.write_text(config.read_text("utf-8").replace("adapter: folder\n  folder: mail", away), "utf-8")
    for _ in range(2):
        said = installed("sync", *READ_AND_INVITE)
        assert said.code == 1
        assert "mail could not be reached" in said.out
        assert "Check host, port and security." in said.out
        (ended,) = [line for line in map(json.loads, said.err.splitlines()) if line["event"] == "pass.ended"]
        assert (ended["level"], ended["outcome"]) == ("error", "failed")
        assert "Connection refused" in ended["unreachable"]["mail"]
    (result,) = installed("sync", *READ_AND_INVITE, "--json").objects
    assert (result["outcome"], result["unreachable"][0]["target"]) == ("failed", "mail")


def test_a_program_is_told_how_it_ended_also_where_nothing_was_started(installed: Command, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("language:", "langauge:"), "utf-8")
    for command in ("sync", "plan"):
        said = installed(command, "--json")
        assert said.code == 2
        (result,) = said.objects
        assert (result["kind"], result["outcome"], result["pass"]) == ("result", "not_started", None)
        assert "Did you mean language?" in result["error"]


def test_on_a_terminal_deeds_are_told_under_the_heading_of_their_step(installed: Command, tmp_path: Path) -> None:
    del installed
    master, slave = pty.openpty()
    executable = Path(sys.executable).with_name("sepa-connector")
    words = [str(executable), "sync", *READ_AND_INVITE]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200"}
    running = subprocess.Popen(words, cwd=tmp_path, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    told = b""
    while True:
        try:
            told += os.read(master, 65536)
        except OSError:  # the terminal is gone when the command is
            break
    os.close(master)
    assert running.wait() == 3
    text = told.decode()
    assert text.index("Invite customers") < text.index("Invite Café Müller to sign mandate M-")
    assert "with 2 things for you to look at" in text
    assert '"event"' not in text
