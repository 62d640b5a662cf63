"""No collection without a usable mandate, and every mandate and cancellation is in the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bankfiles.pain008.model import Scheme
from connector.model.mandate import MandateEvent, MandateEventKind, MandateState, MandateType
from connector.testing.bank_house import Fate
from connector.testing.simulation.bank_desk import ENDS_THE_MANDATE, Asked
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World

_K = MandateEventKind
_AGAINST = frozenset({_K.SUSPENDED, _K.CANCELLED})
_WITH_ACCOUNT = frozenset({_K.SIGNED, _K.AMENDED})
ANOTHER_ACCOUNT = "A debtor's bank hears of another account."


def asked_without(world: World) -> Iterator[Breach]:
    """Each collection had a mandate that was usable, by all that the connector said it knew when it asked."""
    for one in world.desk.asked.values():
        if why := _why_unusable(world, one):
            yield Breach(
                "No collection without a usable mandate.",
                f"{one.order.end_to_end_id} under {one.order.mandate_reference} on {one.day}: {why}.",
            )


def _why_unusable(world: World, one: Asked) -> str:
    events = [event for event in world.service.events if event.reference == one.order.mandate_reference]
    signed = next((event for event in events if event.kind is _K.SIGNED), None)
    if signed is None or signed.signed_on is None or signed.signed_on > one.order.collection_date:
        return "it was not signed"
    if one.order.debtor_iban not in accounts_of(world, one.order.mandate_reference, one.moment):
        return "it is for another account"
    known = [event for event in events if event.kind not in _AGAINST or _is_known(world, event, one.moment)]
    if not _is_active(known, needs_bank=world.scenario.rules.invite.scheme is Scheme.B2B):
        return f"known of it was {', '.join(event.kind for event in known)}"
    return _why_stopped_by_users(world, one) or _why_not_after(world, one)


def _why_stopped_by_users(world: World, one: Asked) -> str:
    """What users did in the package against a mandate, as far as the connector said that it knew."""
    told = [event for event in world.package.mandate_events if event.reference == one.order.mandate_reference]
    known = world.package.known_events
    counts = [event for event in told if event.kind is _K.RESUMED or known.get(event.id, one.moment) < one.moment]
    if any(event.kind is _K.CANCELLED for event in counts):
        return "a user had ended it in the package"
    stops = [event.kind for event in counts if event.kind in (_K.SUSPENDED, _K.RESUMED)]
    return "a user had stopped it in the package" if stops[-1:] == [_K.SUSPENDED] else ""


def accounts_of(world: World, reference: str, moment: int | None = None) -> set[str | None]:
    """The accounts that a mandate may be for, by all that the connector had said by then that it knows.

    Nobody can say which of two changes came first that were told by two sides.
    """
    moment = world.trace.moment + 1 if moment is None else moment
    at_service, in_package = (
        [event for event in events if event.reference == reference and event.kind in _WITH_ACCOUNT]
        for events in (world.service.events, world.package.mandate_events)
    )
    there = _last_known(at_service, world.service.known_events, moment)
    here = _last_known(in_package, world.package.known_events, moment)
    if there <= 0 <= here:
        there = 1  # the account that was signed for is given up
    return {event.iban for event in at_service[max(0, there) :] + in_package[max(0, here) :]}


def _last_known(events: list[MandateEvent], known: Mapping[str, int], moment: int) -> int:
    """The place of the last of these events that was known by then; -1 if none was."""
    return max((place for place, event in enumerate(events) if known.get(event.id, moment) < moment), default=-1)


def amendments_are_told(world: World) -> Iterator[Breach]:
    """A debtor's bank that knows a mandate for another account is told so; one that does not may be."""
    for one in world.desk.asked.values():
        taken = [other.order.debtor_iban for other in _earlier(world, one) if other.fate.fate is not Fate.REJECTED]
        if taken and taken[-1] != one.order.debtor_iban and not one.order.new_account:
            yield Breach(ANOTHER_ACCOUNT, f"{one.order.end_to_end_id} on {one.day} does not say it.")
        if one.order.new_account and accounts_of(world, one.order.mandate_reference, 0) == {one.order.debtor_iban}:
            yield Breach(ANOTHER_ACCOUNT, f"{one.order.end_to_end_id} on {one.day} says it, and there is none.")


