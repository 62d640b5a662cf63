"""The wire between the connector and all others: what it carries, it may lose, double, delay or refuse.

The process at the near end may be killed at any call and at any commit, before or after it, and it may freeze during
a call while another pass starts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from connector.errors import Retriable, Skippable, UnknownOutcome
from connector.testing.clock import SettableClock
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.trace import Trace

Answer = TypeVar("Answer")


class Killed(BaseException):
    """The process is gone. Nothing of the product may catch it, as nothing catches SIGKILL."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How hostile the world of a seed is: percent of calls that meet each trouble."""

    lost: int = 0
    doubled: int = 0
    delayed: int = 0
    slow: int = 0
    away: int = 0
    throttled: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the life of a process: its n-th call or commit, before or after that is made."""

    number: int
    after: bool


@dataclass
class Wire:
    """Carries each call. What it does to it is drawn from one stream of chance.

    Attributes:
        down: names of those who do not answer today.
        kill_at: when the process dies.
        interrupt_at: at which call something else happens first, and what: a second pass starts.
        happened: calls and commits of this process so far.
    """

    clock: SettableClock
    trace: Trace
    chance: Chance
    temper: Temper = Temper()
    down: frozenset[str] = frozenset()
    kill_at: Moment | None = None
    interrupt_at: Moment | None = None
    interrupt: Callable[[], None] = lambda: None
    watch: Callable[[str], None] = lambda _call: None
    happened: int = 0
    dead: bool = False
    _delayed: dict[str, list[tuple[str, Callable[[], object]]]] = field(default_factory=dict)

    def read(self, target: str, call: str, work: Callable[[], Answer]) -> Answer:
        """Carry a call that changes nothing: it is answered, or surely was not made."""
        looks_up = call.startswith("look_up")  # a pass that freezes here may have a mail in hands: nobody can help that
        self._begin(target, call, freezes_before=not looks_up)
        if trouble := self._away(target):
            self.trace.note(target, call, trouble.what)
            raise trouble
        answer = work()
        self.trace.note(target, call, _shown(answer))
        self.tick(after=True)
        return answer

    def change(
        self, target: str, call: str, work: Callable[[], Answer], *, repeatable: bool = True, late: bool = True
    ) -> Answer:
        """Carry a call that changes something.

        Args:
            repeatable: the other side knows it again by its key: the wire may deliver it twice.
            late: it may arrive after the caller gave up on it.
        """
        self._begin(target, call, freezes_before=repeatable and late)
        if trouble := self._away(target) or self._refused(target):
            self.trace.note(target, call, trouble.what)
            raise trouble
        temper = self.temper
        if late and self.chance.happens(temper.delayed):
            self._delayed.setdefault(target, []).append((call, work))
            self.trace.note(target, call, "no answer, and not made yet")
            raise _lost(target)
        answer = work()
        if repeatable and self.chance.happens(temper.doubled):
            answer = work()
            self.trace.note(target, call, f"{_shown(answer)} (delivered twice)")
        else:
            self.trace.note(target, call, _shown(answer))
        self.tick(after=True)
        self._interrupted(after=True)
        if self.chance.happens(temper.lost):
            self.trace.note(target, call, "the answer is lost")
            raise _lost(target)
        return answer

    def broken_off(self) -> bool:
        """Whether a long call breaks off here, with some of it done."""
        return self.chance.happens(self.temper.lost)

    def arrive(self, target: str | None = None) -> None:
        """Deliver what is on its way: to one, or to all at the end of a day."""
        for name in [target] if target else sorted(self._delayed):
            for call, work in self._delayed.pop(name, []):
                try:
                    self.trace.note(name, f"{call} (late)", _shown(work()))
                except Skippable as refused:
                    self.trace.note(name, f"{call} (late)", refused.what)

    def is_on_its_way(self, target: str) -> bool:
        """Whether a call to this one is late."""
        return bool(self._delayed.get(target))

    def commit(self, make: Callable[[], None]) -> None:
        """A commit of the process."""
        self.tick(after=False)
        make()
        self.tick(after=True)

    def tick(self, *, after: bool) -> None:
        """One moment of the process passes; it may be its last.

        Raises:
            Killed: it is, or was.
        """
        if not after:
            self.happened += 1
        if self.kill_at == Moment(self.happened, after):
            self.dead = True
            self.trace.note("process", f"killed at {self.happened}, {'after' if after else 'before'} it")
        if self.dead:
            raise Killed

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.clock.forward(seconds=int(seconds) + 1)

    def _begin(self, target: str, call: str, *, freezes_before: bool = True) -> None:
        self.watch(call)
        self.clock.forward(minutes=self.chance.number(2, 9) if self.chance.happens(self.temper.slow) else 0)
        self.arrive(target)
        self.tick(after=False)
        if freezes_before:
            self._interrupted(after=False)

    def _interrupted(self, *, after: bool) -> None:
        if self.interrupt_at is not None and self.happened >= self.interrupt_at.number:
            if self.interrupt_at.after is not after:
                return
            self.interrupt_at = None
            self.interrupt()

    def _away(self, target: str) -> Retriable | None:
        if target in self.down or self.chance.happens(self.temper.away):
            return Retriable(f"{target} does not answer.", where=target)
        if self.chance.happens(self.temper.throttled):
            seconds = self.chance.pick((1, 5, 20, 60, 900, 7200))
            return Retriable(f"{target} wants {seconds} s of rest.", where=target, retry_after_seconds=seconds)
        return None

    def _refused(self, target: str) -> Skippable | None:
        if self.chance.happens(self.temper.refused):
            return Skippable(f"{target} refuses this.", where=target)
        return None


def _lost(target: str) -> UnknownOutcome:
    return UnknownOutcome(f"The answer of {target} was lost.", where=target)


def _shown(answer: object) -> str:
    if isinstance(answer, str) or answer is None:
        return str(answer)
    if isinstance(answer, Mapping | list | tuple):
        return f"{len(answer)}"
    return type(answer).__name__
