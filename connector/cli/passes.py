"""`plan` and `sync`: one pass, rehearsed or done. They share the code of the engine, and their words."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

import structlog

from connector.cli.opening import Opened, opened
from connector.cli.progress import progress_shown
from connector.cli.telling import Narrator, print_deed
from connector.cli.terminal import print_json, write
from connector.engine.one_pass import Outcome, PassResult, rehearse, run_pass
from connector.errors import ConnectorError
from connector.masking import masked_text
from connector.model.customer import Language
from connector.model.deed import Deed, DeedCode, Step
from connector.store import exceptions
from connector.texts import reason_text, say

_NOT_STARTED = "not_started"


def plan(config_file: Path, steps: Sequence[Step], *, as_json: bool) -> int:
    """Tell what a pass would do now."""
    with _always_ended(as_json=as_json), opened(config_file) as it:
        language = it.installation.language
        with progress_shown(language, write) as (show, _):
            result = rehearse(it.installation, it.store, steps=steps, progress=show)
        waiting = _waiting(it)
    narrator = Narrator(language, write)
    for deed in result.deeds:
        if as_json:
            print_deed(language, deed)
        else:
            narrator(deed)
    narrator.end()
    _end(language, result, as_json=as_json)
    if not as_json:
        _say_planned(language, result, waiting)
    return result.exit_code


def sync(config_file: Path, steps: Sequence[Step], *, as_json: bool) -> int:
    """Walk the road once, and tell each deed as it is done."""
    with _always_ended(as_json=as_json), opened(config_file) as it, stop_on_signal() as stop:
        result = walk(it, steps, stop, as_json=as_json)
    return result.exit_code


def walk(it: Opened, steps: Sequence[Step], stop: Event, *, as_json: bool) -> PassResult:
    """Take these steps, and tell what is done."""
    language = it.installation.language
    with progress_shown(language, write) as (show, write_line):
        narrator = Narrator(language, write_line)
        tell = _teller(language, narrator, as_json=as_json)
        result = run_pass(it.installation, it.store, steps=steps, tell=tell, progress=show, stop=stop)
        narrator.end()
    if not sys.stderr.isatty():
        result.log("pass.ended")
    if as_json or sys.stderr.isatty() or result.outcome is not Outcome.DONE:
        _end(language, result, as_json=as_json)
        if not as_json:
            _say_done(language, result.outcome, _waiting(it))
    return result


def _waiting(it: Opened) -> int:
    """How many Exceptions wait for a person, those of earlier passes too: as many as `exceptions list` shows."""
    with it.store.reading() as connection:
        return exceptions.count_open(connection)


def _say_done(language: Language, outcome: Outcome, waiting: int) -> None:
    """That it is done, and what waits for a person now - which need not have been met in this pass."""
    if outcome in (Outcome.DONE, Outcome.EXCEPTIONS):
        outcome = Outcome.EXCEPTIONS if waiting else Outcome.DONE
    write(f"\n{say(language, f'report.outcome.{outcome}', count=waiting)}")


def _say_planned(language: Language, result: PassResult, waiting: int) -> None:
    """What the plan was, with what it met that is new; and what waits already."""
    new = sum(deed.code is DeedCode.EXCEPTION for deed in result.deeds)
    key: str = result.outcome.value
    if result.outcome in (Outcome.DONE, Outcome.EXCEPTIONS):
        key = "exceptions" if new else "done" if result.deeds else "nothing"
    write(f"\n{say(language, f'report.planned.{key}', count=new)}")
    if waiting:
        write(f"{say(language, 'report.status.exceptions', count=waiting)}. {say(language, 'report.status.all')}")


def _teller(language: Language, narrator: Narrator, *, as_json: bool) -> Callable[[Deed], None]:
    """Where deeds go: to standard output as JSON if asked, to a person's terminal, or else to the log."""
    if as_json:
        return lambda deed: print_deed(language, deed)
    return narrator if sys.stderr.isatty() else log_deed


def log_deed(deed: Deed) -> None:
    """A deed as a line of the log."""
    log = structlog.get_logger()
    write = log.warning if deed.code is DeedCode.EXCEPTION else log.info
    write(f"{deed.step.value}.{deed.code.value}", **{k: str(v) for k, v in deed.facts.items()})


def _end(language: Language, result: PassResult, *, as_json: bool) -> None:
    """What stood in its way; for a program, all of how it ended."""
    if as_json:
        error = masked_text(str(result.error)) if result.error else None
        away = [reason.facts for reason in result.unreachable]
        _print_result(result.number, result.outcome.value, result.exceptions, result.counts, error, away)
        return
    if result.error is not None:
        write(f"\n{masked_text(str(result.error))}")
    if result.unreachable:
        write("", *(reason_text(language, reason) for reason in result.unreachable))


def _print_result(
    number: int | None,
    outcome: str,
    exceptions: int,
    counts: Mapping[str, int],
    error: str | None,
    unreachable: Sequence[Mapping[str, str]],
) -> None:
    told = {"outcome": outcome, "exceptions": exceptions, "counts": counts, "error": error, "unreachable": unreachable}
    print_json({"kind": "result", "pass": number, **told})


@contextmanager
def _always_ended(*, as_json: bool) -> Iterator[None]:
    """A program that reads our lines gets a last one also where nothing could be started."""
    try:
        yield
    except ConnectorError as error:
        if as_json:
            _print_result(None, _NOT_STARTED, 0, {}, masked_text(str(error)), [])
        raise


@contextmanager
def stop_on_signal() -> Iterator[Event]:
    """An event that is set on SIGTERM and Ctrl-C: the record in hand is finished, then the pass ends."""
    stop = Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
