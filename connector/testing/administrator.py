"""Who types a chore, in a test or a rehearsal: answers what is asked, and keeps what an adapter puts in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.errors import ConfigError
from connector.ports import Kept, Question


@dataclass(frozen=True)
class MemoryAdministrator:
    """An administrator with answers.

    Attributes:
        answers: by the variable of the question.
        places: settings that were put in place, by name.
        can_write: what is kept is in force at once; else a person would have to carry it to its place.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    can_write: bool = True

    def ask(self, question: Question) -> str:
        """The answer to a question."""
        if not self.answers.get(question.variable):
            raise ConfigError(f"{question.prompt} is not known.")
        return self.answers[question.variable]

    def place_of(self, setting: str) -> MemoryPlace:
        """A place in memory."""
        return MemoryPlace(self, setting)


@dataclass(frozen=True)
class MemoryPlace:
    """Where one setting stands."""

    administrator: MemoryAdministrator
    setting: str

    def keep(self, value: str) -> Kept:
        """Put a value there."""
        self.administrator.places[self.setting] = value
        return Kept(self.administrator.can_write, "It stands in memory.")
