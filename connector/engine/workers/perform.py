"""Perform: one job, done by the steps and the outbox that a pass is made of, so that what holds there holds here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event

import structlog
from sqlalchemy.exc import DBAPIError

from connector.engine.lease import lease
from connector.engine.one_pass import PassResult, run_pass
from connector.engine.workers.jobs import Came, Job, is_there, part_of, scopes_of
from connector.errors import LostLease, PassRunning, Retriable, Stopped
from connector.installation import Installation
from connector.model.deed import Deed, Step
from connector.store.database import Store

_log = structlog.get_logger()


def perform(installation: Installation, store: Store, job: Job, tell: Callable[[Deed], None], stop: Event) -> Came:
    """Do a job, as long as nobody else works on the same.

    Args:
        tell: told of each deed.
        stop: set when the job shall end after the record in hand.
    """
    if not is_there(installation, job):
        _log.warning("job.unknown", job=job.name, remedy="Let all workers have the same configuration.")
        return Came.FAILED
    if stop.is_set():
        return Came.STOPPED
    part = part_of(installation, job)
    own, *others = scopes_of(part, job)
    try:
        with ExitStack() as held:
            for scope in others:
                held.enter_context(lease(store, installation.folder, scope, installation.clock))
            steps = tuple(Step) if job.step is None else (job.step,)
            result = run_pass(part, store, steps=steps, tell=tell, stop=stop, scope=own)
    except PassRunning:
        return Came.TAKEN
    except DBAPIError as error:  # a deadlock of two jobs, or a lost connection: what was not committed did not happen
        return _broken(job, str(error.orig).partition("\n")[0])
    except Retriable as error:  # its package could not be let go of
        return _broken(job, str(error))
    return _came_of(job, result)


def _broken(job: Job, why: str) -> Came:
    _log.warning("job.broken", job=job.name, why=why)
    return Came.BROKEN


def _came_of(job: Job, result: PassResult) -> Came:
    result.log("job.ended", job=job.name)
    match result.error:
        case None:
            return Came.DONE
        case Stopped():
            return Came.STOPPED
        case LostLease():
            return Came.TAKEN
    return Came.FAILED
