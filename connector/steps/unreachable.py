"""When another side does not answer: try a few times, then show it to a person and let the rest go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import blake2b
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from connector.errors import Retriable
from connector.model.deed import Step
from connector.model.reason import Reason, ReasonCode
from connector.steps.work import Work
from connector.store import exceptions, targets

_ATTEMPTS = 3
_FIRST_WAIT_MS = 400
_LONGEST_WAIT_MS = 8_000
_WORTH_WAITING_SECONDS = 30
"""What a target may ask us to wait within a pass; if it asks for more, the next pass that may call it does."""
_LONGEST_ABSENCE = timedelta(days=1)

Answer = TypeVar("Answer")


def retried(work: Work, name: str, call: Callable[[], Answer]) -> Answer:
    """Call, and call again a little later if the other side was away. Waits ever longer, and as long as it is asked to.

    Args:
        name: of the source, service, bank or mailer that is called.

    Raises:
        Retriable: it was away every time, or asked to be left alone for long: in earlier passes too.
        NoAccess: it does not let us in; that is not tried again.
    """
    _respect_its_wish(work, name)
    retrying = Retrying(
        retry=retry_if_exception(_may_pass_soon),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=_Backoff(f"{work.by} {name}"),
        sleep=work.installation.sleep,
        reraise=True,
    )
    try:
        return retrying(call)
    except Retriable as error:
        if error.retry_after_seconds and not _may_pass_soon(error):
            _note_its_wish(work, name, error)
        raise


def _may_pass_soon(error: BaseException) -> bool:
    return isinstance(error, Retriable) and error.may_pass_within(_WORTH_WAITING_SECONDS)


def _respect_its_wish(work: Work, name: str) -> None:
    """Do not call a target before the time that it named. A time too far away is none: a clock was wrong.

    Raises:
        Retriable: it is not time yet.
    """
    now = work.installation.clock()
    with work.store.reading() as connection:
        not_before = targets.find(connection, name).not_before
    if not_before is not None and now < not_before <= now + _LONGEST_ABSENCE:
        raise Retriable(
            f"{name} asked us to wait until {not_before:%Y-%m-%d %H:%M} UTC.",
            where=name,
            remedy="Start passes less often, or ask its operator for a higher limit.",
            retry_after_seconds=int((not_before - now).total_seconds()) + 1,
        )


def _note_its_wish(work: Work, name: str, error: Retriable) -> None:
    wish = timedelta(seconds=error.retry_after_seconds or 0)
    not_before = work.installation.clock() + min(wish, _LONGEST_ABSENCE)
    with work.store.transaction() as connection:
        targets.save(connection, replace(targets.find(connection, name), not_before=not_before))


@dataclass(frozen=True, slots=True)
class _Backoff:
    """How long to wait before the next attempt: twice as long each time, and at least as long as was asked for.

    Half of it is jitter, so that not all who were sent away come back at once; it is derived from who calls whom.
    """

    seed: str

    def __call__(self, state: RetryCallState) -> float:
        """Seconds to wait."""
        longest = min(_FIRST_WAIT_MS << (state.attempt_number - 1), _LONGEST_WAIT_MS)
        digest = blake2b(f"{self.seed} {state.attempt_number}".encode(), digest_size=4).digest()
        jitter = int.from_bytes(digest, "big") % (longest // 2)
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_seconds or 0 if isinstance(error, Retriable) else 0
        return asked + (longest - jitter) / 1000


def show_unreachable(work: Work, step: Step, name: str, error: Retriable) -> None:
    """Show that a source, service, bank or mailer did not answer."""
    facts = {"target": name, "why": error.what, "remedy": error.remedy}
    reason = work.unreachable[name] = Reason(ReasonCode.SOURCE_UNREACHABLE, facts)
    with work.store.transaction() as connection:
        work.show(connection, step, f"connection {name}", reason)


def reached(work: Work, name: str) -> None:
    """It answers (again): what was shown before is over."""
    if name in work.answered:
        return
    act = work.act()
    with work.store.transaction() as connection:
        records = [f"connection {name}"]
        exceptions.close(connection, records, ReasonCode.SOURCE_UNREACHABLE, act.at, act.by)
    work.answered.add(name)
