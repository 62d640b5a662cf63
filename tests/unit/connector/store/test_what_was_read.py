"""What was read is stored and found again alike on SQLite and on PostgreSQL, many records at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select

from connector.model.customer import Customer, Language, PartyKind, PostalAddress, RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from connector.store import customers, invoices
from connector.store.changed import Saved
from connector.store.database import Store, open_store
from connector.store.tables import customers as customer_table
from connector.store.tables import invoices as invoice_table

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
INVOICE = Invoice(
    key=RecordKey("books", "1"),
    customer=RecordKey("books", "7"),
    number="2026/1 – 100% 'O''Neill' :name %(name)s",
    kind=InvoiceKind.INVOICE,
    issued_on=date(2026, 1, 2),
    due_on=date(2026, 2, 1),
    total=Decimal("1234.50"),
    open_amount=Decimal("0.10"),
    reference="RF18539007547034",
    mandate_reference="M-1",
    announces_debit=True,
)
CUSTOMER = Customer(
    key=RecordKey("books", "7"),
    name='Café "D\'Hoop" 100%',
    language=Language.FRENCH,
    kind=PartyKind.COMPANY,
    address=PostalAddress("BE", "Gent", "9000", "Markt 1"),
    iban="BE71096123456769",
    direct_debit=False,
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = open_store(database_url)
    yield made
    made.close()


def test_a_record_is_found_as_it_was_read(store: Store) -> None:
    bare = Customer(key=RecordKey("books", "8"), name="Bare")
    with store.transaction() as connection:
        customers.save(connection, [CUSTOMER, bare], AT)
        invoices.save(connection, [INVOICE], AT)
        assert customers.find(connection, CUSTOMER.key) == CUSTOMER
        assert customers.find(connection, bare.key) == bare
        assert customers.find(connection, RecordKey("books", "9")) is None
        assert invoices.find(connection, INVOICE.key) == INVOICE


def test_an_unchanged_record_is_not_written_again(store: Store) -> None:
    later = AT + timedelta(days=1)
    other = replace(INVOICE, key=RecordKey("books", "2"), number="2026/2")
    paid = replace(other, open_amount=Decimal(0))
    with store.transaction() as connection:
        assert invoices.save(connection, [INVOICE, other], AT) == Saved(new=2, changed=0, same=0)
        assert invoices.save(connection, [INVOICE, paid], later) == Saved(new=0, changed=1, same=1)
        rows = connection.execute(select(invoice_table.c.id, invoice_table.c.read_at)).all()
        assert dict(map(tuple, rows)) == {"1": AT, "2": later}
        assert invoices.find(connection, other.key) == paid


def test_any_change_is_seen(store: Store) -> None:
    """Also where nothing becomes a word like it, and where two fields hold the same letters as before."""
    changes: list[dict[str, object]] = [
        {"mandate_reference": None},
        {"mandate_reference": "None"},
        {"mandate_reference": "'None'"},
        {"currency": "EU", "reference": "RRF18539007547034"},
        {"total": Decimal("1234.05")},
        {"due_on": date(2026, 2, 2)},
        {"kind": InvoiceKind.CREDIT_NOTE},
        {"announces_debit": False},
    ]
    with store.transaction() as connection:
        invoices.save(connection, [INVOICE], AT)
        for change in changes:
            changed = replace(INVOICE, **change)  # type: ignore[arg-type]
            assert invoices.save(connection, [changed], AT) == Saved(new=0, changed=1, same=0)
            assert invoices.save(connection, [changed], AT) == Saved(new=0, changed=0, same=1)
            assert invoices.find(connection, INVOICE.key) == changed


def test_the_last_of_a_key_counts(store: Store) -> None:
    with store.transaction() as connection:
        again = replace(INVOICE, open_amount=Decimal("0.05"))
        assert invoices.save(connection, [INVOICE, again], AT) == Saved(new=1, changed=0, same=0)
        assert invoices.find(connection, INVOICE.key) == again


def test_an_instant_of_another_zone_is_kept_as_utc(store: Store) -> None:
    with store.transaction() as connection:
        customers.save(connection, [CUSTOMER], AT.astimezone(timezone(timedelta(hours=5))))
        assert connection.execute(select(customer_table.c.read_at)).scalar_one() == AT


def test_a_thousandth_of_a_euro_is_refused(store: Store) -> None:
    with store.transaction() as connection, pytest.raises(ValueError, match="more than two decimals"):
        invoices.save(connection, [replace(INVOICE, total=Decimal("1.005"))], AT)


def test_unknown_customers_and_names_are_told_of_thousands_of_keys(store: Store) -> None:
    odd = ['a"b', "it's", "é\\n", "", "[1]", "null"]
    known = [RecordKey("books", id_) for id_ in [*odd, *map(str, range(3_000))]]
    with store.transaction() as connection:
        customers.save(connection, [replace(CUSTOMER, key=key, name=f"N {key.id}") for key in known], AT)
        asked = [RecordKey("shop", "1"), RecordKey("books", "x"), *known, RecordKey("books", 'a"')]
        assert customers.unknown(connection, asked) == [
            RecordKey("shop", "1"),
            RecordKey("books", "x"),
            RecordKey("books", 'a"'),
        ]
        assert customers.names(connection, asked) == {key: f"N {key.id}" for key in known}
        assert customers.unknown(connection, []) == []
