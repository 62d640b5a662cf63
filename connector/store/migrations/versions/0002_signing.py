"""The tables of the signing pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import connector.store.types
from connector.store.signing_tables import GUARDS

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_logos",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_signing_logos")),
    )
    op.create_table(
        "signing_texts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_signing_texts")),
    )
    op.create_table(
        "signing_invitations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", connector.store.types.Instant(), nullable=False),
        sa.Column("expires_at", connector.store.types.Instant(), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=False),
        sa.Column("logo", sa.String(length=64), nullable=True),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("evidence_head", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'signed', 'refused', 'expired', 'cancelled')", name=op.f("ck_signing_invitations_state")
        ),
        sa.ForeignKeyConstraint(["logo"], ["signing_logos.sha256"], name=op.f("fk_signing_invitations_logo")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_invitations")),
        sa.UniqueConstraint("service", "reference", name=op.f("uq_signing_invitations_service_reference")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_signing_invitations_token_sha256")),
    )
    op.create_index("ix_signing_invitations_state", "signing_invitations", ["service", "state", "expires_at"])

    op.create_table(
        "signing_drafts",
        sa.Column("invitation", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("code_sent_at", connector.store.types.Instant(), nullable=False),
        sa.Column("code_expires_at", connector.store.types.Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invitation"], ["signing_invitations.id"], name=op.f("fk_signing_drafts_invitation")),
        sa.ForeignKeyConstraint(["text_sha256"], ["signing_texts.sha256"], name=op.f("fk_signing_drafts_text_sha256")),
        sa.PrimaryKeyConstraint("invitation", name=op.f("pk_signing_drafts")),
    )
    op.create_table(
        "signing_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("invitation", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", connector.store.types.Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["invitation"], ["signing_invitations.id"], name=op.f("fk_signing_events_invitation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_events")),
    )
    op.create_index("ix_signing_events_service", "signing_events", ["service", "id"])

    op.create_table(
        "signing_evidence",
        sa.Column("invitation", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", connector.store.types.Instant(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation"], ["signing_invitations.id"], name=op.f("fk_signing_evidence_invitation")
        ),
        sa.PrimaryKeyConstraint("invitation", "number", name=op.f("pk_signing_evidence")),
    )
    op.create_index("ix_signing_evidence_kind", "signing_evidence", ["invitation", "kind", "at"])

    op.create_table(
        "signing_signatures",
        sa.Column("invitation", sa.String(length=32), nullable=False),
        sa.Column("signed_at", connector.store.types.Instant(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("evidence_number", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("document_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitation"], ["signing_invitations.id"], name=op.f("fk_signing_signatures_invitation")
        ),
        sa.ForeignKeyConstraint(
            ["text_sha256"], ["signing_texts.sha256"], name=op.f("fk_signing_signatures_text_sha256")
        ),
        sa.PrimaryKeyConstraint("invitation", name=op.f("pk_signing_signatures")),
    )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)
