"""`status` and `exceptions`: how it stands, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from rich.console import RenderableType

from connector.cli.clock import utc_now
from connector.cli.failing import DONE, FAILED
from connector.cli.opening import Opened, opened
from connector.cli.terminal import Words, fail, plain, print_json, table, write
from connector.engine import resolve
from connector.engine.status import Status, status
from connector.model.effect import EffectState
from connector.store import exceptions as stored
from connector.store.exceptions import OpenException

_SHOWN = 10


def run(config_file: Path, *, as_json: bool) -> int:
    """Show how the installation stands."""
    with opened(config_file) as it:
        standing = status(it.store, limit=_SHOWN)
        words = Words(it.installation.language, it.config.time_zone)
        due = _next_pass(it)
        if as_json:
            print_json(_as_json(words, standing, due))
            return DONE
        write(*told(words, standing, due))
    return DONE


def _next_pass(it: Opened) -> datetime | None:
    """When the daemon, if it runs, starts the next pass."""
    if not it.config.schedule.enabled:
        return None
    trigger = CronTrigger.from_crontab(it.config.schedule.crontab, timezone=it.config.time_zone)
    due: datetime | None = trigger.get_next_fire_time(None, utc_now())
    return due


def told(words: Words, standing: Status, due: datetime | None) -> Iterator[RenderableType]:
    """How it stands, as lines and tables."""
    yield from _passes(words, standing, due)
    if standing.mandates:
        rows = ((words.term("state", state), str(count)) for state, count in standing.mandates.items())
        yield words.title("mandates")
        yield table(words.columns("state", "count"), rows)
    if standing.collections:
        yield words.title("collections")
        yield table(
            words.columns("state", "count", "amount"),
            (
                (words.term("state", state), str(count), words.written(total))
                for state, (count, total) in standing.collections.items()
            ),
        )
    owed = {state: count for state, count in standing.effects.items() if state != EffectState.DONE.value}
    if owed:
        rows = ((words.term("state", state), str(count)) for state, count in owed.items())
        yield words.title("owed")
        yield table(words.columns("state", "count"), rows)
    if standing.files:
        yield words.title("files")
        yield table(
            words.columns("file", "created", "transactions", "amount", "state"),
            (
                (
                    file.name,
                    words.when(file.created_at),
                    str(file.transactions),
                    words.written(file.total),
                    words.term("state", file.state.value),
                )
                for file in standing.files
            ),
        )
    yield from _attention(words, standing.exceptions, standing.latest_exceptions)


def _passes(words: Words, standing: Status, due: datetime | None) -> Iterator[RenderableType]:
    if standing.passes:
        yield words.title("passes")
        yield table(
            words.columns("number", "started", "ended", "outcome"),
            (
                (
                    str(one.id),
                    words.when(one.started_at),
                    words.when(one.ended_at) if one.ended_at else "",
                    words.term("outcome", one.outcome or "running"),
                )
                for one in standing.passes
            ),
        )
    else:
        yield words.say("status.never")
    yield "\n" + (words.say("status.next", at=words.when(due)) if due else words.say("status.not_scheduled"))


def _attention(words: Words, count: int, shown: Sequence[OpenException]) -> Iterator[RenderableType]:
    if not count:
        yield "\n" + words.say("status.no_exceptions")
        return
    yield "\n" + words.say("status.exceptions", count=count)
    yield _table(words, shown)
    if count > len(shown):
        yield words.say("status.all")
    yield words.say("status.dealt_with")


def _table(words: Words, shown: Iterable[OpenException]) -> RenderableType:
    rows = (
        (str(one.id), words.record(one.record), words.when(one.opened_at), words.reason(one.reason)) for one in shown
    )
    return table(words.columns("number", "record", "since", "reason"), rows, spaced=True)


def _as_json(words: Words, standing: Status, due: datetime | None) -> dict[str, Any]:
    facts = plain(standing)
    facts["collections"] = {
        state: {"count": count, "amount": str(total)} for state, (count, total) in standing.collections.items()
    }
    facts["latest_exceptions"] = [_exception_as_json(words, one) for one in standing.latest_exceptions]
    return {"next_pass": plain(due), **facts}


def _exception_as_json(words: Words, one: OpenException) -> dict[str, Any]:
    return {**plain(one), "text": words.reason(one.reason)}


def list_exceptions(config_file: Path, *, as_json: bool) -> int:
    """List everything that a person must look at."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        with it.store.reading() as connection:
            every = stored.all_open(connection)
    if as_json:
        for one in every:
            print_json(_exception_as_json(words, one))
        return DONE
    write(*_attention(words, len(every), every))
    return DONE


def retry(config_file: Path, number: int) -> int:
    """Close an Exception and let the next pass try again."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            again = resolve.retry(it.store, number, utc_now(), getuser())
        except resolve.NoSuchException as error:
            return _no_such(error)
        write(words.say(f"exception.{'retried' if again else 'looked_at_again'}", number=str(number)))
    return DONE


def ignore(config_file: Path, number: int) -> int:
    """Close an Exception that a person has dealt with."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            resolve.ignore(it.store, number, utc_now(), getuser())
        except resolve.NoSuchException as error:
            return _no_such(error)
        write(words.say("exception.ignored", number=str(number)))
    return DONE


def _no_such(error: LookupError) -> int:
    fail(f"{error} `sepa-connector exceptions list` shows those that are open.")
    return FAILED
