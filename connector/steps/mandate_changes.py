"""What an event does to a mandate, whoever tells it: the mandate service, or a user of the accounting package.

What is so already changes nothing: an event that comes again, or that tells of our own doing, does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection

from bankfiles.identifiers import mask_iban, normalise_iban
from connector.errors import IllegalTransition
from connector.model.collection import FAILED_STATES
from connector.model.deed import DeedCode, Step
from connector.model.mandate import OPEN_STATES, Mandate, MandateEvent, MandateEventKind, MandateState, MandateType
from connector.model.reason import Reason, ReasonCode
from connector.ports import Feed
from connector.steps.work import Work
from connector.store import collections, cursors, exceptions, mandates, rereading
from connector.store.history import RecordKind, record_name

_STATE_AFTER = {
    MandateEventKind.REFUSED: MandateState.LAPSED,
    MandateEventKind.INVITATION_EXPIRED: MandateState.LAPSED,
    MandateEventKind.BANK_CONFIRMED: MandateState.ACTIVE,
    MandateEventKind.SUSPENDED: MandateState.SUSPENDED,
    MandateEventKind.RESUMED: MandateState.ACTIVE,
    MandateEventKind.CANCELLED: MandateState.CANCELLED,
}
_ONLY_FROM = {
    MandateEventKind.BANK_CONFIRMED: MandateState.AWAITING_BANK,
    MandateEventKind.RESUMED: MandateState.SUSPENDED,
}
"""Events that end one state; in any other they would bring to life what must not be."""

OF_USERS = frozenset(
    {
        MandateEventKind.CANCELLED,
        MandateEventKind.SUSPENDED,
        MandateEventKind.RESUMED,
        MandateEventKind.AMENDED,
    }
)
"""What a user can do to a mandate in the package."""

_TOO_EARLY_FOR_THE_BANK = frozenset({MandateEventKind.SUSPENDED, MandateEventKind.RESUMED})
"""What can't be done to a mandate while its debtor's bank has not confirmed it."""

_ALIVE = OPEN_STATES | {MandateState.SPENT}
_OF_THE_LIVING = frozenset({MandateEventKind.SUSPENDED, MandateEventKind.CANCELLED, MandateEventKind.AMENDED})
"""Events that do nothing to a mandate that is over."""


def change(work: Work, connection: Connection, step: Step, mandate: Mandate, event: MandateEvent) -> bool:
    """Bring a mandate to what an event says. Returns whether anything changed.

    Raises:
        IllegalTransition: the event does not fit to the state in which the mandate is.
    """
    if mandate.state not in _ALIVE and event.kind in _OF_THE_LIVING:
        return False
    if event.kind is MandateEventKind.AMENDED:
        return _amend(work, connection, step, mandate, event)
    if _STATE_AFTER[event.kind] is mandate.state:
        return False
    state = _state_after(connection, mandate, event.kind)
    mandates.change(connection, mandate, mandate.moved(state), work.act(), event.reason or event.kind.value)
    work.did(
        step,
        DeedCode.MANDATE_CHANGED,
        customer=mandate.debtor_name,
        mandate=mandate.reference,
        state=state.value,
    )
    if event.kind is MandateEventKind.BANK_CONFIRMED:
        hear_users_again(work, connection, mandate, _TOO_EARLY_FOR_THE_BANK)
    return True


def _state_after(connection: Connection, mandate: Mandate, kind: MandateEventKind) -> MandateState:
    """The state to which an event brings a mandate. A one-off one that is resumed serves its one collection only."""
    if mandate.state is not _ONLY_FROM.get(kind, mandate.state):
        raise _does_not_fit(mandate, kind)
    if kind is MandateEventKind.RESUMED and mandate.type is MandateType.ONE_OFF:
        under = collections.of_mandate(connection, mandate.creditor, mandate.reference)
        if any(stored.collection.state not in FAILED_STATES for stored in under):
            return MandateState.SPENT
    return _STATE_AFTER[kind]


def _amend(work: Work, connection: Connection, step: Step, mandate: Mandate, event: MandateEvent) -> bool:
    """The debtor has another account: the next collections tell their bank, until one of them is accepted."""
    if mandate.iban is None:
        raise _does_not_fit(mandate, event.kind)
    try:
        iban = normalise_iban(event.iban or "")
    except ValueError as error:
        facts = {"where": f"mandate {mandate.reference}", "seen": mask_iban(event.iban or ""), "why": str(error)}
        work.show(connection, step, mandates.record_of(mandate), Reason(ReasonCode.IBAN_INVALID, facts))
        return False
    if iban == mandate.iban:
        return False
    amended = replace(
        mandate, iban=iban, bic=event.bic, debtor_name=event.debtor_name or mandate.debtor_name, amended=True
    )
    mandates.change(connection, mandate, amended, work.act(), f"another account, {mask_iban(iban)}")
    work.did(step, DeedCode.MANDATE_AMENDED, customer=mandate.debtor_name, mandate=mandate.reference)
    return True


def hear_users_again(
    work: Work, connection: Connection, mandate: Mandate, kinds: Iterable[MandateEventKind] = OF_USERS
) -> None:
    """What users did to a mandate in the package before we heard that it can be used came to nothing: it is read again.

    They have it from us, so it could be used: a database that was put back does not know of it.

    Args:
        kinds: of the events that came to nothing.
    """
    source, act = mandate.customer.source, work.act()
    if ahead := rereading.events_of(connection, source, mandate.reference, kinds):
        rereading.forget_events(connection, source, ahead)
        cursors.move(connection, source, Feed.MANDATES, "", act.at)
        for code in (ReasonCode.RECORD_UNREADABLE, ReasonCode.MANDATE_UNKNOWN):
            exceptions.close(connection, [mandates.record_of(mandate)], code, act.at, act.by)


def _does_not_fit(mandate: Mandate, kind: MandateEventKind) -> IllegalTransition:
    return IllegalTransition(
        f"A mandate that is {mandate.state} can't be {kind}.",
        where=f"mandate {mandate.reference}",
        remedy="Look at its history; a newer event may have arrived before an older one.",
    )


def show_misfit(work: Work, connection: Connection, step: Step, event: MandateEvent, error: IllegalTransition) -> None:
    """An event that does not fit becomes an Exception."""
    facts = {"where": error.where, "seen": event.kind.value, "why": error.what, "remedy": error.remedy}
    reason = Reason(ReasonCode.RECORD_UNREADABLE, facts)
    work.show(connection, step, record_name(RecordKind.MANDATE, event.reference), reason)
