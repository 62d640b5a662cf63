"""Resolve: what a person can do about an Exception - try again, or say that it is dealt with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from connector.model.collection import CollectionState
from connector.model.effect import EffectState
from connector.model.reason import ReasonCode
from connector.store import collections, effects, exceptions
from connector.store.database import Store
from connector.store.exceptions import OpenException
from connector.store.history import Act, RecordKind


class NoSuchException(LookupError):
    """There is no open Exception with this number."""


def retry(store: Store, number: int, at: datetime, by: str) -> bool:
    """Try again in the next pass what an Exception is about; only a person may say so.

    A failed or uncertain change is made again. A collection that was refused, rejected or returned no longer counts
    as an attempt, so its invoice is announced and asked for anew. Returns False if the Exception is about a record
    that was read: the next pass looks at that again anyway.
    """
    with store.transaction() as connection:
        found = _open(connection, number)
        again = _AGAIN.get(found.reason.code)
        if again is not None:
            again(connection, found, Act(at, by))
        exceptions.close_by_id(connection, number, at, by)
        return again is not None


def ignore(store: Store, number: int, at: datetime, by: str) -> None:
    """A person has dealt with it. An uncertain effect is settled by that: the person has looked."""
    with store.transaction() as connection:
        found = _open(connection, number)
        if found.reason.code is ReasonCode.EFFECT_UNCERTAIN:
            _move_effect(connection, found, EffectState.FAILED, Act(at, by), "a person dealt with it")
        exceptions.close_by_id(connection, number, at, by)


def _open(connection: Connection, number: int) -> OpenException:
    found = exceptions.find_open(connection, number)
    if found is None:
        raise NoSuchException(f"There is no open exception number {number}.")
    return found


def _effect_again(connection: Connection, found: OpenException, act: Act) -> None:
    _move_effect(connection, found, EffectState.PENDING, act, "a person asked to try again")


def _move_effect(connection: Connection, found: OpenException, state: EffectState, act: Act, why: str) -> None:
    effect = effects.find(connection, _key(found, RecordKind.EFFECT))
    if effect is not None and effect.state in (EffectState.FAILED, EffectState.UNKNOWN):
        effects.mark(connection, effect, state, act, error=why)


def _collection_again(connection: Connection, found: OpenException, _act: Act) -> None:
    collections.forgive(connection, [_key(found, RecordKind.COLLECTION)])


def _file_again(connection: Connection, found: OpenException, _act: Act) -> None:
    message_id = _key(found, RecordKind.FILE)
    rejected = collections.ids_where(connection, bank_file=message_id, states=[CollectionState.REJECTED])
    collections.forgive(connection, rejected)


def _key(found: OpenException, kind: RecordKind) -> str:
    return found.record.removeprefix(f"{kind} ")


_AGAIN: Mapping[ReasonCode, Callable[[Connection, OpenException, Act], None]] = {
    ReasonCode.EFFECT_FAILED: _effect_again,
    ReasonCode.EFFECT_UNCERTAIN: _effect_again,
    ReasonCode.FEATURE_MISSING: _effect_again,
    ReasonCode.COLLECTION_REJECTED: _collection_again,
    ReasonCode.COLLECTION_RETURNED: _collection_again,
    ReasonCode.COLLECTION_REFUSED_BY_CHECK: _collection_again,
    ReasonCode.BANK_FILE_REJECTED: _file_again,
}
