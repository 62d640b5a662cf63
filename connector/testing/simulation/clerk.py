"""The clerk: the finance user who looks at what is shown, and at the runs that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from connector.engine import resolve
from connector.model.reason import ReasonCode
from connector.store import exceptions
from connector.store.database import Store
from connector.testing.simulation.approver import Approver
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.trace import Trace

_NAME = "Ann"
_TRY_AGAIN = frozenset({ReasonCode.EFFECT_FAILED, ReasonCode.EFFECT_UNCERTAIN})
_ASK_AGAIN = frozenset({ReasonCode.COLLECTION_REJECTED, ReasonCode.COLLECTION_RETURNED, ReasonCode.BANK_FILE_REJECTED})
_BY_ITSELF = frozenset({ReasonCode.SOURCE_UNREACHABLE, ReasonCode.TARGET_RESTS})


@dataclass
class Clerk:
    """Works by day, sometimes.

    Attributes:
        again: what was to be asked for once more: end-to-end ids and message ids.
        recovering: the connector says that the database was put back and is not up to date yet.
    """

    chance: Chance
    trace: Trace
    store: Store
    approver: Approver
    recovering: bool = False
    again: set[str] = field(default_factory=set)

    def day(self, now: datetime, *, diligent: bool) -> bool:
        """Approve or let go; try again or put aside. Returns whether a run was approved."""
        approved = self.approver.day(now, diligent=diligent)
        with self.store.reading() as connection:
            shown = exceptions.all_open(connection)
        for one in shown:
            self._look_at(one, now, diligent=diligent)
        self.recovering = any(one.reason.code is ReasonCode.DATABASE_PUT_BACK for one in shown)
        return approved

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
            self.again.add(one.record.rpartition(" ")[2])
            self.trace.note("clerk", f"has {one.record} asked for again ({code})")
        elif code in _ASK_AGAIN and self.chance.happens(20):
            resolve.ignore(self.store, one.id, now, _NAME)
            self.trace.note("clerk", f"puts {one.record} aside ({code})")
