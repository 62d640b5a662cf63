"""The clerk: the finance user who approves runs and looks at what is shown."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from connector.engine import approval, recover, resolve
from connector.model.reason import ReasonCode
from connector.store import exceptions
from connector.store.database import Store
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.trace import Trace

_NAME = "Ann"
_TRY_AGAIN = frozenset({ReasonCode.EFFECT_FAILED, ReasonCode.EFFECT_UNCERTAIN})
_ASK_AGAIN = frozenset({ReasonCode.COLLECTION_REJECTED, ReasonCode.COLLECTION_RETURNED, ReasonCode.BANK_FILE_REJECTED})
_PUT_BACK = frozenset({ReasonCode.DATABASE_PUT_BACK, ReasonCode.JOURNAL_LOST})
_DAYS_OF_RECOVERY = 20
_BY_ITSELF = frozenset({ReasonCode.SOURCE_UNREACHABLE, ReasonCode.TARGET_RESTS})


@dataclass
class Clerk:
    """Works by day, sometimes."""

    chance: Chance
    trace: Trace
    store: Store
    _recovering: int = 0

    def day(self, now: datetime, *, diligent: bool) -> bool:
        """Approve or let go; try again or put aside. Returns whether a run was approved."""
        approved = False
        for run in approval.waiting(self.store):
            if diligent or self.chance.happens(70):
                if self.chance.happens(0 if diligent else 10):
                    approval.let_go(self.store, run.id, now, _NAME)
                    self.trace.note("clerk", f"lets {run.id} go")
                else:
                    approval.approve(self.store, run.id, now, _NAME)
                    approved = True
                    self.trace.note("clerk", f"approves {run.id}")
        with self.store.reading() as connection:
            shown = exceptions.all_open(connection)
        for one in shown:
            self._look_at(one, now, diligent=diligent)
        if diligent:
            self._accept_the_database(now, recovering=any(one.reason.code in _PUT_BACK for one in shown))
        return approved

    def _accept_the_database(self, now: datetime, *, recovering: bool) -> None:
        """What does not come to its end by itself after the database was put back is accepted as it is."""
        self._recovering = self._recovering + 1 if recovering else 0
        if self._recovering > _DAYS_OF_RECOVERY:
            with suppress(recover.NothingToAccept):
                recover.accept(self.store, now, _NAME)
                self.trace.note("clerk", "accepts the database as it is")

    def _look_at(self, one: exceptions.OpenException, now: datetime, *, diligent: bool) -> None:
        code = one.reason.code
        if code in _BY_ITSELF:
            return
        if code in _TRY_AGAIN:
            if diligent or self.chance.happens(40):
                resolve.retry(self.store, one.id, now, _NAME)
                self.trace.note("clerk", f"has {one.record} tried again ({code})")
        elif code in _ASK_AGAIN and not diligent and self.chance.happens(20):
            resolve.retry(self.store, one.id, now, _NAME)
            self.trace.note("clerk", f"has {one.record} asked for again ({code})")
        elif code in _ASK_AGAIN and self.chance.happens(20):
            resolve.ignore(self.store, one.id, now, _NAME)
            self.trace.note("clerk", f"puts {one.record} aside ({code})")
