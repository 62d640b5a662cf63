"""Audit of mandates: what the mandate service tells, and what the packages keep, against our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from connector.engine.differences import Difference, DifferenceKind
from connector.engine.outbox import HANDLERS
from connector.installation import Source
from connector.model.effect import EffectKind
from connector.model.mandate import MandateEventKind, MandateState
from connector.steps.work import Work
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


def of_service(work: Work) -> Iterator[Difference]:
    """Read all that the service ever told, and compare its last word on each mandate with the state here."""
    service = work.installation.mandates
    last: dict[str, MandateEventKind] = {}
    for batch in service.read_events(""):
        last.update({event.reference: event.kind for event in batch.records if event.kind in _TELLING})
    with work.store.reading() as connection:
        ours = auditing.mandate_states(connection)
    for reference, told in sorted(last.items()):
        record, state = record_name(RecordKind.MANDATE, reference), ours.get(reference)
        if state is None:
            yield Difference(DifferenceKind.MANDATE_UNKNOWN, record, "", told.value, service.name)
        elif state in _CONTRADICTS.get(told, frozenset()):
            yield Difference(DifferenceKind.MANDATE_STATE, record, state.value, told.value, service.name)


_TELLING = frozenset({*_CONTRADICTS, _E.RESUMED})


def in_package(work: Work, source: Source, since: datetime) -> Iterator[Difference]:
    """Look up the mandates that were written to a package since then."""
    handler = HANDLERS[EffectKind.STORE_MANDATE]
    with work.store.reading() as connection:
        stored = auditing.done_since(connection, EffectKind.STORE_MANDATE, source.name, since)
    for effect in stored:
        if handler.look_up(effect, work) is None:
            yield Difference(DifferenceKind.MANDATE_NOT_STORED, effect.about, "done", "", source.name)
