"""Rules of chores: any adapter's become commands; what they ask is found; what they keep is where the config reads."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from connector.engine.lock import pass_lock
from connector.store.database import open_store
from tests.unit.connector.cli.typed import Command
from tests.unit.connector.third_party import MINIMAL, install

SOURCE = "{name: books, adapter: books, url: https://books.example.com"
TWO = MINIMAL.replace(f"  - {SOURCE}}}\n", f"  - {SOURCE}}}\n  - {SOURCE.replace('books,', 'more,', 1)}}}\n")


@pytest.fixture(autouse=True)
def config(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The config of an installation with the books of a third party, which has chores."""
    install(tmp_path / "site", monkeypatch)
    monkeypatch.setenv("BOOKS_COLOUR", "red")
    monkeypatch.setenv("BOOKS_GLAZE", "secret")
    file = tmp_path / "config.yaml"
    file.write_text(MINIMAL, "utf-8")
    return file


def test_help_names_the_adapters_that_have_chores_and_each_of_them_its_own(command: Command) -> None:
    assert " books " in command("--help").out
    told = command("books", "--help").out
    assert "Paint the books in a colour." in told
    assert "lock" in told
    assert "--source" in command("books", "paint", "--help").out


def test_a_chore_is_done_and_told(command: Command) -> None:
    said = command("books", "paint")
    assert (said.code, said.err) == (0, "")
    assert "✓ books: paint: red and 6 letters of glaze" in said.out
    assert command("books", "paint", "--json").objects[0]["ok"] is True


def test_what_was_refused_ends_with_1(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKS_COLOUR", "mud")
    assert command("books", "paint").code == 1


def test_an_unknown_chore_is_refused(command: Command) -> None:
    assert command("books", "burn").code == 2


def test_an_adapter_that_can_not_be_loaded_is_told_and_hinders_no_other_command(command: Command) -> None:
    said = command("lost", "paint")
    assert said.code == 2
    assert "The adapter 'lost' can't be loaded" in said.err
    assert command("--help").code == 0


def test_what_is_asked_for_and_not_there_is_named_with_its_variable(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOOKS_GLAZE")
    said = command("books", "paint")
    assert said.code == 2
    assert "Set BOOKS_GLAZE in the environment" in said.err


def test_on_a_terminal_a_person_is_asked_and_a_secret_is_not_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BOOKS_")}
    with subprocess.Popen(
        [sys.executable, "-c", "from connector.cli import main; main()", "books", "paint"],
        stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path, start_new_session=True,
        env={**environ, "PYTHONPATH": f"{tmp_path / 'site'}:{Path(__file__).parents[4]}"},
    ) as process:  # fmt: skip
        os.close(theirs)
        try:
            seen = _read_until(ours, b"Colour of the books")
            os.write(ours, b"blue\n")
            seen += _read_until(ours, b"Glaze")
            while termios.tcgetattr(ours)[3] & termios.ECHO:  # what is typed before is thrown away with the echo
                assert process.poll() is None
                os.sched_yield()
            os.write(ours, b"thick-glaze\n")
            assert process.stdout is not None
            told = process.stdout.read().decode()
        finally:
            process.kill()
    os.close(ours)
    assert "blue and 11 letters of glaze" in told
    assert b"thick-glaze" not in seen


def _read_until(terminal: int, prompt: bytes) -> bytes:
    seen = b""
    while prompt not in seen:
        seen += os.read(terminal, 1000)
    return seen


def test_with_several_sources_one_must_be_named(command: Command, config: Path) -> None:
    config.write_text(TWO, "utf-8")
    said = command("books", "paint")
    assert said.code == 1
    assert "Name one of them: books, more." in said.err
    assert "✓ more: paint" in command("books", "paint", "--source", "more").out
    assert "There is: books, more." in command("books", "paint", "--source", "other").err


def test_a_config_without_the_adapter_says_so(command: Command, config: Path, tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    config.write_text(MINIMAL.replace(SOURCE, "{name: books, adapter: files, folder: books"), "utf-8")
    said = command("books", "paint")
    assert said.code == 2
    assert "The config names no such adapter." in said.err


def test_no_chore_is_done_while_a_pass_is_running(command: Command, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'sepa-connector.db'}")
    with pass_lock(store, tmp_path / "data"):
        said = command("books", "paint")
    store.close()
    assert said.code == 4


# ------------------------------------------------------------------------------------------------ what is kept


def _with_password(config: Path, written: str) -> None:
    config.write_text(MINIMAL.replace(SOURCE, f'{SOURCE}, password: "{written}"'), "utf-8")


def test_a_secret_in_a_file_is_replaced_there_behind_its_link(command: Command, config: Path, tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "real").write_text("old-password", "utf-8")
    (tmp_path / "password").symlink_to("vault/real")
    _with_password(config, "file:password")
    said = command("books", "lock")
    assert said.code == 0
    assert (tmp_path / "password").is_symlink()
    assert (tmp_path / "vault" / "real").read_text("utf-8") == "new-password\n"
    assert (tmp_path / "vault" / "real").stat().st_mode & 0o777 == 0o600
    assert "start it again" in said.out


@pytest.mark.parametrize(("written", "place"), [("${BOOKS_PASSWORD}", "${BOOKS_PASSWORD}"), ("old-password", "itself")])
def test_a_secret_elsewhere_is_left_beside_the_config_for_a_person_to_carry(
    written: str, place: str, command: Command, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOKS_PASSWORD", "old-password")
    _with_password(config, written)
    before = config.read_text("utf-8")
    said = command("books", "lock")
    assert said.code == 0
    assert config.read_text("utf-8") == before
    assert (tmp_path / "books-password.new").read_text("utf-8") == "new-password\n"
    assert (tmp_path / "books-password.new").stat().st_mode & 0o777 == 0o600
    assert place in said.out
    assert "new-password" not in said.out + said.err


# ------------------------------------------------------------------------------------------------- completion


def _completed(folder: Path, *words: str) -> set[str]:
    """What a shell is offered after these words, the last of them begun."""
    environ = {
        **os.environ,
        "_SEPA_CONNECTOR_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(("sepa-connector", *words)),
        "COMP_CWORD": str(len(words)),
        "PYTHONPATH": f"{folder / 'site'}:{Path(__file__).parents[4]}",
    }
    executable = Path(sys.executable).with_name("sepa-connector")
    said = subprocess.run([executable], capture_output=True, text=True, cwd=folder, env=environ, check=False)
    return set(said.stdout.split())


def test_a_shell_completes_adapters_chores_and_sources(config: Path, tmp_path: Path) -> None:
    config.write_text(TWO, "utf-8")
    assert _completed(tmp_path, "bo") == {"books"}
    assert _completed(tmp_path, "books", "p") == {"paint"}
    assert _completed(tmp_path, "books", "paint", "--source", "m") == {"more"}
    config.write_text("langage: nl\n", "utf-8")
    assert _completed(tmp_path, "books", "paint", "--source", "m") == set()
