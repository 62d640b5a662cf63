"""Faults: records that an adapter could not read, shown to a person under the name that the adapter gives them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from connector.model.deed import Step
from connector.model.reason import Reason, ReasonCode
from connector.ports import Fault
from connector.steps.work import Work


def fault_name(adapter: str, record: str) -> str:
    """Name of an unreadable record among the Exceptions, e.g. "books invoice 2026-1"."""
    return f"{adapter} {record}"


def show_faults(work: Work, connection: Connection, step: Step, adapter: str, faults: Iterable[Fault]) -> None:
    """Show each fault of a batch."""
    for fault in faults:
        facts = {"where": fault.where, "seen": fault.seen, "why": fault.why, "remedy": fault.remedy}
        reason = Reason(ReasonCode.RECORD_UNREADABLE, facts)
        work.show(connection, step, fault_name(adapter, fault.record), reason)
