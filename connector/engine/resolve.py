"""Resolve: what a person can do about an Exception - try again, or say that it is dealt with."""

from __future__ import annotations

from datetime import datetime

from connector.model.effect import EffectState
from connector.model.reason import ReasonCode
from connector.store import effects, exceptions
from connector.store.database import Store
from connector.store.history import Act, RecordKind

_OF_EFFECTS = frozenset({ReasonCode.EFFECT_FAILED, ReasonCode.EFFECT_UNCERTAIN, ReasonCode.FEATURE_MISSING})


class NoSuchException(LookupError):
    """There is no open Exception with this number."""


def retry(store: Store, number: int, at: datetime, by: str) -> bool:
    """Make the effect of an Exception again in the next pass; only a person may say so of an uncertain one.

    Returns False if the Exception is about a record: the next pass looks at that again anyway.
    """
    with store.transaction() as connection:
        found = _open(exceptions.find_open(connection, number), number)
        is_effect = found.reason.code in _OF_EFFECTS
        if is_effect:
            key = found.record.removeprefix(f"{RecordKind.EFFECT} ")
            effect = effects.find(connection, key)
            if effect is not None and effect.state in (EffectState.FAILED, EffectState.UNKNOWN):
                act = Act(at, by)
                effects.mark(connection, effect, EffectState.PENDING, act, error="a person asked to try again")
        exceptions.close_by_id(connection, number, at, by)
        return is_effect


def ignore(store: Store, number: int, at: datetime, by: str) -> None:
    """A person has dealt with it. An uncertain effect is settled by that: the person has looked."""
    with store.transaction() as connection:
        found = _open(exceptions.find_open(connection, number), number)
        if found.reason.code is ReasonCode.EFFECT_UNCERTAIN:
            effect = effects.find(connection, found.record.removeprefix(f"{RecordKind.EFFECT} "))
            if effect is not None and effect.state is EffectState.UNKNOWN:
                effects.mark(connection, effect, EffectState.FAILED, Act(at, by), error="a person dealt with it")
        exceptions.close_by_id(connection, number, at, by)


def _open(found: exceptions.OpenException | None, number: int) -> exceptions.OpenException:
    if found is None:
        raise NoSuchException(f"There is no open exception number {number}.")
    return found
