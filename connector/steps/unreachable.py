"""When another side does not answer: try a few times, then show it to a person and let the rest go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from connector.errors import Retriable
from connector.model.deed import Step
from connector.model.reason import Reason, ReasonCode
from connector.steps.work import Work
from connector.store import exceptions

_ATTEMPTS = 3
_LONGEST_WAIT_SECONDS = 5

Answer = TypeVar("Answer")


def retried(call: Callable[[], Answer]) -> Answer:
    """Call, and call again a little later if the other side was away.

    Raises:
        Retriable: it was away every time.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(Retriable),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential(multiplier=0.2, max=_LONGEST_WAIT_SECONDS),
        reraise=True,
    )
    return retrying(call)


def show_unreachable(work: Work, step: Step, name: str, error: Retriable) -> None:
    """Show that a source, service, bank or mailer did not answer."""
    work.unreachable.add(name)
    facts = {"target": name, "why": error.what, "remedy": error.remedy}
    with work.store.transaction() as connection:
        work.show(connection, step, f"connection {name}", Reason(ReasonCode.SOURCE_UNREACHABLE, facts))


def reached(work: Work, name: str) -> None:
    """It answers (again): what was shown before is over."""
    act = work.act()
    with work.store.transaction() as connection:
        records = [f"connection {name}"]
        exceptions.close(connection, records, ReasonCode.SOURCE_UNREACHABLE, act.at, act.by)
