"""Rules of `init`: a config that works at once, secrets for one pair of eyes, nothing overwritten, answers checked."""

from __future__ import annotations

from pathlib import Path

from connector.config import load
from tests.unit.connector.cli.typed import ANSWERS, Command, init_words


def test_what_it_writes_passes_check_at_once(command: Command, tmp_path: Path) -> None:
    said = command(*init_words(language="fr"))
    assert said.code == 0, said.out
    assert "All well" in said.out
    config = load(tmp_path / "config.yaml", {})
    assert config.language.value == "fr"
    assert config.creditors[0].iban == "BE71096123456769"
    assert config.sources[0].adapter == "files"


def test_config_and_secret_are_for_their_owner_alone(command: Command, tmp_path: Path) -> None:
    command(*init_words())
    for name in ("config.yaml", "secret"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "secret").read_text("utf-8")) >= 32


def test_nothing_is_overwritten(command: Command, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("mine", "utf-8")
    said = command(*init_words())
    assert said.code == 1
    assert "secret is there already" in said.err
    assert not (tmp_path / "config.yaml").exists()
    assert (tmp_path / "secret").read_text("utf-8") == "mine"


def test_a_question_is_asked_again_until_its_answer_is_right(command: Command, tmp_path: Path) -> None:
    given = {name: value for name, value in ANSWERS.items() if name != "creditor.iban"}
    words = [f"--set={name}={value}" for name, value in given.items()]
    rest = ["", "", "BE71 0961 2345 6768", "BE71 0961 2345 6769", *[""] * 20]
    said = command("init", *words, answers="\n".join(rest))
    assert "wrong check digits" in said.out
    assert load(tmp_path / "config.yaml", {}).creditors[0].iban == "BE71096123456769"


def test_without_input_a_missing_answer_is_named(command: Command, tmp_path: Path) -> None:
    said = command("init", "--no-input", "--set=creditor.name=Peeters")
    assert said.code == 1
    assert "creditor.identifier" in said.err
    assert "--set creditor.identifier=VALUE" in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_answer_given_beforehand_is_told(command: Command) -> None:
    said = command(*init_words(**{"mail.adapter": "pigeon"}))
    assert said.code == 1
    assert "Choose one of folder, smtp" in said.err


def test_an_answer_to_no_question_is_told(command: Command) -> None:
    said = command(*init_words(**{"creditor.nmae": "x"}))
    assert said.code == 1
    assert "Nothing asks for creditor.nmae" in said.err
    assert "creditor.name" in said.err


def test_a_secret_of_an_adapter_goes_to_a_file_of_its_own(command: Command, tmp_path: Path) -> None:
    tryton = {
        "source.adapter": "tryton",
        "source.url": "http://127.0.0.1:1",
        "source.database": "books",
        "source.company": "1",
        "source.key": "hunter22hunter22",
    }
    said = command(*init_words(**tryton))
    assert "hunter22" not in said.out + said.err
    assert "hunter22" not in (tmp_path / "config.yaml").read_text("utf-8")
    assert (tmp_path / "secret-source-key").stat().st_mode & 0o777 == 0o600
    assert load(tmp_path / "config.yaml", {}).sources[0].key.get_secret_value() == "hunter22hunter22"  # type: ignore[attr-defined]


def test_a_secret_may_be_referred_to(command: Command, tmp_path: Path) -> None:
    command(*init_words(**{"mail.adapter": "smtp", "mail.host": "${MAIL_HOST}"}))
    assert 'host: "${MAIL_HOST}"' in (tmp_path / "config.yaml").read_text("utf-8")
