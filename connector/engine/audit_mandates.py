"""Audit of mandates: what the mandate service tells, and what the packages keep, against our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.engine.differences import Difference, DifferenceKind
from connector.installation import Source
from connector.model.effect import EffectKind
from connector.model.mandate import MandateEventKind, MandateState
from connector.steps.work import Work
from connector.steps.write_back import found_in_package
from connector.store import auditing
from connector.store.history import RecordKind, record_name

_S, _E = MandateState, MandateEventKind

_CONTRADICTS: Mapping[MandateEventKind, frozenset[MandateState]] = {
    _E.SIGNED: frozenset({_S.INVITED, _S.LAPSED}),
    _E.BANK_CONFIRMED: frozenset({_S.INVITED, _S.LAPSED, _S.SIGNED, _S.AWAITING_BANK}),
    _E.REFUSED: frozenset({_S.INVITED}),
    _E.INVITATION_EXPIRED: frozenset({_S.INVITED}),
    _E.SUSPENDED: frozenset({_S.ACTIVE}),
    _E.CANCELLED: frozenset({_S.INVITED, _S.SIGNED, _S.AWAITING_BANK, _S.ACTIVE, _S.SUSPENDED}),
}
"""The last word of the service on a mandate, and the states of ours that do not fit it."""


_UNSIGNED = frozenset({_S.INVITED, _S.LAPSED, _S.SIGNED, _S.AWAITING_BANK})
_TELLING = frozenset({*_CONTRADICTS, _E.RESUMED})


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The last word of the service on a mandate does not fit the state here.

    Attributes:
        ours: None if the mandate is not known here.
        missed: ids of the events that would have brought it to the other state.
    """

    reference: str
    ours: MandateState | None
    theirs: MandateEventKind
    missed: Sequence[str]


def contradictions(work: Work) -> list[Contradiction]:
    """Read all that the service ever told, and compare its last word on each mandate with the state here."""
    told: dict[str, list[tuple[str, MandateEventKind]]] = {}
    for batch in work.installation.mandates.read_events(""):
        for event in batch.records:
            if event.kind in _TELLING:
                told.setdefault(event.reference, []).append((event.id, event.kind))
    with work.store.reading() as connection:
        ours = auditing.mandate_states(connection)
    found = (_compared(reference, ours.get(reference), events) for reference, events in sorted(told.items()))
    return [one for one in found if one is not None]


def _compared(
    reference: str, ours: MandateState | None, events: Sequence[tuple[str, MandateEventKind]]
) -> Contradiction | None:
    last_id, last = events[-1]
    if ours is not None and ours not in _CONTRADICTS.get(last, frozenset()):
        return None
    missed = [id_ for id_, kind in events if ours in _CONTRADICTS.get(kind, frozenset())]
    return Contradiction(reference, ours, last, missed if ours in _UNSIGNED else [last_id])


def of_service(work: Work) -> Iterator[Difference]:
    """Mandates that the service knows and we do not, or that are in another state here."""
    for one in contradictions(work):
        kind = DifferenceKind.MANDATE_STATE if one.ours else DifferenceKind.MANDATE_UNKNOWN
        record, service = record_name(RecordKind.MANDATE, one.reference), work.installation.mandates.name
        yield Difference(kind, record, one.ours.value if one.ours else "", one.theirs.value, service)


def in_package(work: Work, source: Source, since: datetime) -> Iterator[Difference]:
    """Look up the mandates that were written to a package since then; what changed later can't be asked for."""
    with work.store.reading() as connection:
        stored = auditing.done_since(connection, EffectKind.STORE_MANDATE, source.name, since)
    for effect in stored:
        first = effect.facts.get("number", "1") == "1"
        if first and found_in_package(effect, work) is None:
            yield Difference(DifferenceKind.MANDATE_NOT_STORED, effect.about, "", "", source.name, effect.key)
