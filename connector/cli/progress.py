"""Progress of long work: a bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from connector.model.customer import Language
from connector.steps.work import Progress
from connector.texts import say

Show = Callable[[Progress], None]
Write = Callable[[str], None]


@contextmanager
def progress_shown(language: Language, write: Write) -> Iterator[tuple[Show, Write]]:
    """Give what takes progress, and what writes a line without breaking the bar.

    Args:
        write: writes a line where there is no bar.
    """
    if not sys.stderr.isatty():
        yield (lambda _progress: None), write
        return
    with _bars() as bars:
        tasks: dict[tuple[str, str], TaskID] = {}

        def show(progress: Progress) -> None:
            key = (progress.step.value, progress.what)
            if key not in tasks:
                for task in tasks.values():
                    bars.update(task, visible=False)
                description = f"{say(language, f'report.step.{progress.step.value}')}: {progress.what}"
                tasks[key] = bars.add_task(description, total=progress.total)
            bars.update(tasks[key], completed=progress.done, total=progress.total)

        def write_above(line: str) -> None:
            if sys.stdout.isatty():
                bars.console.print(line, markup=False)
            else:
                write(line)

        yield show, write_above


@contextmanager
def count_shown(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give what takes how many are done of one long list.

    Args:
        what: what they are, in the reader's language.
    """
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    with _bars(redirect_stdout=sys.stdout.isatty()) as bars:
        task = bars.add_task(what, total=total)
        yield lambda done: bars.update(task, completed=done)


def _bars(*, redirect_stdout: bool = True) -> Bars:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True, highlight=False)
    return Bars(*columns, console=console, transient=True, redirect_stdout=redirect_stdout)
