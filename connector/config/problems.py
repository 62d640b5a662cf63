"""A mistake in a config file: where it stands, what is wrong, what to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from connector.errors import ConfigError

KeyPath = tuple[str | int, ...]


class Place(NamedTuple):
    """A position in the file, from 1 as editors count."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake.

    Attributes:
        file: as the user named it.
        path: keys and list indexes down to the place, e.g. ("creditors", 0, "iban").
        what: what was seen, without secrets.
        remedy: what to write instead.
    """

    file: str
    place: Place
    path: KeyPath
    what: str
    remedy: str

    def __str__(self) -> str:
        key = f"{shown(self.path)}: " if self.path else ""
        return f"{self.file}:{self.place.line}:{self.place.column}: {key}{self.what} {self.remedy}".rstrip()


def shown(path: KeyPath) -> str:
    """A key path as people write it: creditors[0].iban."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def config_error(problems: list[Problem]) -> ConfigError:
    """One error that tells all problems, a line each."""
    return ConfigError("\n".join(str(problem) for problem in problems))
