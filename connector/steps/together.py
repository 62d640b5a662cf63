"""Together: small batches of a source that are stored in one transaction, so that the disk is waited for once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from connector.errors import ConnectorError
from connector.model.customer import Customer
from connector.model.invoice import Invoice
from connector.model.mandate import MandateEvent
from connector.ports import Batch

Record = TypeVar("Record", Customer, Invoice, MandateEvent)

RECORDS = 2_000
"""So many records at least wait for each other, unless they take longer than this to read."""
PATIENCE = timedelta(seconds=10)


def together(
    batches: Iterator[Batch[Record]], clock: Callable[[], datetime], stopped: Callable[[], bool]
) -> Iterator[list[Batch[Record]]]:
    """Some batches at a time, in their order. What came before an error is given before it is raised.

    Args:
        stopped: whether to wait for no more of them.
    """
    waiting: list[Batch[Record]] = []
    records, since = 0, clock()
    try:
        for batch in batches:
            waiting.append(batch)
            records += len(batch.records)
            in_time = timedelta(0) <= clock() - since < PATIENCE
            if records < RECORDS and in_time and not stopped():
                continue
            yield waiting
            waiting, records, since = [], 0, clock()
    except ConnectorError:
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting
