"""Show: let the users of a package see, on its own records, what is under way and what they have to do.

What should be shown and what is shown are compared; the difference is owed. So a remark is shown once, taken away once,
and what changed meanwhile is told anew under a key of its own (store/remarks.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from connector.errors import Skippable
from connector.installation import Source
from connector.model.collection import FAILED_STATES, CollectionState
from connector.model.customer import Language, RecordKey
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.reason import Reason, ReasonCode
from connector.ports import Feed, Remark, RemarkKind
from connector.steps import attention
from connector.steps.handler import source_of
from connector.steps.work import Progress, Work
from connector.store import collections, effects, exceptions, remarks
from connector.store.chunks import chunks
from connector.store.history import RECORD_LENGTH_MAX, Act, RecordKind, record_name
from connector.store.remarks import Matter, ShownRemark
from connector.texts import reason_text, say, word

_BATCH = 500
_NEVER_SHOWN = frozenset({None, EffectState.PENDING, EffectState.FAILED, EffectState.LEFT})
_BY_THE_BANK = FAILED_STATES - {CollectionState.CANCELLED} | {CollectionState.SETTLED}
_RECORDS = {Feed.INVOICES: RecordKind.INVOICE, Feed.CUSTOMERS: RecordKind.CUSTOMER}


def run(work: Work) -> None:
    """Owe every package that can show remarks those that are new, and the end of those that are over."""
    for source in work.installation.sources.values():
        if type(source.package).features()["show"]:
            _show_collections(work, source)
            _show_attention(work, source)


def _show_collections(work: Work, source: Source) -> None:
    """What ended is taken away first: an invoice that is asked for anew shows its new day only."""
    done = 0
    while True:
        with work.store.transaction() as connection:
            over = remarks.collections_over(connection, source.name, _BATCH)
            _close(work, connection, source, over)
        if not over:
            break
        done += _advance(work, source, done, len(over))
    while True:
        with work.store.transaction() as connection:
            new = remarks.collections_to_show(connection, source.name, _BATCH)
            _open(work, connection, source, new)
        if not new:
            break
        done += _advance(work, source, done, len(new))


def _advance(work: Work, source: Source, done: int, more: int) -> int:
    work.progress(Progress(Step.SHOW, source.name, done + more))
    work.check_stop()
    return more


def _show_attention(work: Work, source: Source) -> None:
    with work.store.reading() as connection:
        wanted = {_identity(matter): matter for matter in attention.due(work, connection, source)}
        shown = {_identity(one.matter): one for one in remarks.open_attention(connection, source.name)}
    over = [one for key, one in shown.items() if key not in wanted or wanted[key].digest != one.digest]
    gone = {_identity(one.matter) for one in over}
    new = [matter for key, matter in wanted.items() if key not in shown or key in gone]
    for some in chunks(over, _BATCH):
        with work.store.transaction() as connection:
            _close(work, connection, source, some)
        work.check_stop()
    for some_new in chunks(new, _BATCH):
        with work.store.transaction() as connection:
            _open(work, connection, source, some_new)
        work.check_stop()


def _identity(matter: Matter) -> tuple[str, str, str]:
    return matter.name, matter.feed.value, matter.on.id


def _open(work: Work, connection: Connection, source: Source, matters: Sequence[Matter]) -> None:
    act, names = work.act(), remarks.names(connection, matters)
    keys = remarks.add(connection, matters, act.at)
    effects.owe_many(connection, map(_opening, keys, matters), act.at)
    for matter in matters:
        _tell(work, source, DeedCode.SHOW_REMARK, matter, names)


def _close(work: Work, connection: Connection, source: Source, over: Sequence[ShownRemark]) -> None:
    """Take remarks away. Those that were never shown are let go of, with what may have come in their way.

    One that was tried may come yet: a process was frozen in the call, and another looked it up in vain meanwhile.
    """
    act, names = work.act(), remarks.names(connection, [one.matter for one in over])
    remarks.close(connection, [one.key for one in over], act.at)
    for one in over:
        may_come = one.opening is EffectState.PENDING and one.tries > 0
        if one.opening not in _NEVER_SHOWN or not _let_go(connection, one, act) or may_come:
            effects.owe(connection, _effect(one.key, one.matter, is_open=False), act.at)
            _tell(work, source, DeedCode.CLOSE_REMARK, one.matter, names)


def _let_go(connection: Connection, one: ShownRemark, act: Act) -> bool:
    """A remark that was never shown is not shown any more. False if it is being shown right now."""
    opening = effects.find(connection, remarks.effect_key(one.key, is_open=True))
    if opening is None or opening.state is EffectState.LEFT:
        return True
    record = record_name(RecordKind.EFFECT, opening.key)
    exceptions.close(connection, [record], ReasonCode.EFFECT_FAILED, act.at, act.by)
    return effects.mark(connection, opening, EffectState.LEFT, act, error="over before it was shown") is not None


def forget(work: Work, connection: Connection, source: Source, feed: Feed, ids: Iterable[str]) -> None:
    """These records are gone, and what was shown on them with them: there is nothing to take away."""
    act = work.act()
    for some in chunks(ids, _BATCH):
        shown = remarks.open_on(connection, source.name, feed, some)
        remarks.close(connection, [one.key for one in shown], act.at)
        for one in shown:
            if one.opening in _NEVER_SHOWN:
                _let_go(connection, one, act)


def _opening(key: str, matter: Matter) -> Effect:
    return _effect(key, matter, is_open=True)


def _effect(key: str, matter: Matter, *, is_open: bool) -> Effect:
    about = record_name(_RECORDS[matter.feed], matter.on)
    return Effect(
        key=remarks.effect_key(key, is_open=is_open),
        kind=EffectKind.SHOW,
        target=matter.on.source,
        about=about,
        facts={"remark": key, "open": "yes" if is_open else ""},
        lane=f"show {about}"[:RECORD_LENGTH_MAX],
    )


def _tell(work: Work, source: Source, code: DeedCode, matter: Matter, names: Mapping[RecordKey, str]) -> None:
    language = work.installation.language
    record = record_name(_RECORDS[matter.feed], names.get(matter.on, matter.on.id))
    work.did(Step.SHOW, code, record=record, source=source.name, title=_title(language, matter))


class Show:
    """Effect: show a remark, or take it away."""

    size = 50

    def perform(self, effect: Effect, work: Work) -> str:
        """Show it."""
        return source_of(effect, work).package.show(_remark(effect, work))

    def perform_together(self, effects: Sequence[Effect], work: Work) -> Iterator[str | Skippable]:
        """Show some, one after the other: they are written down as being shown together."""
        for effect in effects:
            try:
                yield self.perform(effect, work)
            except Skippable as refused:
                yield refused

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether the package has it."""
        return source_of(effect, work).package.look_up(effect.kind, effect.key.removeprefix(f"{effect.kind}:"))

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Nothing follows."""


def _remark(effect: Effect, work: Work) -> Remark:
    key, is_open = effect.facts["remark"], bool(effect.facts["open"])
    language = work.installation.language
    with work.store.reading() as connection:
        matter = remarks.find(connection, key)
        if matter is None:
            raise LookupError(f"The remark of effect {effect.key} is gone from the database.")
        if matter.kind is RemarkKind.ATTENTION:
            reason = Reason(ReasonCode(matter.name), matter.facts)
            text = reason_text(language, reason) if is_open else say(language, "remarks.attention.solved")
            return Remark(key, matter.kind, matter.feed, matter.on, _title(language, matter), text, is_open)
        text = _planned(language, matter) if is_open else _over(connection, language, matter)
    return Remark(
        key=key,
        kind=matter.kind,
        feed=matter.feed,
        on=matter.on,
        title=_title(language, matter),
        text=text,
        open=is_open,
        mandate_reference=matter.facts["mandate"],
        collection_date=date.fromisoformat(matter.facts["collection_date"]),
        amount=Decimal(matter.facts["amount"]),
    )


def _title(language: Language, matter: Matter) -> str:
    if matter.kind is RemarkKind.ATTENTION:
        return say(language, "remarks.attention.title", what=say(language, f"remarks.matter.{matter.name}"))
    return say(
        language, "remarks.collection.title", collection_date=date.fromisoformat(matter.facts["collection_date"])
    )


def _planned(language: Language, matter: Matter) -> str:
    facts = matter.facts
    return say(
        language,
        "remarks.collection.text",
        amount=Decimal(facts["amount"]),
        mandate=facts["mandate"],
        end_to_end_id=facts["end_to_end_id"],
    )


def _over(connection: Connection, language: Language, matter: Matter) -> str:
    """How a collection came to its end: withdrawn, or by the bank's word."""
    facts, stored = matter.facts, collections.find(connection, matter.name)
    said = {"amount": Decimal(facts["amount"]), "collection_date": date.fromisoformat(facts["collection_date"])}
    state = stored.collection.state if stored else CollectionState.CANCELLED
    if state in _BY_THE_BANK:
        return say(language, "remarks.collection.ended", state=word(language, "state", state.value), **said)
    return say(language, "remarks.collection.withdrawn", **said)
