"""The tables of the queue: Procrastinate's own, as the installed version makes them, in a schema of their own.

Nothing in them is worth keeping: a job that is lost is done by the next road. So a new version of Procrastinate gets
new tables, not changed ones.
"""

from __future__ import annotations

from hashlib import blake2b
from importlib.metadata import version

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from connector.errors import Fatal
from connector.store.database import Store

SCHEMA = "sepa_connector_jobs"


def make(store: Store) -> None:
    """Have the tables, made by the version that is installed.

    Raises:
        Fatal: they are of another version; workers of that version may be running.
    """
    with store.transaction() as connection:
        _one_maker(connection)
        made_by = _made_by(connection)
        if made_by == _installed():
            return
        if made_by is not None:
            raise Fatal(
                f"The tables of the queue were made by {made_by}; installed here is {_installed()}.",
                where="database",
                remedy="Stop all workers and daemons, have the same version everywhere, and run "
                "`sepa-connector db upgrade`.",
            )
        _create(connection)


def make_anew(store: Store) -> None:
    """Have the tables of the version that is installed, with nothing running. Jobs that waited are gone."""
    with store.transaction() as connection:
        _one_maker(connection)
        if _made_by(connection) != _installed():
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
            _create(connection)


def _installed() -> str:
    return f"procrastinate {version('procrastinate')}"


def _made_by(connection: Connection) -> str | None:
    """Which version made the tables; None if there are none."""
    asked = text("SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = :name")
    return connection.execute(asked, {"name": SCHEMA}).scalar()


def _create(connection: Connection) -> None:
    connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    connection.execute(text(f"SET LOCAL search_path = {SCHEMA}"))
    connection.execution_options(no_parameters=True).exec_driver_sql(SchemaManager.get_schema())
    connection.execute(text(f"COMMENT ON SCHEMA {SCHEMA} IS '{_installed()}'"))


def _one_maker(connection: Connection) -> None:
    number = int.from_bytes(blake2b(b"sepa-connector queue", digest_size=7).digest(), "big")
    connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})
