"""Jobs: the road is whole whoever does it, a creditor's run waits for its sources, nothing waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connector.engine.lease import Scope
from connector.engine.workers.jobs import (
    AUDIT,
    Came,
    Job,
    again,
    first,
    following,
    is_there,
    must_wait,
    part_of,
    pause_before,
    scopes_of,
)
from connector.installation import Installation, Source
from connector.model.deed import Step
from tests.flows.world import CREDITOR, new_world

ROAD = 1_773_106_200


@pytest.fixture
def installation(sqlite_url: str, tmp_path: Path) -> Iterator[Installation]:
    """Two creditors; `books` and `shop` are collected for one of them, nothing for the other."""
    world = new_world(sqlite_url, tmp_path)
    made = world.installation
    shop = Source("shop", world.package, "main")
    yield replace(
        made,
        creditors={"main": CREDITOR, "other": CREDITOR.model_copy(update={"id": "other"})},
        sources={**made.sources, "shop": shop},
    )
    world.store.close()


def _road(installation: Installation) -> list[Job]:
    """All jobs that a road brings about, each name once."""
    found: dict[str, Job] = {}
    waiting = first(installation, ROAD, recovering=False)
    while waiting:
        job = waiting.pop(0)
        found.setdefault(job.name, job)
        after = following(installation, job, recovering=False)
        waiting += [after] if after else []
    return list(found.values())


def test_a_road_takes_each_step_over_every_source_and_creditor(installation: Installation) -> None:
    names = {job.name for job in _road(installation)}
    of_source = {f"{step} of {name}" for step in list(Step)[:5] for name in ("books", "shop")}
    of_creditor = {f"{step} of {name}" for step in list(Step)[5:] for name in ("main", "other")}
    assert names == of_source | of_creditor


def test_jobs_of_one_source_follow_each_other_in_the_order_of_the_road(installation: Installation) -> None:
    steps = [job.step for job in _road(installation) if job.of in ("books", "main")]
    assert steps == list(Step)


def test_a_job_is_read_from_the_queue_as_it_was_written() -> None:
    for job in (Job(Step.WRITE_BACK, "books", ROAD, waits=2, tries=1), Job(None, "", ROAD)):
        assert Job.read(job.written()) == job


def test_no_two_jobs_of_a_road_hold_the_same_but_those_of_the_undivided_mandate_service(
    installation: Installation,
) -> None:
    jobs = _road(installation)
    for job in jobs:
        part = part_of(installation, job)
        overlapping = {
            other.name
            for other in jobs
            if scopes_of(part, job)[0].overlaps(scopes_of(part_of(installation, other), other)[0])
        }
        follows = {other.name for other in jobs if other.step is Step.FOLLOW}
        assert overlapping == (follows if job.step is Step.FOLLOW else {job.name})


def test_submit_holds_the_pulls_of_its_sources_as_well(installation: Installation) -> None:
    job = Job(Step.SUBMIT, "main", ROAD)
    assert scopes_of(part_of(installation, job), job) == (
        Scope(Step.SUBMIT, "creditor main"),
        Scope(Step.PULL, "source books"),
        Scope(Step.PULL, "source shop"),
    )


def test_a_whole_pass_takes_over_while_the_database_recovers(installation: Installation) -> None:
    whole = Job(None, "", ROAD)
    assert first(installation, ROAD, recovering=True) == [whole]
    assert following(installation, Job(Step.PULL, "books", ROAD), recovering=True) == whole
    assert following(installation, whole, recovering=True) is None
    assert scopes_of(part_of(installation, whole), whole) == (Scope(),)


@pytest.mark.parametrize(
    ("open_job", "waits"),
    [
        (Job(Step.PULL, "shop", ROAD), True),
        (Job(Step.NOTIFY, "shop", ROAD - 600), True),
        (Job(Step.PULL, "shop", ROAD + 600), False),  # of the next road: else a busy schedule would never collect
        (Job(Step.COLLECT, "main", ROAD), False),
        (Job(Step.PULL, "elsewhere", ROAD), False),
    ],
)
def test_a_creditor_is_collected_for_once_its_sources_got_as_far(
    installation: Installation, open_job: Job, waits: bool
) -> None:
    assert must_wait(installation, Job(Step.COLLECT, "main", ROAD), [open_job]) is waits
    assert not must_wait(installation, Job(Step.COLLECT, "other", ROAD), [open_job])
    assert not must_wait(installation, Job(Step.SUBMIT, "main", ROAD), [open_job])


def test_the_audit_waits_for_whatever_is_on_the_road(installation: Installation) -> None:
    audit = Job(None, AUDIT, ROAD)
    assert must_wait(installation, audit, [audit, Job(Step.SHOW, "other", ROAD)])
    assert not must_wait(installation, audit, [audit, Job(Step.PULL, "books", ROAD + 600)])


def test_nothing_waits_for_ever_and_nothing_is_tried_for_ever(installation: Installation) -> None:
    slow = Job(Step.PULL, "shop", ROAD)
    job, seconds = Job(Step.COLLECT, "main", ROAD), 0
    while must_wait(installation, job, [slow]):
        waiting = again(job, Came.TAKEN)
        assert waiting is not None
        job, seconds = waiting, seconds + pause_before(waiting)
    assert 3000 < seconds < 4000
    broken, times = Job(Step.PULL, "shop", ROAD), 0
    while (tried := again(broken, Came.BROKEN)) is not None:
        broken, times = tried, times + 1
    assert times == 4


def test_a_job_that_was_stopped_goes_on_at_once(installation: Installation) -> None:
    job = Job(Step.PULL, "books", ROAD)
    assert again(job, Came.STOPPED) == job
    assert pause_before(job) == 0
    assert again(job, Came.FAILED) is None


def test_a_job_about_what_the_configuration_no_longer_has_is_told(installation: Installation) -> None:
    assert is_there(installation, Job(Step.PULL, "books", ROAD))
    assert not is_there(installation, Job(Step.PULL, "main", ROAD))
    assert not is_there(installation, Job(Step.SUBMIT, "books", ROAD))
    assert is_there(installation, Job(None, "", ROAD))
