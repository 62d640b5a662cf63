"""Many rows at once, and the records of many keys: the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bankfiles.pain008.model import Scheme, SequenceType
from connector.model.collection import Claim, Collection, CollectionState
from connector.model.customer import Language, RecordKey
from connector.model.deed import Step
from connector.model.mandate import Mandate, MandateState, MandateType
from connector.store import collections, history, mandates, runs
from connector.store.collection_rows import StoredCollection
from connector.store.history import Act, Change
from connector.store.tables import history as history_table
from tests.flows.world import World, new_world

ACT = Act(datetime(2026, 11, 9, 3, 30, tzinfo=timezone(timedelta(hours=1))), "test")
INVOICES = 205


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = new_world(database_url, tmp_path / "data")
    yield made
    made.store.close()


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_all_changes_are_written_in_their_order(world: World, count: int) -> None:
    why = "it's 100 % sure?"
    with world.store.transaction() as connection:
        history.write(connection, ACT, (Change(f"run {n}", "", "new", why) for n in range(count)))
        rows = connection.execute(select(history_table).order_by(history_table.c.id)).all()
    assert [row.record for row in rows] == [f"run {n}" for n in range(count)]
    assert all((row.at, row.by, row.why) == (ACT.at.astimezone(UTC), "test", why) for row in rows)


def _proposed(n: int, mandate: str) -> StoredCollection:
    invoice, amount = RecordKey("books", f"2026-{n}"), Decimal(100 * n + 1) / 100
    collection = Collection(
        end_to_end_id=f"E{n:03}",
        creditor="main",
        customer=RecordKey("books", "ada"),
        mandate_reference=mandate,
        amount=amount,
        collection_date=date(2026, 12, 1 + n % 9),
        sequence_type=SequenceType.RECURRENT,
        state=CollectionState.PROPOSED,
        remittance=f"2026-{n}",
        claims=(Claim(invoice, 1, 1, amount),),
    )
    return StoredCollection(
        collection=collection,
        run="R",
        scheme=Scheme.CORE,
        debtor_name="Zoë d'Arc",
        debtor_iban="BE68539007547034",
        debtor_bic=None,
        mandate_signed_on=date(2026, 10, 1),
        bank_file=None,
        batch_id=None,
        settled_on=None,
        reason_code=None,
        amended_from="BE71096123456769" if n % 2 else None,
    )


@pytest.fixture
def proposed(world: World) -> list[StoredCollection]:
    world.with_mandate("ada")
    for n in range(INVOICES):
        world.invoice(f"2026-{n}", "ada", "999.00")
    world.walk([Step.PULL])
    with world.store.transaction() as connection:
        runs.adopt(connection, "R", "main", ACT)
    return [_proposed(n, world.reference_of("ada")) for n in range(INVOICES)]


def test_many_collections_come_back_as_they_were_proposed(world: World, proposed: list[StoredCollection]) -> None:
    with world.store.transaction() as connection:
        collections.propose(connection, proposed, ACT)
    with world.store.reading() as connection:
        found = collections.find_many(connection, [one.collection.end_to_end_id for one in proposed])
        claims = collections.claims_on(connection, [one.collection.claims[0].invoice for one in proposed])
    assert [found[one.collection.end_to_end_id] for one in proposed] == proposed
    assert [claims[one.collection.claims[0].invoice][0].claim for one in proposed] == [
        one.collection.claims[0] for one in proposed
    ]
    assert all(past.live and past.counts for past_ones in claims.values() for past in past_ones)


@pytest.mark.parametrize("place", [0, 150, INVOICES - 1])
def test_one_second_claim_among_many_refuses_them_all(
    world: World, proposed: list[StoredCollection], place: int
) -> None:
    with world.store.transaction() as connection:
        collections.propose(connection, [proposed[place]], ACT)
    again = [
        replace(one, collection=replace(one.collection, end_to_end_id=f"A{n:03}")) for n, one in enumerate(proposed)
    ]
    with pytest.raises(IntegrityError), world.store.transaction() as connection:
        collections.propose(connection, again, ACT)
    with world.store.reading() as connection:
        assert collections.ids_where(connection, run="R") == [proposed[place].collection.end_to_end_id]


def test_mandates_of_many_customers_of_several_sources_are_found(world: World) -> None:
    keys = [
        RecordKey("books", "ada"),
        RecordKey("books", 'o\'neil "x"'),
        RecordKey("shop", "ünal\\"),
        RecordKey("shop", "ada"),
    ]
    given = [
        Mandate(f"M-{n}", "main", key, Scheme.CORE, MandateType.RECURRENT, MandateState.INVITED, Language.DUTCH)
        for n, key in enumerate(keys)
    ]
    with world.store.transaction() as connection:
        for mandate in given:
            mandates.add_invited(connection, mandate, ACT.at, ACT)
    with world.store.reading() as connection:
        assert mandates.of_customers(connection, keys[1:]) == dict(
            zip(keys[1:], ([mandate] for mandate in given[1:]), strict=True)
        )
        assert mandates.of_customers(connection, []) == {}
