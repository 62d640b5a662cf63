"""Work: what a step has in hands - the installation, the store, and whom to tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from sqlalchemy import Connection

from connector.errors import Stopped
from connector.installation import Installation
from connector.model.deed import Deed, DeedCode, Fact, Step, new_deed
from connector.model.reason import Reason
from connector.store import exceptions
from connector.store.database import Store
from connector.store.history import Act


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is. `total` is None where nobody knows."""

    step: Step
    what: str
    done: int
    total: int | None = None


@dataclass
class Work:
    """One pass at work.

    Attributes:
        number: of the pass; 0 for a rehearsal.
        by: who acts, for the history, e.g. "pass 12".
        rehearsal: True in `plan`: nothing is changed at other sides, and the store forgets all.
        folder: where bank files are written and received ones kept.
        tell, progress: told of each deed and of how far long work is.
        stop: set when the pass shall end after the record in hand.
        scope: what this pass holds a lease of, by name.
        met: exceptions met in this pass.
        answered: names of sources, services, banks and mailers that did answer in this pass, and that is noted.
        unreachable: sources, services, banks and mailers that did not answer in this pass, by name, each with why.
        rechecked: creditors of whom what may leave was held against the packages in this pass.
        resting: names of those that refused too much and are left alone for the rest of this pass.
    """

    installation: Installation
    store: Store
    by: str
    folder: Path
    rehearsal: bool = False
    tell: Callable[[Deed], None] = lambda _deed: None
    progress: Callable[[Progress], None] = lambda _progress: None
    stop: Event = field(default_factory=Event)
    number: int = 0
    scope: str = "pass"
    met: int = 0
    answered: set[str] = field(default_factory=set)
    unreachable: dict[str, Reason] = field(default_factory=dict)
    resting: set[str] = field(default_factory=set)
    rechecked: set[str] = field(default_factory=set)

    def may_call(self, name: str) -> bool:
        """Whether a source, service, bank or mailer may be called (again) in this pass."""
        return name not in self.unreachable and name not in self.resting

    @property
    def targets(self) -> frozenset[str] | None:
        """Whose effects this pass makes: those of its part of the installation; None if of all."""
        if not self.installation.part:
            return None
        return frozenset(adapter.name for adapter in self.installation.adapters())

    def act(self) -> Act:
        """Now, by this pass."""
        return Act(self.installation.clock(), self.by)

    def did(self, step: Step, code: DeedCode, **facts: Fact) -> None:
        """Tell a deed."""
        self.tell(new_deed(step, code, facts))

    def show(self, connection: Connection, step: Step, record: str, reason: Reason) -> None:
        """Make an Exception of a record, for a person to look at. One that is open already is not told again."""
        self.met += 1
        if not exceptions.open_(connection, record, reason, self.act().at):
            return
        facts: dict[str, Fact] = {"record": record, "reason": reason.code.value, **reason.facts}
        self.tell(Deed(step, DeedCode.EXCEPTION, facts))

    def check_stop(self) -> None:
        """Called between records.

        Raises:
            Stopped: the pass was asked to stop.
        """
        if self.stop.is_set():
            raise Stopped("The pass was asked to stop.", remedy="The next pass goes on where it stopped.")
