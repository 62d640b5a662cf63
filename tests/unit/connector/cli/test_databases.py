"""Rules of `db`: a backup is whole, a restore keeps what it replaces, and tables of another version are refused."""

from __future__ import annotations

import fcntl
import sqlite3
from pathlib import Path

from tests.unit.connector.cli.typed import Command

DATABASE = Path("data/sepa-connector.db")


def _set_version(version: str) -> None:
    with sqlite3.connect(DATABASE) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))


def test_a_backup_holds_what_was_there_and_a_restore_brings_it_back(installed: Command) -> None:
    installed("sync")
    assert installed("db", "backup", "copy.db").code == 0
    assert Path("copy.db").stat().st_mode & 0o777 == 0o600
    before = installed("exceptions", "list").out
    installed("exceptions", "ignore", "1")
    said = installed("db", "restore", "copy.db")
    assert said.code == 0
    assert "asks no debtor for money" in said.out
    assert installed("exceptions", "list").out == before
    assert len(list(DATABASE.parent.glob("sepa-connector.db.*Z"))) == 1


def test_a_backup_overwrites_nothing(installed: Command) -> None:
    Path("copy.db").write_text("mine", "utf-8")
    said = installed("db", "backup", "copy.db")
    assert said.code == 1
    assert "exists already" in said.err
    assert Path("copy.db").read_text("utf-8") == "mine"


def test_a_backup_of_nothing_says_so(installed: Command) -> None:
    for file in DATABASE.parent.glob("sepa-connector.db*"):
        file.unlink()
    assert "There is no database" in installed("db", "backup", "copy.db").err


def test_what_is_no_copy_of_ours_is_not_restored(installed: Command) -> None:
    installed("sync")
    for file in ("config.yaml", "none.db"):
        said = installed("db", "restore", file)
        assert said.code == 1
        assert "sepa-connector db backup" in said.err
    assert installed("exceptions", "list").out != ""


def test_nothing_is_restored_or_upgraded_while_a_pass_runs(installed: Command) -> None:
    installed("db", "backup", "copy.db")
    with Path("data/pass.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert installed("db", "restore", "copy.db").code == 4
        assert installed("db", "upgrade").code == 4


def test_older_tables_are_refused_until_they_are_upgraded(installed: Command) -> None:
    _set_version("0001")
    said = installed("sync")
    assert said.code == 1
    assert "db backup FILE" in said.err
    assert "db upgrade" in said.err


def test_newer_tables_are_refused(installed: Command) -> None:
    _set_version("9999")
    assert "of a newer version" in installed("sync").err


def test_an_upgrade_may_be_run_twice(installed: Command) -> None:
    assert "up to date already" in installed("db", "upgrade").out
    assert installed("db", "upgrade").code == 0


def test_postgresql_has_its_own_tools(installed: Command) -> None:
    config = Path("config.yaml")
    config.write_text(config.read_text("utf-8") + "database: postgresql://sepa@127.0.0.1:1/sepa\n", "utf-8")
    assert "pg_dump" in installed("db", "backup", "copy.db").err


def test_a_database_in_use_by_another_is_told_in_words(installed: Command) -> None:
    said = installed("check")
    assert said.code == 0
    config = Path("config.yaml")
    config.write_text(config.read_text("utf-8") + "database: postgresql://sepa:pw@127.0.0.1:1/sepa\n", "utf-8")
    said = installed("sync")
    assert said.code == 1
    assert "The database can't be used" in said.err
    assert "Traceback" not in said.err
