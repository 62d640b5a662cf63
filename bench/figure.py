"""Figure: one measured number beside its peer's, and how a piece of work is measured.

A module of this folder lists what it measures in `FIGURES`, by name:

    FIGURES = {"bankfiles.write": write, "bankfiles.read": read}

Each value is a function without arguments that returns a `Figure`; nothing is measured before it is called.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ParamSpec

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one benchmark found. Of both values, less is better.

    Attributes:
        unit: of value and peer_value, e.g. "s".
        peer: what it is measured against, e.g. "sepaxml 2.7, validated"; empty if there is no peer.
        peak_mib: most memory that our side held at once, the interpreter and its modules included.
    """

    name: str
    value: float
    unit: str
    peer: str = ""
    peer_value: float | None = None
    peak_mib: float | None = None

    @property
    def ratio(self) -> float | None:
        """The peer's value over ours: 25 means that the peer needs 25 times as much."""
        return self.peer_value / self.value if self.peer_value is not None and self.value else None

    def row(self) -> Mapping[str, str | float | None]:
        """All columns, the ratio included, in the order in which they are printed."""
        row = asdict(self)
        peak = row.pop("peak_mib")
        return {**row, "ratio": self.ratio, "peak_mib": peak}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a call took.

    Attributes:
        seconds: by the clock on the wall.
        peak_mib: the most memory that its process held.
        cpu_seconds: in which its process was at work, and not waiting for somebody else.
    """

    seconds: float
    peak_mib: float
    cpu_seconds: float


def measured(work: Callable[Arguments, object], *args: Arguments.args, **kwargs: Arguments.kwargs) -> Measured:
    """Run work once in a fresh process, so that neither time nor memory carries anything of an earlier run.

    Args:
        work: a function of a module's top level; its arguments must be picklable. What it imports on the way
            counts, what its module imports does not.

    Raises:
        RuntimeError: work raised; its traceback stands on standard error.
    """
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_measure, args=(there, work, args, kwargs))
    process.start()
    there.close()
    try:
        result = here.recv()
    except EOFError:
        process.join()
        raise RuntimeError(f"{work.__name__} failed; see its traceback above.") from None
    process.join()
    assert isinstance(result, Measured)
    return result


def _measure(
    answer: Connection,
    work: Callable[..., object],
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> None:
    started, cpu_before = time.perf_counter(), time.process_time()
    work(*args, **kwargs)
    cpu_seconds = time.process_time() - cpu_before
    answer.send(Measured(time.perf_counter() - started, _peak_mib(), cpu_seconds))


def _peak_mib() -> float:
    """Linux tells the peak of this very process; getrusage would count that of the parent as well."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    peak_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak_rss / (1024 * 1024 if sys.platform == "darwin" else 1024)
