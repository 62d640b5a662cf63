"""Customers as last read from their package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, false, or_, select, true

from connector.model.customer import Customer, Language, PartyKind, PostalAddress, RecordKey
from connector.model.rules import WhomToInvite
from connector.store.changed import Saved, digest_of, save_changed
from connector.store.listed import is_listed, lists
from connector.store.tables import customers, invoices, mandates


def save(connection: Connection, records: Sequence[Customer], at: datetime) -> Saved:
    """Store customers as they were read; those that did not change are left alone."""
    return save_changed(connection, customers, [_row(customer, at) for customer in records])


def find(connection: Connection, key: RecordKey) -> Customer | None:
    """The customer with this key."""
    row = connection.execute(
        select(customers).where(customers.c.source == key.source, customers.c.id == key.id)
    ).first()
    return customer_of(row) if row else None


def unknown(connection: Connection, keys: Iterable[RecordKey]) -> list[RecordKey]:
    """Those of some keys that no customer has, in their order."""
    left = dict.fromkeys(keys)
    for listed in lists(left):
        for id_ in connection.scalars(_IDS, listed).all():
            del left[RecordKey(listed["source"], id_)]
    return list(left)


def names(connection: Connection, keys: Iterable[RecordKey]) -> dict[RecordKey, str]:
    """The names of the customers with these keys, as far as they are known."""
    found: dict[RecordKey, str] = {}
    for listed in lists(keys):
        found.update((RecordKey(listed["source"], id_), name) for id_, name in connection.execute(_NAMES, listed))
    return found


_IDS = select(customers.c.id).where(is_listed(customers.c.source, customers.c.id))
_NAMES = _IDS.add_columns(customers.c.name)


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


def _row(customer: Customer, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "source": customer.key.source,
        "id": customer.key.id,
        "number": customer.number,
        "name": customer.name,
        "email": customer.email,
        "language": customer.language.value if customer.language else None,
        "kind": customer.kind.value,
        "country": customer.address.country,
        "town": customer.address.town,
        "postcode": customer.address.postcode,
        "street": customer.address.street,
        "enterprise_number": customer.enterprise_number,
        "iban": customer.iban,
        "direct_debit": customer.direct_debit,
        "active": customer.active,
        "gone": customer.gone,
    }
    row["digest"] = digest_of(row)
    row["read_at"] = at
    return row


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
