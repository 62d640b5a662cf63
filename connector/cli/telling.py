"""Telling the deeds of a pass: in the finance user's words under the heading of each step, or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from connector.cli.terminal import plain, print_json
from connector.model.customer import Language
from connector.model.deed import Deed, DeedCode, Step
from connector.texts import deed_text, say

_TOLD_MAX = 20
"""Deeds of one kind that are told one by one; the rest of them is counted."""


class Narrator:
    """Tells deeds as they come, step by step.

    Args:
        write: puts a line in front of a person.
    """

    def __init__(self, language: Language, write: Callable[[str], None]) -> None:
        self._language = language
        self._write = write
        self._step: Step | None = None
        self._told: Counter[DeedCode] = Counter()

    def __call__(self, deed: Deed) -> None:
        """Tell a deed."""
        if deed.step is not self._step:
            self.end()
            self._step = deed.step
            self._write(f"\n{say(self._language, f'report.step.{deed.step.value}')}")
        self._told[deed.code] += 1
        if self._told[deed.code] <= _TOLD_MAX:
            self._write(f"  {deed_text(self._language, deed)}")

    def end(self) -> None:
        """The step is over: say how many deeds of each kind were not told."""
        for count in self._told.values():
            if count > _TOLD_MAX:
                self._write(f"  {say(self._language, 'report.more', count=count - _TOLD_MAX)}")
        self._told.clear()


def print_deed(language: Language, deed: Deed) -> None:
    """A deed as one JSON object, with its sentence."""
    print_json({"kind": "deed", **plain(deed), "text": deed_text(language, deed)})
