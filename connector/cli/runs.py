"""`collect`: collection runs proposed by hand, those that wait for a person, and what that person says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from connector.cli.attention import person
from connector.cli.clock import utc_now
from connector.cli.failing import DONE, FAILED
from connector.cli.opening import Opened, opened
from connector.cli.passes import stop_on_signal, walk
from connector.cli.terminal import Words, fail, plain, print_json, table, write
from connector.engine import approval
from connector.model.deed import Step
from connector.store.runs import WaitingRun
from connector.texts.formatting import written

_PROPOSING = (Step.PULL, Step.FOLLOW, Step.COLLECT)
_SHOWN = 12
"""Digits of a digest that a person compares."""


def propose(config_file: Path, clock: Callable[[], datetime] = utc_now, *, as_json: bool) -> int:
    """Propose what is due now, as the packages and the mandates stand now; tell it, and which runs wait then."""
    with opened(config_file, clock) as it, stop_on_signal() as stop:
        result = walk(it, _PROPOSING, stop, as_json=as_json)
    list_runs(config_file, as_json=as_json)
    return result.exit_code


def list_runs(config_file: Path, *, as_json: bool) -> int:
    """List the runs that wait for approval."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        runs = approval.waiting(it.store)
    if as_json:
        for run in runs:
            print_json(plain(run))
        return DONE
    if not runs:
        write(words.say("run.none"))
        return DONE
    rows = (
        (
            run.id,
            words.when(run.proposed_at),
            str(run.collections),
            _amount(words, run),
            _day(words, run),
            run.digest[:_SHOWN],
        )
        for run in runs
    )
    write(table(words.columns("run", "created", "transactions", "amount", "first_day", "digest"), rows))
    write(words.say("run.next"))
    return DONE


def approve(config_file: Path, name: str, digest: str) -> int:
    """Let a run go to the bank."""
    return _decide(config_file, name, lambda it: partial(approval.approve, it.store, digest=digest), "run.approved")


def cancel(config_file: Path, name: str) -> int:
    """Let go of a run."""
    return _decide(config_file, name, lambda it: partial(approval.let_go, it.installation, it.store), "run.cancelled")


Decide = Callable[[str, datetime, str], WaitingRun]
"""Decide about the run of a name: at which moment, and who."""


def _decide(config_file: Path, name: str, decision: Callable[[Opened], Decide], told: str) -> int:
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            run = decision(it)(name, utc_now(), person())
        except approval.NoSuchRun as error:
            fail(f"{error} `sepa-connector collect list` shows those that do.")
            return FAILED
        except approval.MayHaveLeft as error:
            fail(f"{error} Nothing was cancelled. Let a pass compare it with the world first: sepa-connector sync.")
            return FAILED
        except approval.RunChanged as error:
            fail(f"{error} Nothing was approved.")
            return FAILED
        write(words.say(told, run=run.id, digest=run.digest[:_SHOWN], count=run.collections, amount=run.total))
    return DONE


def _amount(words: Words, run: WaitingRun) -> str:
    return written(words.language, run.total)


def _day(words: Words, run: WaitingRun) -> str:
    return written(words.language, run.first_day)