def every_account_is_stored(world: World) -> Iterator[Breach]:
    """The package shows the account that a debtor has by now. A one-off mandate is of no use for another one."""
    for reference, stored in world.package.mandates.items():
        accounts = accounts_of(world, reference)
        over = stored.mandate.state is MandateState.CANCELLED or stored.mandate.type is MandateType.ONE_OFF
        if not over and stored.mandate.iban not in accounts:
            yield Breach("Every debtor's account is in the package.", f"That of {reference} is another one.")


def _is_known(world: World, event: MandateEvent, moment: int) -> bool:
    """Whether the connector had said by then that it has an event. It may have it before it can say so."""
    return world.service.known_events.get(event.id, moment) < moment


def _is_active(events: list[MandateEvent], *, needs_bank: bool) -> bool:
    """Walk over what happened to a mandate, leaving aside what does not fit."""
    state = "invited"
    for event in events:
        match event.kind, state:
            case (_K.SIGNED, "invited"):
                state = "waits" if needs_bank else "active"
            case (_K.BANK_CONFIRMED, "waits") | (_K.RESUMED, "suspended"):
                state = "active"
            case (_K.SUSPENDED, "active"):
                state = "suspended"
            case (_K.CANCELLED, _):
                state = "ended"
    return state == "active"


def _why_not_after(world: World, one: Asked) -> str:
    """What earlier collections under a mandate say against another one."""
    for other in _earlier(world, one):
        known = other.known_failed is not None and other.known_failed < one.moment
        doubtful = other.contradicted or other.unnamed
        if known and other.fate.reason in ENDS_THE_MANDATE and not doubtful:
            return f"the debtor's bank said {other.fate.reason} before"
        one_off = world.scenario.rules.invite.type is MandateType.ONE_OFF
        if one_off and other.fate.fate is not Fate.REJECTED and not other.contradicted and other is not one:
            return f"it was for one collection, which was {other.order.end_to_end_id}"
    return ""


def _earlier(world: World, one: Asked) -> list[Asked]:
    """What was asked under the same mandate before, in order."""
    return [
        other
        for other in world.desk.asked.values()
        if other.order.mandate_reference == one.order.mandate_reference and other.moment < one.moment
    ]


def every_mandate_is_stored(world: World) -> Iterator[Breach]:
    """The package shows each mandate that was signed, and that it was cancelled if it was."""
    for event in world.service.events:
        stored = world.package.mandates.get(event.reference)
        if event.kind is _K.SIGNED and stored is None and _ever_active(world, event.reference):
            yield Breach("Every signed mandate is in the package.", f"{event.reference} is not.")
        if event.kind is _K.CANCELLED and stored is not None and stored.mandate.state is not MandateState.CANCELLED:
            seen = f"{event.reference} is {stored.mandate.state} there."
            yield Breach("Every cancellation is in the package.", seen)


def every_users_word_is_kept(world: World) -> Iterator[Breach]:
    """What a user ended in the package is over there and at the mandate service, unless a bank had ended it."""
    ended_by_bank = {
        one.order.mandate_reference for one in world.desk.asked.values() if one.fate.reason in ENDS_THE_MANDATE
    }
    at_service = {event.reference for event in world.service.events if event.kind is _K.CANCELLED}
    for event in world.package.mandate_events:
        if event.kind is _K.CANCELLED:
            state = world.package.mandates[event.reference].mandate.state
            if state is not MandateState.CANCELLED:
                yield Breach("What a user ends is over.", f"{event.reference} is {state} in the package.")
            if event.reference not in at_service | ended_by_bank:
                yield Breach("What a user ends is over.", f"{event.reference} goes on at the mandate service.")


def _ever_active(world: World, reference: str) -> bool:
    """Whether a mandate was usable at some time: what ended before is of no use to the package."""
    needs_bank = world.scenario.rules.invite.scheme is Scheme.B2B
    kinds = [event.kind for event in world.service.events if event.reference == reference]
    start = _K.BANK_CONFIRMED if needs_bank else _K.SIGNED
    return start in kinds and _K.CANCELLED not in kinds[: kinds.index(start)]
