"""All tables but those of the signing pages. The money rules stand here as constraints.

`guards.py` adds what a table can't say: the history only grows, and live claims never exceed an invoice.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bankfiles.pain008.model import Scheme, SequenceType
from connector.model.collection import CollectionState
from connector.model.effect import EffectKind, EffectState
from connector.model.invoice import InvoiceKind
from connector.model.mandate import MandateState, MandateType
from connector.store.types import Instant, Money

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_IDENTIFIER = String(35)
_NAME = String(140)
_KEY = String(200)


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _where(name: str, table_columns: tuple[str, ...], condition: str, *, unique: bool = False) -> Index:
    """An index over the rows of a condition; the same SQL holds on SQLite and PostgreSQL."""
    return Index(
        name,
        *table_columns,
        unique=unique,
        sqlite_where=text(condition),
        postgresql_where=text(condition),
    )


cursors = Table(
    "cursors",
    metadata,
    Column("owner", _KEY, primary_key=True),
    Column("feed", String(40), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

customers = Table(
    "customers",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("id", _KEY, primary_key=True),
    Column("number", _KEY, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", String(2)),
    Column("kind", String(10), nullable=False),
    Column("country", String(2), nullable=False),
    Column("town", Text, nullable=False),
    Column("postcode", Text, nullable=False),
    Column("street", Text, nullable=False),
    Column("enterprise_number", Text, nullable=False),
    Column("iban", String(34)),
    Column("direct_debit", Boolean),
    Column("active", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False, server_default=false()),  # the package has it no more
    Column("digest", String(32), nullable=False),
    Column("read_at", Instant, nullable=False),
)

invoices = Table(
    "invoices",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("id", _KEY, primary_key=True),
    Column("customer_id", _KEY, nullable=False),
    Column("number", _KEY, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("total", Money, nullable=False),
    Column("open_amount", Money, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reference", Text, nullable=False),
    Column("mandate_reference", _IDENTIFIER),
    Column("announces_debit", Boolean, nullable=False),
    Column("gone", Boolean, nullable=False, server_default=false()),  # the package has it no more
    Column("digest", String(32), nullable=False),
    Column("read_at", Instant, nullable=False),
    _one_of("kind", InvoiceKind),
    CheckConstraint("total >= 0 AND open_amount >= 0", name="not_negative"),
    Index("ix_invoices_customer", "source", "customer_id"),
    _where(
        "ix_invoices_collectable",
        ("source", "due_on", "id"),
        "kind = 'invoice' AND currency = 'EUR' AND open_amount > 0",
    ),
)

documents = Table(
    "documents",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

mandates = Table(
    "mandates",
    metadata,
    Column("creditor", String(20), primary_key=True),
    Column("reference", _IDENTIFIER, primary_key=True),
    Column("source", String(40), nullable=False),
    Column("customer_id", _KEY, nullable=False),
    Column("scheme", String(4), nullable=False),
    Column("type", String(4), nullable=False),
    Column("state", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("debtor_name", _NAME, nullable=False),
    Column("iban", String(34)),
    Column("bic", String(11)),
    Column("signed_on", Date),
    Column("method", String(40), nullable=False),
    Column("last_used_on", Date),
    Column("amended", Boolean, nullable=False, server_default=false()),  # another account since it was signed
    Column("document", ForeignKey("documents.sha256")),
    Column("invited_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    _one_of("scheme", Scheme),
    _one_of("type", MandateType),
    _one_of("state", MandateState),
    CheckConstraint("state <> 'active' OR (iban IS NOT NULL AND signed_on IS NOT NULL)", name="active_is_signed"),
    Index("ix_mandates_customer", "source", "customer_id", "state"),
    Index("uq_mandates_reference", "reference", unique=True),  # what is told of a mandate names no creditor
    Index("ix_mandates_state", "state"),
    _where(
        "uq_mandates_one_invitation",
        ("creditor", "source", "customer_id"),
        "state = 'invited'",
        unique=True,
    ),
)

mandate_events = Table(
    "mandate_events",
    metadata,
    Column("service", String(40), primary_key=True),
    Column("id", _KEY, primary_key=True),
    Column("reference", _IDENTIFIER, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("raw", Text, nullable=False),
    Column("applied_at", Instant, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("source", String(40), nullable=False),
    Column("invoice_id", _KEY, nullable=False),
    Column("part", Integer, nullable=False),
    Column("creditor", String(20), nullable=False),
    Column("mandate_reference", _IDENTIFIER, nullable=False),
    Column("amount", Money, nullable=False),
    Column("collection_date", Date, nullable=False),
    Column("noticed_on", Date, nullable=False),
    Column("channel", String(10), nullable=False),
    Column("effect", _KEY),
    Column("live", Boolean, nullable=False),
    _where(
        "uq_notices_live",
        ("source", "invoice_id", "part"),
        "live IS TRUE",
        unique=True,
    ),
)

collection_runs = Table(
    "collection_runs",
    metadata,
    Column("id", _IDENTIFIER, primary_key=True),
    Column("creditor", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("proposed_at", Instant),  # None while collections are still being added
    Column("approved_at", Instant),
    Column("approved_by", String(80)),
    Column("digest", String(64)),  # of its collections as they were proposed: what is approved is what is sent
)

collections = Table(
    "collections",
    metadata,
    Column("end_to_end_id", _IDENTIFIER, primary_key=True),
    Column("run", ForeignKey("collection_runs.id"), nullable=False),
    Column("creditor", String(20), nullable=False),
    Column("source", String(40), nullable=False),
    Column("customer_id", _KEY, nullable=False),
    Column("mandate_reference", _IDENTIFIER, nullable=False),
    Column("amount", Money, nullable=False),
    Column("currency", String(3), nullable=False, server_default="EUR"),
    Column("collection_date", Date, nullable=False),
    Column("sequence_type", String(4), nullable=False),
    Column("scheme", String(4), nullable=False),
    Column("state", String(20), nullable=False),
    Column("remittance", String(140), nullable=False),
    # The mandate as it was when the collection was proposed: the file can be written again, byte for byte.
    Column("debtor_name", _NAME, nullable=False),
    Column("debtor_iban", String(34), nullable=False),
    Column("debtor_bic", String(11)),
    Column("mandate_signed_on", Date, nullable=False),
    Column("amended_from", String(34)),  # the account that the debtor's bank knows, where it is another one
    Column("bank_file", ForeignKey("bank_files.message_id")),
    Column("batch_id", _IDENTIFIER),
    Column("settled_on", Date),
    Column("ended_on", Date),
    Column("reason_code", String(35)),
    ForeignKeyConstraint(["creditor", "mandate_reference"], ["mandates.creditor", "mandates.reference"]),
    _one_of("state", CollectionState),
    _one_of("sequence_type", SequenceType),
    CheckConstraint("amount BETWEEN 1 AND 99999999999", name="amount"),
    CheckConstraint("currency = 'EUR'", name="currency"),
    Index("ix_collections_state", "state", "creditor"),
    Index("ix_collections_file", "bank_file", "batch_id"),
    Index("ix_collections_mandate", "creditor", "mandate_reference"),
    Index("ix_collections_customer", "source", "customer_id"),
)

claims = Table(
    "claims",
    metadata,
    Column("end_to_end_id", ForeignKey("collections.end_to_end_id"), primary_key=True),
    Column("source", String(40), primary_key=True),
    Column("invoice_id", _KEY, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("amount", Money, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("counts", Boolean, nullable=False),  # as an attempt that the rules allow
    ForeignKeyConstraint(["source", "invoice_id"], ["invoices.source", "invoices.id"]),
    CheckConstraint("amount > 0 AND part > 0 AND attempt > 0", name="positive"),
    UniqueConstraint("source", "invoice_id", "part", "attempt"),
    # Rule 1: a part of an invoice is asked for by one live collection at most.
    _where("uq_claims_live", ("source", "invoice_id", "part"), "live IS TRUE", unique=True),
)

bank_files = Table(
    "bank_files",
    metadata,
    Column("message_id", _IDENTIFIER, primary_key=True),
    Column("creditor", String(20), nullable=False),
    Column("run", ForeignKey("collection_runs.id"), nullable=False),
    Column("name", _KEY, nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("transactions", Integer, nullable=False),
    Column("total", Money, nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    CheckConstraint("state IN ('written', 'submitted', 'accepted', 'rejected', 'withdrawn')", name="state"),
)

batches = Table(
    "batches",
    metadata,
    Column("batch_id", _IDENTIFIER, primary_key=True),
    Column("message_id", ForeignKey("bank_files.message_id"), nullable=False),
    Column("collection_date", Date, nullable=False),
    Column("transactions", Integer, nullable=False),
    Column("total", Money, nullable=False),
)

received_files = Table(
    "received_files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("creditor", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("faults", Integer, nullable=False),
)

bank_answers = Table(
    "bank_answers",
    metadata,
    Column("creditor", String(20), primary_key=True),
    Column("key", _KEY, primary_key=True),
    Column("file", ForeignKey("received_files.sha256"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("end_to_end_id", String(70)),
    Column("outcome", String(12), nullable=False),
    Column("applied_at", Instant, nullable=False),
    CheckConstraint("outcome IN ('applied', 'nothing_new', 'unmatched', 'conflict')", name="outcome"),
    Index("ix_bank_answers_end_to_end_id", "end_to_end_id"),
)

effects = Table(
    "effects",
    metadata,
    Column("seq", Integer, primary_key=True),  # the order in which they were owed; clocks may jump
    Column("key", _KEY, nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("target", String(40), nullable=False),
    Column("lane", _KEY, nullable=False, server_default=""),
    Column("sender", String(120)),  # the scope of the pass that makes it now, or made it last
    Column("about", _KEY, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("result", Text),
    Column("error", Text),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    _one_of("kind", EffectKind),
    _one_of("state", EffectState),
    Index("ix_effects_about", "about"),
    _where("ix_effects_open", ("kind", "seq"), "state IN ('pending', 'sending', 'unknown')"),
    _where("ix_effects_lane", ("target", "lane", "seq"), "lane <> '' AND state NOT IN ('done', 'left')"),
)

exceptions = Table(
    "exceptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("record", _KEY, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("times", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(80)),
    _where("uq_exceptions_open", ("code", "record"), "open IS TRUE", unique=True),
    Index("ix_exceptions_record", "record"),
)

history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String(80), nullable=False),
    Column("record", _KEY, nullable=False),
    Column("old", String(20), nullable=False),
    Column("new", String(20), nullable=False),
    Column("why", Text, nullable=False),
    Index("ix_history_record", "record"),
)
