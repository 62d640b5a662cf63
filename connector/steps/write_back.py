"""Write back: tell each accounting package of the mandates that its customers signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from connector.errors import Skippable
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect
from connector.model.mandate import Mandate, MandateState
from connector.ports import SignedMandate
from connector.steps.handler import source_of
from connector.steps.work import Work
from connector.store import documents, effects, mandates
from connector.store.history import Act


def run(work: Work) -> None:
    """Owe every package the signed mandates that it was not told of yet. What changes later is owed when it changes."""
    for source in work.installation.sources.values():
        with work.store.transaction() as connection:
            for mandate in mandates.to_write_back(connection, source.name):
                _owe(work, connection, mandate)
        work.check_stop()


def _owe(work: Work, connection: Connection, mandate: Mandate) -> None:
    effects.owe(connection, mandates.write_back_of(mandate), work.act().at)
    work.did(
        Step.WRITE_BACK,
        DeedCode.STORE_MANDATE,
        customer=mandate.debtor_name,
        mandate=mandate.reference,
        source=mandate.customer.source,
    )


class StoreMandate:
    """Effect: write a mandate and its signed document into the package."""

    size = 100

    def perform(self, effect: Effect, work: Work) -> str:
        """Write it."""
        answer = next(self.perform_together([effect], work))
        if isinstance(answer, Skippable):
            raise answer
        return answer

    def perform_together(self, effects: Sequence[Effect], work: Work) -> Iterator[str | Skippable]:
        """Write many, in one call of the package."""
        with work.store.reading() as connection:
            signed = [_signed(connection, effect) for effect in effects]
        yield from source_of(effects[0], work).package.store_mandates(signed)

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether the package has it. Nobody can say whether it has a change: that is written again, without harm.

        A database that was put back may take a change for the first word about a mandate, so its state counts as well.
        """
        with work.store.reading() as connection:
            mandate = mandates.find(connection, effect.facts["reference"], effect.facts["creditor"])
        is_as_signed = mandate is not None and mandate.state is MandateState.ACTIVE and not mandate.amended
        if effect.facts.get("number", "1") != "1" or not is_as_signed:
            return None
        return found_in_package(effect, work)

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Nothing follows."""


def found_in_package(effect: Effect, work: Work) -> str | None:
    """Where the package has a mandate that it was told of, in whatever state; None if it does not have it."""
    return source_of(effect, work).package.look_up(effect.kind, effect.facts["reference"])


def _signed(connection: Connection, effect: Effect) -> SignedMandate:
    mandate = mandates.find(connection, effect.facts["reference"], effect.facts["creditor"])
    if mandate is None:
        raise LookupError(f"The mandate of effect {effect.key} is gone from the database.")
    return SignedMandate(mandate, documents.find(connection, mandate.document) if mandate.document else None)
