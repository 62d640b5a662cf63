"""What a person at the command line asks of an adapter, and what the adapter finds: probes and chores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Probe:
    """One finding of `check`, or one thing that a chore did: what was tried and how it went."""

    what: str
    ok: bool
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a chore has to be told and that is not kept, e.g. the key of an administrator.

    Attributes:
        variable: the environment variable in which it may stand.
        prompt: for a person.
        secret: it is not shown while it is typed.
    """

    variable: str
    prompt: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a new value of a setting stands now.

    Attributes:
        is_in_force: the config reads it from there; else a person has to put it into its place first.
        detail: where it stands.
        remedy: what a person must do now; "" if nothing.
    """

    is_in_force: bool
    detail: str
    remedy: str = ""


class Place(Protocol):
    """The place from which the config reads one setting."""

    def keep(self, value: str) -> Kept:
        """Put a new value there or, where that can't be done, where a person finds it. Never shown or logged.

        Raises:
            Fatal: it could not be written; the old value stands.
        """


class Administrator(Protocol):
    """Who typed the command, and their config."""

    def ask(self, question: Question) -> str:
        """The answer, from the environment or from a person; never empty.

        Raises:
            ConfigError: it is not in the environment and there is nobody to ask.
        """

    def place_of(self, setting: str) -> Place:
        """Where a setting of the adapter is read from.

        Raises:
            ConfigError: nothing could be written there.
        """


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that an administrator asks of an adapter by hand, e.g. to make its fields in the package.

    Attributes:
        name: as typed on the command line, e.g. "install".
        what: one sentence for the help.
        do: does it for an adapter of the class, safe to repeat; yields what was done or refused.
    """

    name: str
    what: str
    do: Callable[[Any, Administrator], Iterator[Probe]]
