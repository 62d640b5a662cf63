"""`status`: how an installation stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from apscheduler.triggers.cron import CronTrigger
from rich.console import RenderableType

from connector.cli.attention import attention, exception_as_json
from connector.cli.clock import utc_now
from connector.cli.failing import DONE
from connector.cli.opening import Opened, opened
from connector.cli.terminal import Words, plain, print_json, table, write
from connector.engine.lease import Scope
from connector.engine.status import Status, status
from connector.model.effect import EffectState

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
    yield from attention(words, standing.exceptions, standing.latest_exceptions)


def _passes(words: Words, standing: Status, due: datetime | None) -> Iterator[RenderableType]:
    if standing.passes:
        yield words.title("passes")
        yield table(
            words.columns("number", "work", "started", "ended", "outcome"),
            (
                (
                    str(one.id),
                    _work(words, Scope.named(one.scope)),
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


def _work(words: Words, scope: Scope) -> str:
    """What a pass was about: the whole road, or the step of a worker's job."""
    if scope.step is None:
        return words.say("status.whole_road")
    heading = words.say(f"step.{scope.step.value}")
    return f"{heading}, {scope.part}" if scope.part else heading


def _as_json(words: Words, standing: Status, due: datetime | None) -> dict[str, Any]:
    facts = plain(standing)
    facts["collections"] = {
        state: {"count": count, "amount": str(total)} for state, (count, total) in standing.collections.items()
    }
    facts["latest_exceptions"] = [exception_as_json(words, one) for one in standing.latest_exceptions]
    return {"next_pass": plain(due), **facts}
