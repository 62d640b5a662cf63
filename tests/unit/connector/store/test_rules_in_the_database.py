"""The money rules hold in the database itself, on SQLite and on PostgreSQL, whatever a program tries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, insert, text, update
from sqlalchemy.exc import DatabaseError

from connector.store import pass_tables, signing_tables
from connector.store.database import open_store
from connector.store.tables import claims, collections, history, invoices, mandates, metadata
from tests.flows.world import World, new_world


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """One collection of 121.00 under way."""
    made = new_world(database_url, tmp_path / "data")
    made.with_mandate("ada")
    made.invoice("2026-1", "ada")
    made.walk()
    yield made
    made.store.close()


def _refused(world: World, statement: object) -> str:
    with pytest.raises(DatabaseError) as caught, world.store.transaction() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    return str(caught.value)


def _end_to_end_id(connection: Connection) -> str:
    return str(connection.execute(collections.select()).one().end_to_end_id)


def test_migrations_make_the_tables_of_the_code(bare_database_url: str) -> None:
    assert pass_tables  # its tables are part of the metadata, and so are the next ones
    assert signing_tables
    store = open_store(bare_database_url)
    store.upgrade()
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_an_upgrade_of_new_tables_changes_nothing(world: World) -> None:
    world.store.upgrade()
    with world.store.reading() as connection:
        assert _end_to_end_id(connection)


def test_a_part_of_an_invoice_has_one_live_claim(world: World) -> None:
    with world.store.reading() as connection:
        first = dict(connection.execute(collections.select()).one()._mapping)
    with world.store.transaction() as connection:
        connection.execute(insert(collections).values(first | {"end_to_end_id": "E-2"}))
    claim = {
        "source": "books",
        "invoice_id": "2026-1",
        "part": 1,
        "attempt": 2,
        "amount": 1,
        "live": True,
        "counts": True,
    }
    assert "unique" in _refused(world, insert(claims).values(claim | {"end_to_end_id": "E-2"})).lower()


def test_live_claims_never_exceed_the_invoice(world: World) -> None:
    with world.store.reading() as connection:
        first = dict(connection.execute(collections.select()).one()._mapping)
    with world.store.transaction() as connection:
        connection.execute(insert(collections).values(first | {"end_to_end_id": "E-2"}))
    claim = {
        "source": "books",
        "invoice_id": "2026-1",
        "part": 2,
        "attempt": 1,
        "amount": 1,
        "live": True,
        "counts": True,
    }
    assert "live claims exceed the invoice" in _refused(world, insert(claims).values(claim | {"end_to_end_id": "E-2"}))
    with world.store.transaction() as connection:
        connection.execute(insert(claims).values(claim | {"end_to_end_id": "E-2", "live": False}))
    waking = update(claims).where(claims.c.part == 2).values(live=True)
    assert "live claims exceed the invoice" in _refused(world, waking)


@pytest.mark.parametrize("wrong", [{"amount": 0}, {"currency": "USD"}, {"state": "lost"}])
def test_a_collection_has_an_amount_in_euro_and_a_state_of_ours(world: World, wrong: dict[str, object]) -> None:
    assert "constraint" in _refused(world, update(collections).values(wrong)).lower()


def test_an_active_mandate_is_signed_and_has_an_account(world: World) -> None:
    assert "active_is_signed" in _refused(world, update(mandates).values(signed_on=None))


def test_a_customer_has_one_open_invitation(world: World) -> None:
    with world.store.reading() as connection:
        first = dict(connection.execute(mandates.select()).one()._mapping)
    invited = first | {"state": "invited", "document": None}
    with world.store.transaction() as connection:
        connection.execute(insert(mandates).values(invited | {"reference": "M-2"}))
    assert "unique" in _refused(world, insert(mandates).values(invited | {"reference": "M-3"})).lower()


def test_an_invoice_with_claims_can_not_vanish(world: World) -> None:
    assert "foreign key" in _refused(world, delete(invoices)).lower()


@pytest.mark.parametrize("statement", [update(history).values(new="settled"), delete(history)])
def test_the_history_only_grows(world: World, statement: object) -> None:
    assert "append-only" in _refused(world, statement)


def test_an_amount_with_parts_of_cents_is_not_stored(world: World) -> None:
    from decimal import Decimal

    with pytest.raises(Exception, match="more than two decimals"), world.store.transaction() as connection:
        connection.execute(update(invoices).values(open_amount=Decimal("0.005")))


def test_sqlite_runs_safely(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'new' / 'x.db'}")
    with store.reading() as connection:
        asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")}
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    assert asked == {"journal_mode": "wal", "synchronous": 2}
    store.close()
