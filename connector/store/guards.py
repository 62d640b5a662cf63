"""Guards: triggers that hold what a table definition can't say, on SQLite and on PostgreSQL.

- `history` is append-only.
- The live claims on one invoice never exceed its total (rule 1 of the road: never ask a euro twice).
"""

from __future__ import annotations

_OVERCLAIMED = "live claims exceed the invoice"
_APPEND_ONLY = "history is append-only"

_SQLITE = tuple(
    f"""
    CREATE TRIGGER claims_within_invoice_{event.lower()} AFTER {event} ON claims
    WHEN NEW.live AND (
        SELECT sum(amount) FROM claims
        WHERE source = NEW.source AND invoice_id = NEW.invoice_id AND live
    ) > (SELECT total FROM invoices WHERE source = NEW.source AND id = NEW.invoice_id)
    BEGIN SELECT raise(ABORT, '{_OVERCLAIMED}'); END
    """
    for event in ("INSERT", "UPDATE")
) + tuple(
    f"CREATE TRIGGER history_no_{event.lower()} BEFORE {event} ON history "
    f"BEGIN SELECT raise(ABORT, '{_APPEND_ONLY}'); END"
    for event in ("UPDATE", "DELETE")
)

_POSTGRESQL = (
    f"""
    CREATE FUNCTION claims_within_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.live AND (
            SELECT sum(amount) FROM claims
            WHERE source = NEW.source AND invoice_id = NEW.invoice_id AND live
        ) > (SELECT total FROM invoices WHERE source = NEW.source AND id = NEW.invoice_id)
        THEN RAISE EXCEPTION '{_OVERCLAIMED}' USING ERRCODE = 'check_violation'; END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER claims_within_invoice AFTER INSERT OR UPDATE ON claims
    FOR EACH ROW EXECUTE FUNCTION claims_within_invoice()
    """,
    f"""
    CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_APPEND_ONLY}' USING ERRCODE = 'check_violation'; END $$
    """,
    """
    CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON history
    FOR EACH ROW EXECUTE FUNCTION history_is_append_only()
    """,
)


def statements(dialect: str) -> tuple[str, ...]:
    """SQL that creates the guards on this database."""
    return {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[dialect]
