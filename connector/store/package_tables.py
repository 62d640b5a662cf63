"""Tables of what a package is told later, and of what its users are shown."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, String, Table, Text, text

from connector.store.tables import metadata
from connector.store.types import Instant

_OPEN = text("open IS TRUE")

remarks = Table(
    "remarks",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("source", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("feed", String(20), nullable=False),
    Column("record_id", String(200), nullable=False),
    Column("matter", String(40), nullable=False),  # a collection's end-to-end id, or the code of a reason
    Column("facts", JSON, nullable=False),
    Column("digest", String(16), nullable=False),  # of the facts: others make another remark
    Column("open", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index("ix_remarks_matter", "source", "kind", "matter", "feed", "record_id"),
    Index(
        "uq_remarks_open",
        "source",
        "kind",
        "matter",
        "feed",
        "record_id",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

waiting_payments = Table(
    "waiting_payments",
    metadata,
    Column("end_to_end_id", ForeignKey("collections.end_to_end_id"), primary_key=True),
    Column("book_on", Date, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Index("ix_waiting_payments_book_on", "book_on"),
)
