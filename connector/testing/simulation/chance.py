"""Chance: the only place where it is made, from the seed that a failure prints."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Choice = TypeVar("Choice")


class Chance:
    """One stream of chance. Streams of other names are not moved by what is drawn from this one."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed} {name}")

    def happens(self, percent: int) -> bool:
        """Whether something of this likelihood happens."""
        return self._random.randrange(100) < percent

    def number(self, lowest: int, highest: int) -> int:
        """A whole number, both ends included."""
        return self._random.randint(lowest, highest)

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of these."""
        return choices[self._random.randrange(len(choices))]

    def weighted(self, choices: Sequence[tuple[int, Choice]]) -> Choice:
        """One of these, each as likely as its weight."""
        left = self._random.randrange(sum(weight for weight, _ in choices))
        for weight, choice in choices:
            left -= weight
            if left < 0:
                return choice
        raise ValueError("There is nothing to choose from.")


class NoChance(Chance):
    """Always the first choice, and nothing happens."""

    def happens(self, percent: int) -> bool:  # noqa: ARG002  as of any chance
        """It does not."""
        return False

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """The first."""
        return choices[0]

    def weighted(self, choices: Sequence[tuple[int, Choice]]) -> Choice:
        """The first."""
        return choices[0][1]
