"""`init`: ask a few questions, write the config file and the secret of the installation, then check them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

from connector.cli.check import run as check
from connector.cli.init_file import config_text
from connector.cli.init_questions import CHOICES, Answers, Asker, ask_all
from connector.cli.terminal import write
from connector.discovery import adapter_class
from connector.errors import Fatal

_SECRET = "secret"  # noqa: S105 - the name of the file
_SECRET_BYTES = 48
_OWNER_ONLY = 0o600


def run(config_file: Path, answers: list[str], *, ask: bool) -> int:
    """Write a new config file; nothing that is there already is touched.

    Args:
        answers: KEY=VALUE, given beforehand.
        ask: False: no question is asked; what was not given takes its default.
    """
    _refuse_if_there(config_file, config_file.with_name(_SECRET))
    found = ask_all(Asker(_given(answers), ask=ask))
    written = {_SECRET: secrets.token_urlsafe(_SECRET_BYTES), **found.secrets, config_file.name: config_text(found)}
    _refuse_if_there(*(config_file.with_name(name) for name in written))
    for folder in (config_file.parent, *(config_file.parent / name for name in _suggested_folders(found))):
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        file = config_file.with_name(name)
        file.touch(mode=_OWNER_ONLY, exist_ok=False)
        file.write_text(text, encoding="utf-8")
    write(f"\nWritten: {', '.join(str(config_file.with_name(name)) for name in written)}\n")
    return check(config_file, as_json=False)


def _suggested_folders(answers: Answers) -> Iterator[str]:
    """Folders that were our idea: they can't be there yet."""
    for part, (name, values) in answers.adapters.items():
        choice = CHOICES[part]
        fields = adapter_class(choice.kind, name).Settings.model_fields
        for key, value in values.items():
            if fields[key].annotation is Path and value == choice.settings.get(key):
                yield value


def _refuse_if_there(*files: Path) -> None:
    for file in files:
        if file.exists():
            raise Fatal(
                f"{file} is there already, and is not overwritten.",
                remedy="Edit it, move it away, or name another place with --config FILE.",
            )


def _given(answers: list[str]) -> dict[str, str]:
    pairs = [answer.partition("=") for answer in answers]
    for key, sign, _ in pairs:
        if not sign:
            raise Fatal(f"{key!r} has no value.", where="--set", remedy="Write --set KEY=VALUE.")
    return {key: value for key, _, value in pairs}
