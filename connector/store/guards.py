"""Guards: triggers that hold what a table definition can't say, on SQLite and on PostgreSQL.

- `history` is append-only.
- The live claims on one invoice never exceed its total (rule 1 of the road: never ask a euro twice).
- While the database is being brought up to the world, because it was put back, no change is owed as if it surely
  had not been made: its outcome is unknown, so it is looked up first.
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

_SQLITE_DOUBT = """
    CREATE TRIGGER effects_in_doubt AFTER INSERT ON effects
    WHEN NEW.state = 'pending' AND EXISTS (SELECT 1 FROM recoveries WHERE ended_at IS NULL)
    BEGIN UPDATE effects SET state = 'unknown' WHERE key = NEW.key; END
    """

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
    """
    CREATE FUNCTION effects_in_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM recoveries WHERE ended_at IS NULL) THEN NEW.state := 'unknown'; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER effects_in_doubt BEFORE INSERT ON effects
    FOR EACH ROW WHEN (NEW.state = 'pending') EXECUTE FUNCTION effects_in_doubt()
    """,
)


def statements(dialect: str) -> tuple[str, ...]:
    """SQL that creates the guards on this database."""
    return {"sqlite": (*_SQLITE, _SQLITE_DOUBT), "postgresql": _POSTGRESQL}[dialect]
