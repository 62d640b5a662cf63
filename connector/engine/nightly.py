"""The audit of a night, or whenever a person asks: its result stays among the Exceptions until one finds nothing."""

from __future__ import annotations

from datetime import datetime

from connector.engine.audit import audit
from connector.engine.differences import Difference, DifferenceKind
from connector.engine.lease import nobody_working
from connector.installation import Installation
from connector.model.reason import Reason, ReasonCode
from connector.steps.work import Work
from connector.store import exceptions
from connector.store.database import Store
from connector.store.recoveries import RECORD

_BY = "audit"


def looking(installation: Installation, store: Store, by: str) -> Work:
    """What a person has in hands who looks, and no pass."""
    return Work(installation, store, by=by, folder=installation.folder)


def audited(installation: Installation, store: Store) -> list[Difference]:
    """Compare with the world while no pass is at work, and remember what came of it.

    Raises:
        PassRunning: a pass is at work.
    """
    with nobody_working(store, installation.folder, installation.clock):
        found = list(audit(installation, store))
        for source in installation.sources.values():
            source.package.close()  # until the next pass
    _remember(store, found, installation.clock())
    return found


def _remember(store: Store, found: list[Difference], at: datetime) -> None:
    """An open recovery has an Exception of its own; a side that was not reached says nothing for or against."""
    own = (DifferenceKind.PUT_BACK, DifferenceKind.NOT_REACHED)
    count = sum(one.kind not in own for one in found)
    whole = all(one.kind is not DifferenceKind.NOT_REACHED for one in found)
    with store.transaction() as connection:
        if count:
            exceptions.open_(connection, RECORD, Reason(ReasonCode.AUDIT_DIFFERENCES, {"count": str(count)}), at)
        elif whole:
            exceptions.close(connection, [RECORD], ReasonCode.AUDIT_DIFFERENCES, at, _BY)
