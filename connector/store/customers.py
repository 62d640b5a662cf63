"""Customers as last read from their package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, false, or_, select, true

from connector.model.customer import Customer, Language, PartyKind, PostalAddress, RecordKey
from connector.model.rules import WhomToInvite
from connector.store.changed import Saved, save_changed
from connector.store.listed import is_listed, lists, without_row
from connector.store.tables import customers, invoices, mandates


def save(connection: Connection, records: Sequence[Customer], at: datetime) -> Saved:
    """Store customers as they were read; those that did not change are left alone."""
    return save_changed(connection, customers, map(_row, records), at)


def find(connection: Connection, key: RecordKey) -> Customer | None:
    """The customer with this key."""
    row = connection.execute(
        select(customers).where(customers.c.source == key.source, customers.c.id == key.id)
    ).first()
    return customer_of(row) if row else None


def unknown(connection: Connection, keys: Iterable[RecordKey]) -> list[RecordKey]:
    """Those of some keys that no customer has, in their order."""
    asked = list(dict.fromkeys(keys))
    missing: set[RecordKey] = set()
    for listed in lists(asked):
        missing.update(RecordKey(listed["source"], id_) for id_ in connection.scalars(_UNKNOWN, listed))
    return [key for key in asked if key in missing] if missing else []


def names(connection: Connection, keys: Iterable[RecordKey]) -> dict[RecordKey, str]:
    """The names of the customers with these keys, as far as they are known."""
    found: dict[RecordKey, str] = {}
    for listed in lists(keys):
        found.update((RecordKey(listed["source"], id_), name) for id_, name in connection.execute(_NAMES, listed))
    return found


_UNKNOWN = without_row(customers.c.source, customers.c.id)
_NAMES = select(customers.c.id, customers.c.name).where(is_listed(customers.c.source, customers.c.id))


def search(connection: Connection, word: str) -> list[Customer]:
    """Customers whose id, number or name is this word."""
    rows = connection.execute(
        select(customers).where(or_(customers.c.id == word, customers.c.number == word, customers.c.name == word))
    )
    return [customer_of(row) for row in rows]


def without_mandate(connection: Connection, source: str, whom: WhomToInvite) -> Iterator[Customer]:
    """Customers of a source who were never invited and whom the rule wants to invite, by id."""
    has_mandate = exists().where(mandates.c.source == customers.c.source, mandates.c.customer_id == customers.c.id)
    owes = exists().where(
        invoices.c.source == customers.c.source,
        invoices.c.customer_id == customers.c.id,
        invoices.c.open_amount > 0,
        invoices.c.kind == "invoice",
    )
    wanted = {
        WhomToInvite.MARKED: customers.c.direct_debit.is_(true()),
        WhomToInvite.WITH_OPEN_INVOICES: customers.c.direct_debit.is_not(false()) & owes,
        WhomToInvite.ALL: customers.c.direct_debit.is_not(false()),
    }[whom]
    rows = connection.execute(
        select(customers)
        .where(
            customers.c.source == source,
            customers.c.active.is_(true()),
            customers.c.gone.is_(false()),
            ~has_mandate,
            wanted,
        )
        .order_by(customers.c.id)
    )
    yield from map(customer_of, rows)


def _row(customer: Customer) -> tuple[object, ...]:
    """The values of the columns that `columns_read` names."""
    address = customer.address
    return (
        *customer.key,
        customer.number,
        customer.name,
        customer.email,
        str(customer.language) if customer.language else None,
        str(customer.kind),
        address.country,
        address.town,
        address.postcode,
        address.street,
        customer.enterprise_number,
        customer.iban,
        customer.direct_debit,
        customer.active,
        customer.gone,
    )


def customer_of(row: Row[Any]) -> Customer:
    """A customer from its row."""
    return Customer(
        key=RecordKey(row.source, row.id),
        name=row.name,
        number=row.number,
        email=row.email,
        language=Language(row.language) if row.language else None,
        kind=PartyKind(row.kind),
        address=PostalAddress(country=row.country, town=row.town, postcode=row.postcode, street=row.street),
        enterprise_number=row.enterprise_number,
        iban=row.iban,
        direct_debit=row.direct_debit,
        active=row.active,
        gone=row.gone,
    )
