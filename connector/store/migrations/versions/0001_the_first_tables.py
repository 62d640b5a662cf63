"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import connector.store.types
from connector.store import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "collection_runs",
        sa.Column("id", sa.String(length=35), nullable=False),
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("created_at", connector.store.types.Instant(), nullable=False),
        sa.Column("proposed_at", connector.store.types.Instant(), nullable=True),
        sa.Column("approved_at", connector.store.types.Instant(), nullable=True),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_runs")),
    )
    op.create_table(
        "cursors",
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("moved_at", connector.store.types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "feed", name=op.f("pk_cursors")),
    )
    op.create_table(
        "customers",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("enterprise_number", sa.Text(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("direct_debit", sa.Boolean(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("read_at", connector.store.types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_customers")),
    )
    op.create_table(
        "documents",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", connector.store.types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_documents")),
    )
    op.create_table(
        "effects",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("lane", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sender", sa.String(length=120), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", connector.store.types.Instant(), nullable=False),
        sa.Column("changed_at", connector.store.types.Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('invite', 'cancel_mandate', 'store_mandate', 'register_payment', 'register_return', 'show', 'send_file', 'mail_invitation', 'mail_notice')",
            name=op.f("ck_effects_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'unknown', 'done', 'failed', 'left')", name=op.f("ck_effects_state")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_effects")),
        sa.UniqueConstraint("key", name=op.f("uq_effects_key")),
    )
    with op.batch_alter_table("effects", schema=None) as batch_op:
        batch_op.create_index("ix_effects_about", ["about"], unique=False)
        batch_op.create_index(
            "ix_effects_open",
            ["kind", "seq"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        )
        batch_op.create_index(
            "ix_effects_lane",
            ["target", "lane", "seq"],
            unique=False,
            sqlite_where=sa.text("lane <> '' AND state NOT IN ('done', 'left')"),
            postgresql_where=sa.text("lane <> '' AND state NOT IN ('done', 'left')"),
        )

    op.create_table(
        "targets",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("counted_since", connector.store.types.Instant(), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("not_before", connector.store.types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_targets")),
    )
    op.create_table(
        "leases",
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("beat_at", connector.store.types.Instant(), nullable=False),
        sa.Column("expires_at", connector.store.types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_leases")),
    )
    op.create_table(
        "exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("record", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("opened_at", connector.store.types.Instant(), nullable=False),
        sa.Column("seen_at", connector.store.types.Instant(), nullable=False),
        sa.Column("closed_at", connector.store.types.Instant(), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exceptions")),
    )
    with op.batch_alter_table("exceptions", schema=None) as batch_op:
        batch_op.create_index("ix_exceptions_record", ["record"], unique=False)
        batch_op.create_index(
            "uq_exceptions_open",
            ["code", "record"],
            unique=True,
            sqlite_where=sa.text("open IS TRUE"),
            postgresql_where=sa.text("open IS TRUE"),
        )

    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", connector.store.types.Instant(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("record", sa.String(length=200), nullable=False),
        sa.Column("old", sa.String(length=20), nullable=False),
        sa.Column("new", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_record", ["record"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("total", connector.store.types.Money(), nullable=False),
        sa.Column("open_amount", connector.store.types.Money(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("mandate_reference", sa.String(length=35), nullable=True),
        sa.Column("announces_debit", sa.Boolean(), nullable=False),
        sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("read_at", connector.store.types.Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name=op.f("ck_invoices_kind")),
        sa.CheckConstraint("total >= 0 AND open_amount >= 0", name=op.f("ck_invoices_not_negative")),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_invoices")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invoices_collectable",
            ["source", "due_on", "id"],
            unique=False,
            sqlite_where=sa.text("kind = 'invoice' AND currency = 'EUR' AND open_amount > 0"),
            postgresql_where=sa.text("kind = 'invoice' AND currency = 'EUR' AND open_amount > 0"),
        )
        batch_op.create_index("ix_invoices_customer", ["source", "customer_id"], unique=False)

    op.create_table(
        "mandate_events",
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("applied_at", connector.store.types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("service", "id", name=op.f("pk_mandate_events")),
    )
    op.create_table(
        "notices",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=200), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("mandate_reference", sa.String(length=35), nullable=False),
        sa.Column("amount", connector.store.types.Money(), nullable=False),
        sa.Column("collection_date", sa.Date(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("effect", sa.String(length=200), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "uq_notices_live",
            ["source", "invoice_id", "part"],
            unique=True,
            sqlite_where=sa.text("live IS TRUE"),
            postgresql_where=sa.text("live IS TRUE"),
        )

    op.create_table(
        "passes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", connector.store.types.Instant(), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ended_at", connector.store.types.Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
    )
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", connector.store.types.Instant(), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("last_pass", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("replayed_at", connector.store.types.Instant(), nullable=True),
        sa.Column("ended_at", connector.store.types.Instant(), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("cause IN ('older', 'restored', 'lost', 'asked')", name=op.f("ck_recoveries_cause")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
    )
    op.create_table(
        "received_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received_at", connector.store.types.Instant(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_received_files")),
    )
    op.create_table(
        "bank_answers",
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("end_to_end_id", sa.String(length=70), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("applied_at", connector.store.types.Instant(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('applied', 'nothing_new', 'unmatched', 'conflict')",
            name=op.f("ck_bank_answers_outcome"),
        ),
        sa.ForeignKeyConstraint(["file"], ["received_files.sha256"], name=op.f("fk_bank_answers_file")),
        sa.PrimaryKeyConstraint("creditor", "key", name=op.f("pk_bank_answers")),
    )
    with op.batch_alter_table("bank_answers", schema=None) as batch_op:
        batch_op.create_index("ix_bank_answers_end_to_end_id", ["end_to_end_id"], unique=False)

    op.create_table(
        "bank_files",
        sa.Column("message_id", sa.String(length=35), nullable=False),
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("run", sa.String(length=35), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", connector.store.types.Instant(), nullable=False),
        sa.Column("transactions", sa.Integer(), nullable=False),
        sa.Column("total", connector.store.types.Money(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "state IN ('written', 'submitted', 'accepted', 'rejected', 'withdrawn')",
            name=op.f("ck_bank_files_state"),
        ),
        sa.ForeignKeyConstraint(["run"], ["collection_runs.id"], name=op.f("fk_bank_files_run")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_bank_files")),
        sa.UniqueConstraint("name", name=op.f("uq_bank_files_name")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_files_sha256")),
    )
    op.create_table(
        "mandates",
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=200), nullable=False),
        sa.Column("scheme", sa.String(length=4), nullable=False),
        sa.Column("type", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("debtor_name", sa.String(length=140), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("amended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("document", sa.String(length=64), nullable=True),
        sa.Column("invited_at", connector.store.types.Instant(), nullable=False),
        sa.Column("expires_at", connector.store.types.Instant(), nullable=False),
        sa.CheckConstraint("scheme IN ('CORE', 'B2B')", name=op.f("ck_mandates_scheme")),
        sa.CheckConstraint(
            "state <> 'active' OR (iban IS NOT NULL AND signed_on IS NOT NULL)",
            name=op.f("ck_mandates_active_is_signed"),
        ),
        sa.CheckConstraint(
            "state IN ('invited', 'signed', 'awaiting_bank', 'active', 'suspended', 'cancelled', 'expired', 'spent', 'lapsed')",
            name=op.f("ck_mandates_state"),
        ),
        sa.CheckConstraint("type IN ('RCUR', 'OOFF')", name=op.f("ck_mandates_type")),
        sa.ForeignKeyConstraint(["document"], ["documents.sha256"], name=op.f("fk_mandates_document")),
        sa.PrimaryKeyConstraint("creditor", "reference", name=op.f("pk_mandates")),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index("ix_mandates_customer", ["source", "customer_id", "state"], unique=False)
        batch_op.create_index("uq_mandates_reference", ["reference"], unique=True)
        batch_op.create_index("ix_mandates_state", ["state"], unique=False)
        batch_op.create_index(
            "uq_mandates_one_invitation",
            ["creditor", "source", "customer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'invited'"),
            postgresql_where=sa.text("state = 'invited'"),
        )

    op.create_table(
        "batches",
        sa.Column("batch_id", sa.String(length=35), nullable=False),
        sa.Column("message_id", sa.String(length=35), nullable=False),
        sa.Column("collection_date", sa.Date(), nullable=False),
        sa.Column("transactions", sa.Integer(), nullable=False),
        sa.Column("total", connector.store.types.Money(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["bank_files.message_id"], name=op.f("fk_batches_message_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batches")),
    )
    op.create_table(
        "collections",
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False),
        sa.Column("run", sa.String(length=35), nullable=False),
        sa.Column("creditor", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=200), nullable=False),
        sa.Column("mandate_reference", sa.String(length=35), nullable=False),
        sa.Column("amount", connector.store.types.Money(), nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="EUR", nullable=False),
        sa.Column("collection_date", sa.Date(), nullable=False),
        sa.Column("sequence_type", sa.String(length=4), nullable=False),
        sa.Column("scheme", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("remittance", sa.String(length=140), nullable=False),
        sa.Column("debtor_name", sa.String(length=140), nullable=False),
        sa.Column("debtor_iban", sa.String(length=34), nullable=False),
        sa.Column("debtor_bic", sa.String(length=11), nullable=True),
        sa.Column("mandate_signed_on", sa.Date(), nullable=False),
        sa.Column("amended_from", sa.String(length=34), nullable=True),
        sa.Column("bank_file", sa.String(length=35), nullable=True),
        sa.Column("batch_id", sa.String(length=35), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason_code", sa.String(length=35), nullable=True),
        sa.CheckConstraint("currency = 'EUR'", name=op.f("ck_collections_currency")),
        sa.CheckConstraint(
            "sequence_type IN ('FRST', 'RCUR', 'OOFF', 'FNAL')", name=op.f("ck_collections_sequence_type")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'in_file', 'submitted', 'accepted', 'settled', 'rejected', 'returned', 'refunded', 'reversed', 'cancelled')",
            name=op.f("ck_collections_state"),
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 99999999999", name=op.f("ck_collections_amount")),
        sa.ForeignKeyConstraint(["bank_file"], ["bank_files.message_id"], name=op.f("fk_collections_bank_file")),
        sa.ForeignKeyConstraint(
            ["creditor", "mandate_reference"],
            ["mandates.creditor", "mandates.reference"],
            name=op.f("fk_collections_creditor_mandate_reference"),
        ),
        sa.ForeignKeyConstraint(["run"], ["collection_runs.id"], name=op.f("fk_collections_run")),
        sa.PrimaryKeyConstraint("end_to_end_id", name=op.f("pk_collections")),
    )
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index("ix_collections_customer", ["source", "customer_id"], unique=False)
        batch_op.create_index("ix_collections_file", ["bank_file", "batch_id"], unique=False)
        batch_op.create_index("ix_collections_mandate", ["creditor", "mandate_reference"], unique=False)
        batch_op.create_index("ix_collections_state", ["state", "creditor"], unique=False)

    op.create_table(
        "claims",
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=200), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("amount", connector.store.types.Money(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount > 0 AND part > 0 AND attempt > 0", name=op.f("ck_claims_positive")),
        sa.ForeignKeyConstraint(["end_to_end_id"], ["collections.end_to_end_id"], name=op.f("fk_claims_end_to_end_id")),
        sa.ForeignKeyConstraint(
            ["source", "invoice_id"],
            ["invoices.source", "invoices.id"],
            name=op.f("fk_claims_source_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("end_to_end_id", "source", "invoice_id", "part", name=op.f("pk_claims")),
        sa.UniqueConstraint(
            "source", "invoice_id", "part", "attempt", name=op.f("uq_claims_source_invoice_id_part_attempt")
        ),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(
            "uq_claims_live",
            ["source", "invoice_id", "part"],
            unique=True,
            sqlite_where=sa.text("live IS TRUE"),
            postgresql_where=sa.text("live IS TRUE"),
        )

    op.create_table(
        "remarks",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("feed", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.String(length=200), nullable=False),
        sa.Column("matter", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("opened_at", connector.store.types.Instant(), nullable=False),
        sa.Column("closed_at", connector.store.types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_remarks")),
    )
    op.create_index("ix_remarks_matter", "remarks", ["source", "kind", "matter", "feed", "record_id"])
    op.create_index(
        "uq_remarks_open",
        "remarks",
        ["source", "kind", "matter", "feed", "record_id"],
        unique=True,
        sqlite_where=sa.text("open IS TRUE"),
        postgresql_where=sa.text("open IS TRUE"),
    )
    op.create_table(
        "waiting_payments",
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False),
        sa.Column("book_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["end_to_end_id"],
            ["collections.end_to_end_id"],
            name=op.f("fk_waiting_payments_end_to_end_id"),
        ),
        sa.PrimaryKeyConstraint("end_to_end_id", name=op.f("pk_waiting_payments")),
    )
    op.create_index("ix_waiting_payments_book_on", "waiting_payments", ["book_on"])
    for statement in guards.statements(op.get_bind().dialect.name):
        op.execute(statement)
