"""Tables of what the engine keeps of itself: its passes, its leases, whom it leaves alone, when it was put back."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, Integer, String, Table

from connector.store.tables import metadata
from connector.store.types import Instant

passes = Table(
    "passes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("scope", String(120), nullable=False),  # all of it, or the one step over one part that a job is
    Column("day", Date, nullable=False),  # the creditor's date, the same for the whole pass
    Column("ended_at", Instant),
    Column("outcome", String(20)),
    Column("steps", JSON, nullable=False),
)

recoveries = Table(
    "recoveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("cause", String(10), nullable=False),
    Column("last_pass", Integer, nullable=False),  # the newest that the database knew
    Column("complete", Boolean, nullable=False),  # whether the journal tells all that went out since
    Column("replayed_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", String(80)),
    CheckConstraint("cause IN ('older', 'restored', 'lost', 'asked')", name="cause"),
)

targets = Table(
    "targets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("refusals", Integer, nullable=False),
    Column("counted_since", Instant),
    Column("open", Boolean, nullable=False),  # the circuit: one call at a time until one goes well
    Column("not_before", Instant),
)

leases = Table(
    "leases",
    metadata,
    Column("scope", String(120), primary_key=True),
    Column("token", Integer, nullable=False),  # grows with every holder: an older one can't write any more
    Column("holder", String(80), nullable=False),
    Column("held", Boolean, nullable=False),
    Column("locked", Boolean, nullable=False),  # whether its holder has the lock that dies with its process
    Column("beat_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
