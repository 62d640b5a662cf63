"""Handler: how one kind of effect is made, looked up, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, runtime_checkable

from sqlalchemy import Connection

from connector.errors import Skippable
from connector.installation import Source
from connector.model.effect import Effect
from connector.steps.work import Work
from connector.store.history import Act


class Handler(Protocol):
    """One kind of effect. `perform` and `look_up` call the other side and hold no transaction while they do."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Make the change. Returns the other side's id of it."""

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """The other side's id of a change that was made; None if it surely was not.

        Raises:
            Unsupported: the other side can't be asked.
        """

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Write down what follows, in the transaction that marks the effect as done."""


@runtime_checkable
class Together(Handler, Protocol):
    """One kind of effect that the other side takes many of in one call."""

    size: int
    """How many go into one call at most; all of them go to one target."""

    def perform_together(self, effects: Sequence[Effect], work: Work) -> Iterator[str | Skippable]:
        """Make the changes. Answers one by one, in the order given: the other side's id, or why this one can't be made.

        An error raised on the way stands for all that were not answered yet.
        """


def source_of(effect: Effect, work: Work) -> Source:
    """The source that an effect goes to.

    Raises:
        Skippable: the configuration no longer has it.
    """
    source = work.installation.sources.get(effect.target)
    if source is None:
        raise Skippable(
            f"The source {effect.target} is owed a change, but is no longer in the configuration.",
            where=f"effect {effect.key}",
            remedy="Put the source back, or ignore the Exception of this effect.",
        )
    return source
