"""`exceptions`: what waits for a person, and what that person can say of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from getpass import getuser
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from connector.cli.clock import utc_now
from connector.cli.failing import DONE, FAILED
from connector.cli.opening import opened
from connector.cli.terminal import Words, fail, plain, print_json, table, write
from connector.engine import resolve
from connector.store import exceptions
from connector.store.exceptions import OpenException


def list_exceptions(config_file: Path, *, as_json: bool) -> int:
    """List everything that a person must look at."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        with it.store.reading() as connection:
            every = exceptions.all_open(connection)
    if as_json:
        for one in every:
            print_json(exception_as_json(words, one))
        return DONE
    write(*attention(words, len(every), every))
    return DONE


def retry(config_file: Path, number: int) -> int:
    """Close an Exception and let the next pass try again."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            again = resolve.retry(it.store, number, utc_now(), person())
        except resolve.NoSuchException as error:
            return _no_such(error)
        write(words.say(f"exception.{'retried' if again else 'looked_at_again'}", number=str(number)))
    return DONE


def ignore(config_file: Path, number: int, *, done: bool, not_done: bool, result: str) -> int:
    """Close an Exception that a person has dealt with.

    Args:
        done, not_done: what the person saw of an uncertain change, if it is about one.
        result: the id that the other side gave the change.
    """
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            if done:
                resolve.done(it.installation, it.store, number, utc_now(), person(), result)
            elif not_done:
                resolve.not_done(it.store, number, utc_now(), person())
            else:
                resolve.ignore(it.store, number, utc_now(), person())
        except resolve.NoSuchException as error:
            return _no_such(error)
        except (resolve.NoSuchEffect, resolve.NeedsAnAnswer) as error:
            fail(str(error))
            return FAILED
        write(words.say("exception.ignored", number=str(number)))
    return DONE


def person() -> str:
    """Who types, for the history; in a container the user may have no name."""
    try:
        return getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _no_such(error: LookupError) -> int:
    fail(f"{error} `sepa-connector exceptions list` shows those that are open.")
    return FAILED


def attention(words: Words, count: int, shown: Sequence[OpenException]) -> Iterator[RenderableType]:
    """What a person must look at, as lines and a table.

    Args:
        count: of all that are open; `shown` may be some of them.
    """
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


def exception_as_json(words: Words, one: OpenException) -> dict[str, Any]:
    """An Exception for a program, with its sentence."""
    return {**plain(one), "text": words.reason(one.reason)}
