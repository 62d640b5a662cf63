"""The outbox: changes that we owe the outside world, written down before they are made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from connector.model.effect import Effect, EffectKind, EffectState
from connector.store import history
from connector.store.history import Act, Change, RecordKind, record_name
from connector.store.tables import effects
from connector.store.upsert import insert_new


def owe(connection: Connection, effect: Effect, at: datetime) -> bool:
    """Write an effect down. Returns False if one with its key is there already: it is owed once."""
    return insert_new(connection, effects, _row(effect, at))


def owe_many(connection: Connection, owed: Iterable[Effect], at: datetime) -> None:
    """Write effects down that surely are new."""
    rows = [_row(effect, at) for effect in owed]
    if rows:
        connection.execute(insert(effects), rows)


def find(connection: Connection, key: str) -> Effect | None:
    """The effect with this key."""
    row = connection.execute(select(effects).where(effects.c.key == key)).first()
    return effect_of(row) if row else None


def result_of(connection: Connection, key: str) -> str | None:
    """What the other side answered to an effect that is done; None if it is not done."""
    return connection.execute(
        select(effects.c.result).where(effects.c.key == key, effects.c.state == EffectState.DONE.value)
    ).scalar()


def next_pending(
    connection: Connection, kind: EffectKind, *, not_to: Collection[str] = (), not_keys: Collection[str] = ()
) -> Effect | None:
    """The oldest effect of a kind to make, leaving out targets and keys that must wait in this pass."""
    query = (
        select(effects)
        .where(effects.c.state == EffectState.PENDING.value, effects.c.kind == kind.value)
        .order_by(effects.c.created_at, effects.c.key)
        .limit(1)
    )
    if not_to:
        query = query.where(effects.c.target.not_in(not_to))
    if not_keys:
        query = query.where(effects.c.key.not_in(not_keys))
    row = connection.execute(query).first()
    return effect_of(row) if row else None


def count_pending(connection: Connection, kind: EffectKind) -> int:
    """How many effects of a kind wait to be made."""
    return connection.execute(
        select(func.count())
        .select_from(effects)
        .where(effects.c.state == EffectState.PENDING.value, effects.c.kind == kind.value)
    ).scalar_one()


def in_state(connection: Connection, kind: EffectKind, state: EffectState) -> list[Effect]:
    """All effects of a kind in one open state, oldest first."""
    rows = connection.execute(
        select(effects)
        .where(effects.c.state == state.value, effects.c.kind == kind.value)
        .order_by(effects.c.created_at, effects.c.key)
    )
    return [effect_of(row) for row in rows]


def about(connection: Connection, record: str) -> list[Effect]:
    """All effects about a record, oldest first."""
    rows = connection.execute(
        select(effects).where(effects.c.about == record).order_by(effects.c.created_at, effects.c.key)
    )
    return [effect_of(row) for row in rows]


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many effects are in each state."""
    rows = connection.execute(select(effects.c.state, func.count()).group_by(effects.c.state))
    return {row[0]: row[1] for row in rows}


def mark(
    connection: Connection,
    effect: Effect,
    state: EffectState,
    act: Act,
    *,
    result: str | None = None,
    error: str | None = None,
) -> None:
    """Move an effect on. A call that starts counts as an attempt; an end is written to the history."""
    connection.execute(
        update(effects)
        .where(effects.c.key == effect.key)
        .values(
            state=state.value,
            attempts=effects.c.attempts + (1 if state is EffectState.SENDING else 0),
            result=result,
            error=error,
            changed_at=act.at,
        )
    )
    if state in (EffectState.DONE, EffectState.FAILED, EffectState.UNKNOWN):
        change = Change(record_name(RecordKind.EFFECT, effect.key), effect.state, state, error or "")
        history.write(connection, act, [change])


def _row(effect: Effect, at: datetime) -> dict[str, Any]:
    return {
        "key": effect.key,
        "kind": effect.kind.value,
        "target": effect.target,
        "about": effect.about,
        "facts": dict(effect.facts),
        "state": effect.state.value,
        "attempts": effect.attempts,
        "created_at": at,
        "changed_at": at,
    }


def effect_of(row: Row[Any]) -> Effect:
    """An effect from its row."""
    return Effect(
        key=row.key,
        kind=EffectKind(row.kind),
        target=row.target,
        about=row.about,
        facts=row.facts,
        state=EffectState(row.state),
        attempts=row.attempts,
    )
