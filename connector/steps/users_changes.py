"""What users did to mandates in the accounting package: it wins, and the mandate service hears of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from bankfiles.identifiers import normalise_iban
from connector.errors import IllegalTransition
from connector.installation import Source
from connector.model.deed import DeedCode, Step
from connector.model.derived import is_mandate_reference
from connector.model.effect import Effect, EffectKind
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind
from connector.model.reason import Reason, ReasonCode
from connector.steps.mandate_changes import OF_USERS, change, show_misfit
from connector.steps.work import Work
from connector.store import effects, mandates
from connector.store.changed import Saved
from connector.store.history import Act, RecordKind, record_name

_WHY = "by a user of the accounting package"


def apply_events(work: Work, connection: Connection, events: Sequence[MandateEvent], *, source: Source) -> Saved:
    """Apply what users did, each event once. What we can't follow becomes an Exception and changes nothing."""
    changed = of_others = 0
    for event in events:
        if not mandates.note_event(connection, source.name, event, work.act().at):
            continue
        mandate = mandates.find(connection, event.reference, source.creditor)
        if mandate is not None and mandate.customer.source == source.name:
            changed += _apply(work, connection, source, mandate, event)
        elif mandate is None and _is_of_our_making(work, source, event.reference):
            record = record_name(RecordKind.MANDATE, event.reference)
            work.show(connection, Step.PULL, record, Reason(ReasonCode.MANDATE_UNKNOWN, {"mandate": event.reference}))
        else:
            of_others += 1
    if of_others:
        work.did(Step.PULL, DeedCode.MANDATES_OF_OTHERS, source=source.name, count=of_others)
    return Saved(0, changed, len(events) - changed)


def _is_of_our_making(work: Work, source: Source, reference: str) -> bool:
    return is_mandate_reference(work.installation.creditors[source.creditor].mandate_prefix, reference)


def _apply(work: Work, connection: Connection, source: Source, mandate: Mandate, event: MandateEvent) -> bool:
    if event.kind is MandateEventKind.UNKNOWN:
        reason = Reason(ReasonCode.EVENT_UNKNOWN, {"target": source.name, "seen": event.raw[:200]})
        work.show(connection, Step.PULL, mandates.record_of(mandate), reason)
        return False
    if event.kind not in OF_USERS or _is_what_we_wrote(connection, mandate, event):
        return False
    try:
        changed = change(work, connection, Step.PULL, mandate, event)
    except IllegalTransition as error:
        show_misfit(work, connection, Step.PULL, event, error)
        return False
    if changed and event.kind is MandateEventKind.CANCELLED:
        owe_cancellation(work, connection, mandate)
    return changed


def _is_what_we_wrote(connection: Connection, mandate: Mandate, event: MandateEvent) -> bool:
    """Whether an event may tell of what we wrote there earlier, while what is true since is still on its way there.

    A suspension or cancellation is believed in any case: it can do no harm.
    """
    if event.kind is MandateEventKind.RESUMED:
        return mandates.is_being_told(connection, mandate)
    if event.kind is MandateEventKind.AMENDED and mandates.is_being_told(connection, mandate):
        return mandates.was_told(connection, mandate, _normal(event.iban or ""))
    return False


def _normal(iban: str) -> str:
    try:
        return normalise_iban(iban)
    except ValueError:
        return iban


def owe_cancellation(work: Work, connection: Connection, mandate: Mandate) -> None:
    """A mandate ended here: the mandate service ends it too, so that nobody sees it as good there.

    A mandate that was brought in signed is not known there.
    """
    if mandates.came_signed(connection, mandate):
        return
    effect = Effect(
        key=f"{EffectKind.CANCEL_MANDATE}:{mandate.creditor}/{mandate.reference}",
        kind=EffectKind.CANCEL_MANDATE,
        target=work.installation.mandates.name,
        about=mandates.record_of(mandate),
        facts={"reference": mandate.reference, "creditor": mandate.creditor},
    )
    effects.owe(connection, effect, work.act().at)


class CancelMandate:
    """Effect: end a mandate at the mandate service."""

    def perform(self, effect: Effect, work: Work) -> str:
        """End it. Where the service has no way of it, a person is told to do it there."""
        work.installation.mandates.cancel(effect.facts["reference"], _WHY)
        return effect.facts["reference"]

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Nobody can say, and nobody has to: a mandate that was ended stays so when it is ended again."""
        return None

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Nothing follows: it ended here first."""
