"""Who typed a chore: answers from the environment or the keyboard, and new secrets put where the config reads them.

A new secret goes to the file that the config names with `file:`. Where the config reads it from the environment, or
holds it itself, it goes to a file of its own beside the config, and a person carries it to its place. In no case is it
shown or logged.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from connector.config import KeyPath
from connector.config.document import written_as
from connector.config.references import file_of, is_reference
from connector.errors import ConfigError, Fatal
from connector.ports import Kept, Place, Question

_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class ConfigAdministrator:
    """The person at the command line, and the config file.

    Attributes:
        section: the keys down to the section of the adapter.
        name: of the adapter in the config.
    """

    config_file: Path
    section: KeyPath
    name: str

    def ask(self, question: Question) -> str:
        """The answer, from the environment or from the keyboard."""
        answer = os.environ.get(question.variable, "")
        if not answer and sys.stdin.isatty():
            answer = str(typer.prompt(question.prompt, hide_input=question.secret, err=True))
        if not answer.strip():
            raise ConfigError(
                f"It is not told: {question.prompt}.",
                where=self.name,
                remedy=f"Set {question.variable} in the environment, or type the command on a terminal.",
            )
        return answer.strip()

    def place_of(self, setting: str) -> Place:
        """Where the config reads a setting of the adapter."""
        written = written_as(self.config_file, (*self.section, setting))
        file = file_of(written, self.config_file.parent)
        if file is not None:
            return SecretFile(_writable(file.resolve(), self.name), str(file))
        beside = _writable(self.config_file.with_name(f"{self.name}-{setting}.new").absolute(), self.name)
        told = written if is_reference(written) else f"{self.config_file} itself"
        return Beside(beside, told)


@dataclass(frozen=True)
class SecretFile:
    """The file that the config reads a secret from.

    Attributes:
        shown: the file as the config names it.
    """

    path: Path
    shown: str

    def keep(self, value: str) -> Kept:
        """Put a new value in the place of the old."""
        _write(self.path, value)
        remedy = "If `sepa-connector run` or a worker is running, start it again: it has the old one in mind."
        return Kept(is_in_force=True, detail=f"It stands in {self.shown}.", remedy=remedy)


@dataclass(frozen=True)
class Beside:
    """A file beside the config, for a secret whose place this program can't write.

    Attributes:
        place: where the config reads the secret from, as it stands there.
    """

    path: Path
    place: str

    def keep(self, value: str) -> Kept:
        """Put a new value where its owner finds it."""
        _write(self.path, value)
        remedy = (
            f"The config reads it from {self.place}: put it there, start again what is running, and see that "
            f"`sepa-connector check` goes well. Then delete {self.path.name}, and end the old one."
        )
        return Kept(is_in_force=False, detail=f"It stands in {self.path}, for your eyes alone.", remedy=remedy)


def _writable(path: Path, where: str) -> Path:
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise ConfigError(
            f"{path} can't be written by this user.", where=where, remedy="Run the command as the user who owns it."
        )
    return path


def _write(path: Path, value: str) -> None:
    """The file holds the old value or the new one whole, for the eyes of its owner, who stays the same."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w") as file:
            if os.geteuid() == 0 and path.exists():
                owner = path.stat()
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.write(f"{value}\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise Fatal(
            f"{path} can't be written: {error.strerror}.", where=str(path), remedy="See that there is room and a right."
        ) from error
