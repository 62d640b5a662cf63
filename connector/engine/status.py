"""Status: how it stands - the last passes, money in flight, what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connector.store import bank_files, collections, effects, exceptions, mandates, passes
from connector.store.bank_files import BankFile
from connector.store.database import Store
from connector.store.exceptions import OpenException
from connector.store.passes import PastPass


@dataclass(frozen=True, slots=True)
class Status:
    """How an installation stands.

    Attributes:
        collections: state to number and EUR.
        effects: state to number; all but `done` are owed or uncertain.
        exceptions: how many are open; `latest_exceptions` are some of them.
    """

    passes: Sequence[PastPass]
    mandates: Mapping[str, int]
    collections: Mapping[str, tuple[int, Decimal]]
    effects: Mapping[str, int]
    exceptions: int
    latest_exceptions: Sequence[OpenException]
    files: Sequence[BankFile]


def status(store: Store, *, limit: int = 10) -> Status:
    """Read how it stands, at most `limit` of each list."""
    with store.reading() as connection:
        return Status(
            passes=passes.latest(connection, limit),
            mandates=mandates.count_by_state(connection),
            collections=collections.totals_by_state(connection),
            effects=effects.count_by_state(connection),
            exceptions=exceptions.count_open(connection),
            latest_exceptions=exceptions.all_open(connection, limit),
            files=bank_files.latest(connection, limit),
        )
