"""`audit`: where our own ledger and the world do not agree, why, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import structlog
from rich.console import RenderableType

from connector.cli.attention import person
from connector.cli.clock import utc_now
from connector.cli.failing import DONE, FAILED
from connector.cli.opening import Opened, opened
from connector.cli.passes import stop_on_signal, walk
from connector.cli.terminal import Words, fail, print_json, table, write
from connector.engine import nightly, recover, reread
from connector.engine.differences import Difference, DifferenceKind
from connector.errors import ConnectorError
from connector.installation import Installation
from connector.masking import masked_text
from connector.store.database import Store
from connector.store.history import Act
from connector.texts import say

_SHOWN = 20
DIFFERENCES = 3
"""Exit code: there are differences, as `sync` ends with exceptions."""

_K = DifferenceKind


def run(config_file: Path, *, as_json: bool) -> int:
    """Compare, and tell every difference. Ends with 0 if there is none, 1 if not all could be compared, else 3."""
    with opened(config_file) as it:
        return _compare(it, as_json=as_json)


def replay(config_file: Path, feeds: Sequence[str], *, as_json: bool) -> int:
    """Read feeds again from their start, then compare."""
    with opened(config_file) as it:
        reread.set_back(nightly.looking(it.installation, it.store, person()), feeds)
        steps = {reread.STEP_OF[feed] for feed in feeds if feed != reread.BANK}
        if steps:
            with stop_on_signal() as stop:
                walk(it, sorted(steps), stop, as_json=as_json)
        return _compare(it, as_json=as_json)


def accept(config_file: Path) -> int:
    """A person has looked: the database counts as up to date with the world."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            recover.accept(it.store, utc_now(), person())
        except recover.NothingToAccept as error:
            fail(str(error))
            return FAILED
        write(_say(words, "accepted", by=person()))
    return DONE


def again(config_file: Path, key: str) -> int:
    """Let a change that is gone at the other side be made again."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            reread.make_again(it.store, key, Act(utc_now(), person()))
        except reread.NothingToMakeAgain as error:
            fail(f"{error} `sepa-connector audit` shows those that can be made again.")
            return FAILED
        write(_say(words, "again", key=key))
    return DONE


def recover_all(config_file: Path) -> int:
    """Take the database for older than the world, until a pass has compared them from the start."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        begun = reread.recover(nightly.looking(it.installation, it.store, person()))
        write(_say(words, "recovering" if begun else "recovering_already"))
    return DONE


class Nightly:
    """Compares once a day, and logs each difference: what the daemon does after a pass."""

    def __init__(self, it: Opened) -> None:
        self._it = it
        self._compared_on: date | None = None

    def __call__(self) -> None:
        """Compare, unless it was done today."""
        it = self._it
        today = it.installation.today()
        if self._compared_on == today:
            return
        try:
            compare_for_the_log(it.installation, it.store)
        except ConnectorError as error:
            structlog.get_logger().warning("audit.failed", why=str(error))
            return
        self._compared_on = today


def compare_for_the_log(installation: Installation, store: Store) -> None:
    """Compare, and log each difference.

    Raises:
        PassRunning: a pass is at work.
        Fatal: the account, the rights or the address of another side is wrong.
    """
    log = structlog.get_logger()
    found = nightly.audited(installation, store)
    for one in found:
        log.warning("audit.difference", **_facts(one))
    log.info("audit.ended", differences=len(found))


def _compare(it: Opened, *, as_json: bool) -> int:
    words = Words(it.installation.language, it.config.time_zone)
    found = nightly.audited(it.installation, it.store)
    whole = all(one.kind is not _K.NOT_REACHED for one in found)
    if as_json:
        for one in found:
            print_json({"kind": "difference", **_facts(one), "text": _say(words, f"cause.{one.kind}")})
        print_json({"kind": "result", "differences": len(found), "complete": "yes" if whole else "no"})
    else:
        write(*told(words, found))
    if not whole:
        return FAILED
    return DIFFERENCES if found else DONE


def _facts(one: Difference) -> dict[str, str]:
    told = {"difference": one.kind.value, "record": one.record, "ours": one.ours, "theirs": masked_text(one.theirs)}
    return {**told, "where": one.where, "mended_by": one.mended_by}


def told(words: Words, found: Collection[Difference]) -> Iterator[RenderableType]:
    """The differences as lines and tables, those of a kind together."""
    if not found:
        yield _say(words, "none")
        return
    yield _say(words, "found", count=len(found))
    for kind in DifferenceKind:
        if some := [one for one in found if one.kind is kind]:
            yield from _of_kind(words, kind, some)


def _of_kind(words: Words, kind: DifferenceKind, some: Sequence[Difference]) -> Iterator[RenderableType]:
    shown = some[:_SHOWN]
    yield f"\n{_say(words, f'title.{kind}')} ({len(some)})"
    yield _say(words, f"cause.{kind}")
    yield ""
    yield _table(words, kind, shown)
    if len(some) > len(shown):
        yield _say(words, "more", count=len(some) - len(shown))
    yield ""
    yield _say(words, "do")
    yield from (f"  {command}" for command in dict.fromkeys(one.mended_by for one in shown))


def _table(words: Words, kind: DifferenceKind, shown: Iterable[Difference]) -> RenderableType:
    """Columns without a value are left out."""
    here, there = _WRITTEN.get(kind, (_text, _text))
    rows = [(words.record(one.record), here(words, one.ours), there(words, one.theirs), one.where) for one in shown]
    names = ("record", "here", "there", "where")
    used = [place for place in range(len(names)) if any(row[place] for row in rows)]
    heads = [_say(words, f"column.{names[place]}") for place in used]
    return table(heads, [[row[place] for place in used] for row in rows])


_Writer = Callable[[Words, str], str]


def _text(_words: Words, value: str) -> str:
    return masked_text(value)


def _amount(words: Words, value: str) -> str:
    return words.written(Decimal(value)) if value else ""


def _word(room: str, words: Words, value: str) -> str:
    return words.term(room, value) if value else ""


def _event(words: Words, value: str) -> str:
    return _say(words, f"event.{value}")


def _day(words: Words, value: str) -> str:
    return words.fact("collection_date", {"collection_date": date.fromisoformat(value)})


def _silent(words: Words, value: str) -> str:
    return _say(words, "silent", day=_day(words, value))


_state = partial(_word, "state")
_WRITTEN: Mapping[DifferenceKind, tuple[_Writer, _Writer]] = {
    _K.PUT_BACK: (_text, _day),
    _K.MANDATE_UNKNOWN: (_text, _event),
    _K.MANDATE_STATE: (_state, _event),
    _K.INVOICE_UNKNOWN: (_amount, _amount),
    _K.OPEN_AMOUNT: (_amount, _amount),
    _K.PAYMENT_GONE: (_amount, _text),
    _K.RETURN_GONE: (_amount, _text),
    _K.EFFECT_UNKNOWN: (partial(_word, "effect"), _text),
    _K.EFFECT_FAILED: (partial(_word, "effect"), _text),
    _K.NO_ANSWER: (_state, _silent),
    _K.FILE_UNANSWERED: (_state, _silent),
    _K.FILE_GONE: (_state, _text),
    _K.ANSWERS_UNREAD: (_text, lambda _words, _digest: ""),
}
"""How the values here and there are written; as they are, if nothing is said."""


def _say(words: Words, key: str, /, **facts: object) -> str:
    return say(words.language, f"audit.{key}", **facts)
