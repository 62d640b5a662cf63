"""Calls to a package over a network: reads are tried again after a short wait, a change of several calls is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from tenacity import RetryCallState, Retrying, nap, retry_if_exception, stop_after_attempt

from connector.errors import NoAccess, Retriable, UnknownOutcome

READ_ATTEMPTS = 3
PATIENCE_SECONDS = 10  # longer waits are left to the engine
FIRST_PAUSE_SECONDS = 1


class Client(Protocol):
    """What counts the changes that it sent."""

    changes_sent: int

    def where(self, about: str, /) -> str:
        """The place that an error names."""


def read_attempts(pause: Callable[[float], None] = nap.sleep) -> Retrying:
    """Tries a read again, a few times, if that is worth a short wait."""
    return Retrying(
        stop=stop_after_attempt(READ_ATTEMPTS),
        wait=_pause_after,
        retry=retry_if_exception(_is_worth_a_wait),
        reraise=True,
        sleep=pause,
    )


@contextmanager
def one_change(client: Client, about: str) -> Iterator[None]:
    """A change takes several calls: once one of them was sent, trouble no longer means "no effect".

    Raises:
        UnknownOutcome: the other side was away in the middle.
        NoAccess: it does not allow a part, and says why; called again, the change completes what is there.
    """
    sent = client.changes_sent
    try:
        yield
    except NoAccess:
        raise
    except Retriable as error:
        if client.changes_sent == sent:
            raise
        raise UnknownOutcome(f"{error.what} A part may be done.", where=client.where(about)) from error


def _is_worth_a_wait(error: BaseException) -> bool:
    return isinstance(error, Retriable) and error.may_pass_within(PATIENCE_SECONDS)


def _pause_after(state: RetryCallState) -> int:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, Retriable) else None
    return asked if asked is not None else FIRST_PAUSE_SECONDS * state.attempt_number
