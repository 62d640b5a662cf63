"""Run by Alembic: migrate over the connection that `Store.upgrade` hands in."""

from __future__ import annotations

from alembic import context

from connector.store import package_tables, pass_tables, signing_tables  # noqa: F401  they register their tables
from connector.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
