"""Tables of what the engine keeps of itself: its passes, and when the database was put back."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, Integer, String, Table

from connector.store.tables import metadata
from connector.store.types import Instant

passes = Table(
    "passes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
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
