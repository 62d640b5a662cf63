"""A crew: daemons and workers of an installation as real processes, killed and started again at will."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

from connector.cli import daemon, worker

_END_SECONDS_MAX = 200
_ALL_OF_THEM_NEED = (
    "connector.engine.workers.worker",
    "connector.signing.service",
    "adapters.accounting.files.adapter",
    "adapters.banks.folder",
    "adapters.mail.folder",
)


class FileClock:
    """A clock for several processes: it tells the time that stands in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        """The time now."""
        return datetime.fromisoformat(self._path.read_text())

    def set(self, now: datetime) -> None:
        """Let it be that time, for all of them at once."""
        new = self._path.with_suffix(".new")
        new.write_text(now.isoformat())
        new.replace(self._path)


class Crew:
    """The processes. At the end of the `with` none of them is left.

    Args:
        configs: the config of each machine; workers are spread over them.
    """

    def __init__(self, configs: list[Path], clock: Path) -> None:
        self._configs = configs
        self._clock = clock
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["tests.flows.crew", *_ALL_OF_THEM_NEED])
        self._started: list[BaseProcess] = []
        self.workers: list[BaseProcess] = []
        self.daemons: list[BaseProcess] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._started:
            process.kill()
            process.join()

    def start_workers(self, number: int) -> None:
        """Let so many work."""
        self.workers += [self._started_one(_work, len(self.workers) + n) for n in range(number)]

    def start_daemons(self, number: int) -> None:
        """Let so many keep the schedule."""
        self.daemons += [self._started_one(_keep_schedule, n) for n in range(number)]

    def kill_worker(self, number: int) -> None:
        """SIGKILL a worker, and start another one in its place."""
        victim = self.workers[number]
        victim.kill()
        victim.join()
        self.workers[number] = self._started_one(_work, number)

    def dismiss_daemons(self) -> None:
        """Ask the daemons to stop, and wait until they have."""
        _dismiss(self.daemons)

    def dismiss_workers(self) -> None:
        """Ask the workers to stop, and wait until they have."""
        _dismiss(self.workers)

    def _started_one(self, work: Callable[[str, str], None], number: int) -> BaseProcess:
        config = self._configs[number % len(self._configs)]
        process = self._processes.Process(target=work, args=(str(config), str(self._clock)))
        process.start()
        self._started.append(process)
        return process


def _dismiss(processes: list[BaseProcess]) -> None:
    for process in processes:
        if process.pid is not None:
            process.terminate()
    for process in processes:
        process.join(_END_SECONDS_MAX)
        assert process.exitcode in (0, -signal.SIGTERM), f"{process.name} ended with {process.exitcode}"
    processes.clear()


def _work(config: str, clock: str) -> None:
    raise SystemExit(worker.run(Path(config), 1, FileClock(Path(clock))))


def _keep_schedule(config: str, clock: str) -> None:
    raise SystemExit(daemon.run(Path(config), FileClock(Path(clock))))
