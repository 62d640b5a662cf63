"""The approver: the finance user who decides about collection runs, and keeps a book of what they agreed to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import update

from connector.engine import approval
from connector.installation import Installation
from connector.model.collection import CollectionState
from connector.store import collections, runs
from connector.store.collection_rows import StoredCollection
from connector.store.database import Store
from connector.store.tables import collections as collections_table
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.scenario import Scenario
from connector.testing.simulation.trace import Trace

_NAME = "Ann"
_LETS_GO = 10  # percent of decisions


@dataclass(frozen=True, slots=True)
class Terms:
    """What an approver is shown of one collection."""

    end_to_end_id: str
    amount: Decimal
    debtor_iban: str
    mandate_reference: str
    collection_date: date


@dataclass
class Approver:
    """Decides at once, late or never, and may come back on it.

    Attributes:
        chance, doubts: of what is decided about a run that waits, and of what happens to one that was approved.
        book: what was said about each collection, in order: at which moment, and whether it was a yes.
    """

    chance: Chance
    doubts: Chance
    trace: Trace
    installation: Installation
    store: Store
    scenario: Scenario
    book: dict[Terms, list[tuple[int, bool]]] = field(default_factory=dict)

    def day(self, now: datetime, *, diligent: bool) -> bool:
        """Look at runs that wait, and once more at those that are in no file yet. Returns whether one was approved."""
        self._let_go_of_changed(now)
        approved = False
        for run in approval.waiting(self.store):
            if self.scenario.never_approves or not (diligent or self.chance.happens(self.scenario.approves)):
                continue
            if self.chance.happens(0 if diligent else _LETS_GO):
                self._let_go(run.id, now)
            else:
                self._note(self._shown(run.id, CollectionState.PROPOSED), agreed=True)
                approval.approve(self.store, run.id, now, _NAME, run.digest[:12])
                approved = True
                self.trace.note("clerk", f"approves {run.id}")
        if not diligent:
            self._look_again(now)
        return approved

    def forget_refusals(self) -> None:
        """The database was put back: it may have again what was let go of, and nobody has looked at it since."""
        for said in self.book.values():
            if not said[-1][1]:
                said.append((self.trace.moment, True))

    def agreed(self, terms: Terms, moment: int) -> bool:
        """Whether the last word about a collection was a yes, at a moment; or none was said, nor has to be."""
        said = [yes for at, yes in self.book.get(terms, ()) if at <= moment]
        return said[-1] if said else not self.scenario.rules.collect.approval

    def _look_again(self, now: datetime) -> None:
        """An approved run may be let go of, or somebody changes it in the database, while it is in no file yet."""
        for run in self._approved():
            if self.doubts.happens(self.scenario.doubts):
                self._let_go(run, now)
            elif self.scenario.rules.collect.approval and self.doubts.happens(self.scenario.tampers):
                self._tamper(run)

    def _approved(self) -> list[str]:
        with self.store.reading() as connection:
            waiting = {run.id for run in runs.waiting(connection)}
            return [run.id for run in runs.not_in_file(connection) if run.id not in waiting]

    def _tamper(self, run: str) -> None:
        with self.store.transaction() as connection:
            ids = collections.ids_where(connection, run=run, states=[CollectionState.APPROVED])
            of_run = collections_table.c.end_to_end_id.in_(ids)
            higher = collections_table.c.amount + Decimal(1)
            connection.execute(update(collections_table).where(of_run).values(amount=higher))
        self.trace.note("intruder", f"has {run} ask for more")

    def _let_go_of_changed(self, now: datetime) -> None:
        with self.store.reading() as connection:
            changed = [run.id for run in runs.not_in_file(connection) if not runs.is_as_proposed(connection, run.id)]
        for run in changed:
            self._let_go(run, now)

    def _let_go(self, run: str, now: datetime) -> None:
        shown = self._shown(run, CollectionState.PROPOSED, CollectionState.APPROVED)
        try:
            approval.let_go(self.installation, self.store, run, now, _NAME)
        except approval.MayHaveLeft:
            self.trace.note("clerk", f"can't let {run} go before the database was compared")
            return
        self._note(shown, agreed=False)
        self.trace.note("clerk", f"lets {run} go")

    def _shown(self, run: str, *states: CollectionState) -> list[StoredCollection]:
        with self.store.reading() as connection:
            ids = collections.ids_where(connection, run=run, states=list(states))
            return list(collections.find_many(connection, ids).values())

    def _note(self, shown: Iterable[StoredCollection], *, agreed: bool) -> None:
        for stored in shown:
            self.book.setdefault(_terms_of(stored), []).append((self.trace.moment, agreed))


def _terms_of(stored: StoredCollection) -> Terms:
    one = stored.collection
    return Terms(one.end_to_end_id, one.amount, stored.debtor_iban, one.mandate_reference, one.collection_date)
