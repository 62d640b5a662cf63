"""No collection without a usable mandate, and every mandate and cancellation is in the package."""

from __future__ import annotations

from collections.abc import Iterator

from bankfiles.pain008.model import Scheme
from connector.model.mandate import MandateEvent, MandateEventKind, MandateState, MandateType
from connector.testing.bank_house import Fate
from connector.testing.simulation.bank_desk import ENDS_THE_MANDATE, Asked
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World

_K = MandateEventKind
_AGAINST = frozenset({_K.SUSPENDED, _K.CANCELLED})


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
    if one.order.debtor_iban != signed.iban:
        return "it is for another account"
    known = [event for event in events if event.kind not in _AGAINST or _is_known(world, event, one.moment)]
    if not _is_active(known, needs_bank=world.scenario.rules.invite.scheme is Scheme.B2B):
        return f"known of it was {', '.join(event.kind for event in known)}"
    return _why_not_after(world, one)


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
    earlier = [
        other
        for other in world.desk.asked.values()
        if other.order.mandate_reference == one.order.mandate_reference and other.moment < one.moment
    ]
    for other in earlier:
        known = other.known_failed is not None and other.known_failed < one.moment
        doubtful = other.contradicted or other.unnamed
        if known and other.fate.reason in ENDS_THE_MANDATE and not doubtful:
            return f"the debtor's bank said {other.fate.reason} before"
        one_off = world.scenario.rules.invite.type is MandateType.ONE_OFF
        if one_off and other.fate.fate is not Fate.REJECTED and not other.contradicted and other is not one:
            return f"it was for one collection, which was {other.order.end_to_end_id}"
    return ""


def every_mandate_is_stored(world: World) -> Iterator[Breach]:
    """The package shows each mandate that was signed, and that it was cancelled if it was."""
    for event in world.service.events:
        stored = world.package.mandates.get(event.reference)
        if event.kind is _K.SIGNED and stored is None and _ever_active(world, event.reference):
            yield Breach("Every signed mandate is in the package.", f"{event.reference} is not.")
        if event.kind is _K.CANCELLED and stored is not None and stored.mandate.state is not MandateState.CANCELLED:
            seen = f"{event.reference} is {stored.mandate.state} there."
            yield Breach("Every cancellation is in the package.", seen)


def _ever_active(world: World, reference: str) -> bool:
    """Whether a mandate was usable at some time: what ended before is of no use to the package."""
    needs_bank = world.scenario.rules.invite.scheme is Scheme.B2B
    kinds = [event.kind for event in world.service.events if event.reference == reference]
    start = _K.BANK_CONFIRMED if needs_bank else _K.SIGNED
    return start in kinds and _K.CANCELLED not in kinds[: kinds.index(start)]
