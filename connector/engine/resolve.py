"""Resolve: what a person can do about an Exception - try again, or say that it is dealt with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from connector.engine.outbox import HANDLERS
from connector.installation import Installation
from connector.model.collection import CollectionState
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.reason import ReasonCode
from connector.steps.release import cancel
from connector.steps.work import Work
from connector.store import bank_files, collections, effects, exceptions
from connector.store.bank_files import FileState
from connector.store.database import Store
from connector.store.exceptions import OpenException
from connector.store.history import Act, RecordKind


class NoSuchException(LookupError):
    """There is no open Exception with this number."""


class NoSuchEffect(LookupError):
    """The Exception is not about a change at another side."""


class NeedsAnAnswer(ValueError):
    """It can't be ignored: a person must say whether the change was made."""


_WITH_A_PERSON = frozenset({EffectState.FAILED, EffectState.UNKNOWN, EffectState.LEFT})
_ABOUT_EFFECTS = frozenset({ReasonCode.EFFECT_FAILED, ReasonCode.EFFECT_UNCERTAIN, ReasonCode.FEATURE_MISSING})


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
    """A person has dealt with it. A change that was refused or uncertain is left to them by that.

    Raises:
        NeedsAnAnswer: it is about a bank file; money hangs on whether the bank has it.
    """
    with store.transaction() as connection:
        found = _open(connection, number)
        if found.reason.code in _ABOUT_EFFECTS:
            effect = _effect_of(connection, found)
            if effect is not None and effect.kind is EffectKind.SEND_FILE:
                raise NeedsAnAnswer(
                    f"Number {number} is about a bank file: say whether the bank has it. "
                    f"`exceptions ignore {number} --done` if it has, `exceptions retry {number}` to send it again, "
                    f"`exceptions ignore {number} --not-done` if it has not and shall not get it."
                )
            _move_effect(connection, found, EffectState.LEFT, Act(at, by), "a person dealt with it")
        exceptions.close_by_id(connection, number, at, by)


def done(installation: Installation, store: Store, number: int, at: datetime, by: str, result: str = "") -> None:
    """A person has seen that a change was made, or has made it: what follows from it is done.

    Args:
        result: the id that the other side gave it, if it shows one.

    Raises:
        NoSuchEffect: the Exception is not about a change that may be uncertain.
    """
    act = Act(at, by)
    with store.transaction() as connection:
        effect = _open_effect(connection, number)
        settled = effects.mark(connection, effect, EffectState.DONE, act, result=result or f"seen by {by}")
        if settled is not None:
            work = Work(installation, store, by=by, folder=installation.folder)
            HANDLERS[effect.kind].settle(effect, result, connection, work, act)
        exceptions.close_by_id(connection, number, at, by)


def not_done(store: Store, number: int, at: datetime, by: str) -> None:
    """A person has seen that a change was not made, and does not want it: the collections of a file are cancelled.

    Raises:
        NoSuchEffect: the Exception is not about a change that may be uncertain.
    """
    act, why = Act(at, by), "not made, and not wanted"
    with store.transaction() as connection:
        effect = _open_effect(connection, number)
        if effects.mark(connection, effect, EffectState.LEFT, act, error=why) and effect.kind is EffectKind.SEND_FILE:
            _let_go_of_file(connection, effect.facts["message_id"], act, why)
        exceptions.close_by_id(connection, number, at, by)


def _let_go_of_file(connection: Connection, message_id: str, act: Act, why: str) -> None:
    file = bank_files.find(connection, message_id)
    if file is not None and file.state is FileState.WRITTEN:
        bank_files.move(connection, file, FileState.WITHDRAWN, act, why)
    ids = collections.ids_where(connection, bank_file=message_id, states=[CollectionState.IN_FILE])
    for stored in collections.find_many(connection, ids).values():
        cancel(connection, stored, act, why)
    collections.forgive(connection, ids)


def _open_effect(connection: Connection, number: int) -> Effect:
    found = _open(connection, number)
    effect = _effect_of(connection, found) if found.reason.code in _ABOUT_EFFECTS else None
    if effect is None or effect.state not in _WITH_A_PERSON:
        raise NoSuchEffect(f"Number {number} is not about a change that was made or not; `ignore` it without that.")
    return effect


def _effect_of(connection: Connection, found: OpenException) -> Effect | None:
    return effects.find(connection, _key(found, RecordKind.EFFECT))


def _open(connection: Connection, number: int) -> OpenException:
    found = exceptions.find_open(connection, number)
    if found is None:
        raise NoSuchException(f"There is no open exception number {number}.")
    return found


def _effect_again(connection: Connection, found: OpenException, act: Act) -> None:
    _move_effect(connection, found, EffectState.PENDING, act, "a person asked to try again")


def _move_effect(connection: Connection, found: OpenException, state: EffectState, act: Act, why: str) -> None:
    effect = _effect_of(connection, found)
    if effect is not None and effect.state in _WITH_A_PERSON:
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
