"""Jobs: the road cut into steps over parts of an installation, and which job follows which.

    for each source     pull, invite, follow, write_back, notify
    for each creditor                                            collect, submit, reconcile, show

Each job brings about the one after it. A creditor's collect comes once all its sources got as far, so that there is one
run and one bank file as in a pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from connector.engine.lease import Scope
from connector.installation import Installation
from connector.model.deed import Step

_OF_SOURCE = (Step.PULL, Step.INVITE, Step.FOLLOW, Step.WRITE_BACK, Step.NOTIFY)
"""Steps that a source is taken through by itself; after them its creditor is, with all its sources."""
_LONGEST_PAUSE_SECONDS = 5
_WAITS_FOR_SOURCES_MAX = 720
"""An hour, about: a source that takes longer is left to the next road."""
_TRIES_MAX = 5
AUDIT = "audit"
"""What the job is about that compares with the world when a road is done."""


class Came(StrEnum):
    """What came of a job."""

    DONE = "done"  # the next one follows
    TAKEN = "taken"  # another one works on the same: again later
    STOPPED = "stopped"  # its worker was asked to stop: again at once, by another one
    BROKEN = "broken"  # the database did not let it end: again later, a few times
    FAILED = "failed"  # nothing follows


@dataclass(frozen=True, slots=True)
class Job:
    """One step over one part of the installation, or a whole pass, or the audit.

    Attributes:
        step: None for a whole pass and for the audit.
        of: name of a source, or id of a creditor; empty for a whole pass, AUDIT for the audit.
        road: for which scheduled instant, in seconds since 1970.
        waits: how often it has waited for others.
        tries: how often it broke.
    """

    step: Step | None
    of: str
    road: int
    waits: int = 0
    tries: int = 0

    @property
    def name(self) -> str:
        """Its name: no two of the same wait in the queue."""
        return f"{self.step.value} of {self.of}" if self.step else self.of or "pass"

    def written(self) -> dict[str, Any]:
        """As it is written into the queue."""
        step = self.step.value if self.step else ""
        return {"step": step, "of": self.of, "road": self.road, "waits": self.waits, "tries": self.tries}

    @classmethod
    def read(cls, written: dict[str, Any]) -> Job:
        """As it was written; a daily one has the day beside it."""
        step = Step(written["step"]) if written["step"] else None
        return cls(step, written["of"], written["road"], written["waits"], written["tries"])


def is_there(installation: Installation, job: Job) -> bool:
    """Whether the configuration still has what a job is about."""
    if job.step is None:
        return True
    return job.of in (installation.sources if job.step in _OF_SOURCE else installation.creditors)


def part_of(installation: Installation, job: Job) -> Installation:
    """The part of an installation that a job works on. The mandate service has no parts: follow takes all of it."""
    if job.step is None or job.step is Step.FOLLOW:
        return installation
    return installation.of_source(job.of) if job.step in _OF_SOURCE else installation.of_creditor(job.of)


def scopes_of(part: Installation, job: Job) -> tuple[Scope, ...]:
    """What a job holds: its own scope first.

    Submit reads the invoices again before anything leaves; nobody else may read them meanwhile, and put an older state
    in the place of what it saw.
    """
    own = Scope(job.step, part.part)
    if job.step is not Step.SUBMIT:
        return (own,)
    return (own, *(Scope(Step.PULL, part.of_source(name).part) for name in sorted(part.sources)))


def first(installation: Installation, road: int, *, recovering: bool) -> list[Job]:
    """The jobs with which a road begins. Only a whole pass can end a recovery."""
    if recovering:
        return [Job(None, "", road)]
    served = {source.creditor for source in installation.sources.values()}
    idle = [Job(Step.COLLECT, creditor, road) for creditor in installation.creditors if creditor not in served]
    return [*(Job(Step.PULL, name, road) for name in installation.sources), *idle]


def following(installation: Installation, job: Job, *, recovering: bool) -> Job | None:
    """The job after one that is done. If it found that the database was put back, a whole pass takes over the road."""
    steps = tuple(Step)
    if job.step is None:
        return None
    if recovering:
        return Job(None, "", job.road)
    if job.step is steps[-1]:
        return None
    step = steps[steps.index(job.step) + 1]
    changes_hands = job.step is _OF_SOURCE[-1]
    return Job(step, installation.sources[job.of].creditor if changes_hands else job.of, job.road)


def must_wait(installation: Installation, job: Job, open_jobs: Iterable[Job]) -> bool:
    """Whether sources of a creditor are still on their way to its collect, on this road or an earlier one.

    The audit waits for whatever is on the road.
    """
    if job.waits >= _WAITS_FOR_SOURCES_MAX:
        return False
    if job.of == AUDIT and job.step is None:
        return any(one.name != job.name and one.road <= job.road for one in open_jobs)
    if job.step is not Step.COLLECT:
        return False
    ours = {name for name, source in installation.sources.items() if source.creditor == job.of}
    return any(one.step in _OF_SOURCE and one.of in ours and one.road <= job.road for one in open_jobs)


def again(job: Job, came: Came) -> Job | None:
    """A job that did not get through, as it is tried again; None if it broke too often."""
    match came:
        case Came.STOPPED:
            return job
        case Came.TAKEN:
            return replace(job, waits=job.waits + 1)
        case Came.BROKEN if job.tries + 1 < _TRIES_MAX:
            return replace(job, tries=job.tries + 1)
    return None


def pause_before(job: Job) -> int:
    """Seconds until a job that waited or broke is tried again."""
    times = job.waits + job.tries
    return min(1 << (times - 1), _LONGEST_PAUSE_SECONDS) if times else 0
