"""The outbox: changes that we owe the outside world, written down before they are made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, or_, select, text, update

from connector.model.effect import Effect, EffectKind, EffectState
from connector.store import history
from connector.store.history import Act, Change, RecordKind, record_name
from connector.store.tables import effects
from connector.store.upsert import insert_new

_WORTH_HISTORY = frozenset({EffectState.DONE, EffectState.FAILED, EffectState.UNKNOWN, EffectState.LEFT})

# Asked for each kind after each step, or done for each effect: made once. The states stand word for word as the index
# of open effects says them.
_OPEN = (
    select(effects)
    .where(text("effects.state IN ('pending', 'sending', 'unknown')"), effects.c.kind == bindparam("kind"))
    .order_by(effects.c.seq)
)
_UNCERTAIN = _OPEN.where(effects.c.state != EffectState.PENDING.value)
_PENDING = _OPEN.where(effects.c.state == EffectState.PENDING.value)
_COUNT = select(func.count()).select_from(_PENDING.subquery())
_EARLIER = effects.alias("earlier")
_HELD = exists().where(
    _EARLIER.c.target == effects.c.target,
    _EARLIER.c.lane == effects.c.lane,
    _EARLIER.c.seq < effects.c.seq,
    text("earlier.lane <> '' AND earlier.state NOT IN ('done', 'left')"),
)
_MOVE = update(effects).where(effects.c.key == bindparam("key_found"), effects.c.state == bindparam("state_found"))
_START = _MOVE.values(attempts=effects.c.attempts + 1)
_NEXT = _PENDING.where(effects.c.seq > bindparam("after"), or_(effects.c.lane == "", ~_HELD)).limit(bindparam("most"))


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


def pending(
    connection: Connection,
    kinds: Iterable[EffectKind],
    *,
    after: int = 0,
    limit: int,
    targets: Collection[str] | None = None,
    not_to: Collection[str] = (),
) -> list[Effect]:
    """The next effects of these kinds that may be made now, in the order in which they were owed.

    One waits while an earlier one of its lane is neither done nor left.

    Args:
        after: `seq` of the last one seen.
        targets: only these, if given; `not_to` are left out.
    """
    query = _NEXT
    if targets is not None:
        query = query.where(effects.c.target.in_(targets))
    if not_to:
        query = query.where(effects.c.target.not_in(not_to))
    found: list[Effect] = []
    for kind in kinds:  # one after the other: each reads its part of the index in order
        asked = {"kind": kind.value, "after": after, "most": limit}
        found += map(effect_of, connection.execute(query, asked))
    return sorted(found, key=lambda effect: effect.seq)[:limit]


def count_pending(connection: Connection, kinds: Iterable[EffectKind]) -> int:
    """How many effects of these kinds wait to be made."""
    return sum(connection.execute(_COUNT, {"kind": kind.value}).scalar_one() for kind in kinds)


def uncertain(connection: Connection, kind: EffectKind) -> list[Effect]:
    """All effects of a kind that are being sent, or whose outcome is unknown; oldest first."""
    return [effect_of(row) for row in connection.execute(_UNCERTAIN, {"kind": kind.value})]


def about(connection: Connection, record: str) -> list[Effect]:
    """All effects about a record, oldest first."""
    rows = connection.execute(select(effects).where(effects.c.about == record).order_by(effects.c.seq))
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
    sender: str | None = None,
) -> Effect | None:
    """Move an effect on from the state in which it was found; an end is written to the history.

    Args:
        sender: who makes it now, if a call starts; that counts as an attempt.

    Returns the effect as it stands now; None if somebody else moved it meanwhile: then it is theirs.
    """
    starts = state is EffectState.SENDING
    values = {"state": state.value, "result": result, "error": error, "changed_at": act.at}
    found = {"key_found": effect.key, "state_found": effect.state.value}
    moved = (
        connection.execute(_START, {**found, **values, "sender": sender})
        if starts
        else connection.execute(_MOVE, {**found, **values})
    )
    if moved.rowcount != 1:
        return None
    if state in _WORTH_HISTORY:
        change = Change(record_name(RecordKind.EFFECT, effect.key), effect.state, state, error or "")
        history.write(connection, act, [change])
    return replace(effect, state=state, attempts=effect.attempts + (1 if starts else 0))


def _row(effect: Effect, at: datetime) -> dict[str, Any]:
    return {
        "key": effect.key,
        "kind": effect.kind.value,
        "target": effect.target,
        "lane": effect.lane,
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
        lane=row.lane,
        seq=row.seq,
        sender=row.sender or "",
    )
