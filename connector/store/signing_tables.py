"""Tables of the signing pages: invitations, what debtors fill in, signatures, evidence and the feed of events.

Tokens and one-time codes never stand here, only digests of them.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from connector.store.tables import metadata
from connector.store.types import Instant

_ID = String(32)
_DIGEST = String(64)


class InvitationState(StrEnum):
    """Life of an invitation. Only an open one can be signed or refused."""

    OPEN = "open"
    SIGNED = "signed"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_STATES = ", ".join(f"'{state.value}'" for state in InvitationState)

signing_logos = Table(
    "signing_logos",
    metadata,
    Column("sha256", _DIGEST, primary_key=True),
    Column("media_type", String(80), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

signing_texts = Table(
    "signing_texts",
    metadata,
    Column("sha256", _DIGEST, primary_key=True),
    Column("id", String(80), nullable=False),
    Column("language", String(2), nullable=False),
    Column("content", Text, nullable=False),
)

signing_invitations = Table(
    "signing_invitations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("service", String(40), nullable=False),
    Column("reference", String(35), nullable=False),
    Column("token_sha256", _DIGEST, nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("offer", JSON, nullable=False),
    Column("logo", ForeignKey("signing_logos.sha256")),
    # The end of the evidence: with it, a row cut off at the end shows as well as one taken out in the middle.
    Column("evidence_count", Integer, nullable=False),
    Column("evidence_head", _DIGEST, nullable=False),
    UniqueConstraint("service", "reference"),
    CheckConstraint(f"state IN ({_STATES})", name="state"),
    Index("ix_signing_invitations_state", "service", "state", "expires_at"),
)

signing_drafts = Table(
    "signing_drafts",
    metadata,
    Column("invitation", ForeignKey("signing_invitations.id"), primary_key=True),
    Column("digest", _DIGEST, nullable=False),
    Column("details", JSON, nullable=False),
    Column("text_sha256", ForeignKey("signing_texts.sha256"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("consent", Text, nullable=False),
    Column("code_digest", _DIGEST, nullable=False),
    Column("code_sent_at", Instant, nullable=False),
    Column("code_expires_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
)

signing_signatures = Table(
    "signing_signatures",
    metadata,
    Column("invitation", ForeignKey("signing_invitations.id"), primary_key=True),
    Column("signed_at", Instant, nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("details", JSON, nullable=False),
    Column("iban", String(34), nullable=False),
    Column("bic", String(11)),
    Column("text_sha256", ForeignKey("signing_texts.sha256"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("consent", Text, nullable=False),
    Column("method", String(40), nullable=False),
    Column("evidence_number", Integer, nullable=False),
    Column("document", LargeBinary),
    Column("document_sha256", _DIGEST),
)

signing_evidence = Table(
    "signing_evidence",
    metadata,
    Column("invitation", ForeignKey("signing_invitations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("facts", Text, nullable=False),
    Column("previous", _DIGEST, nullable=False),
    Column("digest", _DIGEST, nullable=False),
    Index("ix_signing_evidence_kind", "invitation", "kind", "at"),
)

signing_events = Table(
    "signing_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("service", String(40), nullable=False),
    Column("invitation", ForeignKey("signing_invitations.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_signing_events_service", "service", "id"),
)

_APPEND_ONLY = "signing_evidence is append-only"
GUARDS = {
    "sqlite": tuple(
        f"CREATE TRIGGER signing_evidence_no_{event.lower()} BEFORE {event} ON signing_evidence "
        f"BEGIN SELECT raise(ABORT, '{_APPEND_ONLY}'); END"
        for event in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        f"""
        CREATE FUNCTION signing_evidence_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_APPEND_ONLY}' USING ERRCODE = 'check_violation'; END $$
        """,
        """
        CREATE TRIGGER signing_evidence_is_append_only BEFORE UPDATE OR DELETE ON signing_evidence
        FOR EACH ROW EXECUTE FUNCTION signing_evidence_is_append_only()
        """,
    ),
}
"""SQL that makes the evidence append-only, per database."""
