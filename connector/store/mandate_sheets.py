"""What bringing mandates in and giving them out asks of the database, for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from connector.model.customer import Customer, RecordKey
from connector.model.mandate import Mandate, MandateState
from connector.store.customers import customer_of
from connector.store.listed import is_listed, lists
from connector.store.mandates import OF_A_MANDATE, mandate_of
from connector.store.tables import customers, mandate_events, mandates

_BY_ID = select(customers).where(is_listed(customers.c.source, customers.c.id))
_BY_NUMBER = select(customers).where(is_listed(customers.c.source, customers.c.number)).order_by(customers.c.id)
_BY_REFERENCE = select(*OF_A_MANDATE).where(is_listed(mandates.c.creditor, mandates.c.reference))
_EVENTS = select(mandate_events.c.id).where(is_listed(mandate_events.c.service, mandate_events.c.reference))
_PAGE = 1000


def customers_by_id(connection: Connection, keys: Iterable[RecordKey]) -> dict[RecordKey, Customer]:
    """The customers with these keys, as far as they are known."""
    rows = (row for asked in lists(keys) for row in connection.execute(_BY_ID, asked))
    return {customer.key: customer for customer in map(customer_of, rows)}


def customers_by_number(
    connection: Connection, numbers: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[Customer]]:
    """The customers with these numbers, each a source and a number; those who are gone only where nobody else is."""
    found: dict[tuple[str, str], list[Customer]] = {}
    for asked in lists(numbers):
        for customer in map(customer_of, connection.execute(_BY_NUMBER, asked)):
            found.setdefault((customer.key.source, customer.number), []).append(customer)
    return {number: [one for one in some if not one.gone] or some for number, some in found.items()}


def mandates_by_reference(
    connection: Connection, references: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Mandate]:
    """The mandates with these references, each a creditor and a reference, as far as they are known."""
    rows = (row for asked in lists(references) for row in connection.execute(_BY_REFERENCE, asked))
    return {(mandate.creditor, mandate.reference): mandate for mandate in map(mandate_of, rows)}


def events_told(connection: Connection, teller: str, references: Iterable[str]) -> list[str]:
    """Ids of the events that one side told of these mandates."""
    told = [(teller, reference) for reference in references]
    return [id_ for asked in lists(told) for id_ in connection.scalars(_EVENTS, asked)]


def count_in(connection: Connection, states: Iterable[MandateState]) -> int:
    """How many mandates are in these states."""
    wanted = mandates.c.state.in_([state.value for state in states])
    return connection.execute(select(func.count()).select_from(mandates).where(wanted)).scalar_one()


def pages(connection: Connection, states: Iterable[MandateState]) -> Iterator[list[tuple[Mandate, str]]]:
    """All mandates in these states with the number of their customer, by creditor and reference, a page at a time."""
    of_customer = and_(customers.c.source == mandates.c.source, customers.c.id == mandates.c.customer_id)
    query: Select[Any] = (
        select(*OF_A_MANDATE, func.coalesce(customers.c.number, ""))
        .select_from(mandates.outerjoin(customers, of_customer))
        .where(mandates.c.state.in_([state.value for state in states]))
        .order_by(mandates.c.creditor, mandates.c.reference)
        .limit(_PAGE)
    )
    creditor = reference = ""
    while True:
        after = or_(
            mandates.c.creditor > creditor,
            and_(mandates.c.creditor == creditor, mandates.c.reference > reference),
        )
        page = [(mandate_of(row), str(row[-1])) for row in connection.execute(query.where(after))]
        if not page:
            return
        yield page
        creditor, reference = page[-1][0].creditor, page[-1][0].reference
