"""Odoo as an accounting package: one company of one database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

import httpx2

from adapters.accounting.odoo import customers, invoices
from adapters.accounting.odoo.changes import ChangeFeed, Page, Watch
from adapters.accounting.odoo.client import Domain, OdooClient, Row, integer
from adapters.accounting.odoo.fields import Reader, check_own_paths, paths_of
from adapters.accounting.odoo.settings import OdooSettings
from connector.errors import ConfigError
from connector.model.customer import Customer
from connector.model.invoice import Invoice
from connector.ports import AccountingPackage, Batch, Fault, Surroundings
from mappings.engine import load
from mappings.errors import MappingError, MappingFileError

Noun = TypeVar("Noun")
_MODELS = {"customer": customers.MODEL, "invoice": invoices.MODEL}


class OdooPackage(AccountingPackage):
    """Reads contacts and posted invoices; writes mandates, payments, returns and remarks."""

    Settings = OdooSettings
    settings: OdooSettings

    def __init__(
        self, settings: OdooSettings, surroundings: Surroundings, transport: httpx2.BaseTransport | None = None
    ) -> None:
        """`transport` takes the place of the network, in tests.

        Raises:
            ConfigError: the company's own mapping is wrong.
        """
        super().__init__(settings, surroundings)
        own = surroundings.folder / settings.mapping if settings.mapping else None
        try:
            self._mapping = load("odoo", own)
        except MappingFileError as error:
            raise ConfigError(error.what, where=f"{error.place} {error.key}".strip(), remedy=error.remedy) from error
        self._client = OdooClient(settings, surroundings.name, transport=transport)

    def close(self) -> None:
        self._client.close()

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        domain = customers.domain(self._client, customers.company_partner(self._client))
        reader = self._reader("customer", customers.NEEDED)
        feed = self._feed(customers.MODEL, domain, reader, customers.watches())

        def understand(row: Row) -> Customer:
            return customers.customer(self.name, self._mapping.read("customer", customers.chosen(row)))

        for page in feed.pages(cursor):
            yield _batch(page, understand, "partner")

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        customers.company_partner(self._client)
        reader = self._reader("invoice", invoices.NEEDED)
        feed = self._feed(invoices.MODEL, invoices.domain(self._client), reader, invoices.watches(self._client))
        for page in feed.pages(cursor):
            due_on = invoices.due_dates(self._client, page.rows)

            def understand(row: Row, due_on: Mapping[int, date] = due_on) -> Invoice:
                chosen = invoices.chosen(row, due_on.get(integer(row["id"])))
                return invoices.invoice(self.name, self._mapping.read("invoice", chosen))

            yield _batch(page, understand, "invoice")

    def _reader(self, kind: str, needed: tuple[str, ...]) -> Reader:
        """A reader of all that the mapping names; a field of the company's own mapping must be there."""
        model, paths = _MODELS[kind], paths_of(self._mapping, kind)
        check_own_paths(self._client, model, paths - paths_of(load("odoo"), kind))
        return Reader(self._client, model, {*paths, *needed})

    def _feed(self, model: str, domain: Domain, fetch: Reader, watches: tuple[Watch, ...]) -> ChangeFeed:
        return ChangeFeed(
            client=self._client,
            model=model,
            domain=domain,
            fetch=fetch,
            watches=watches,
            page_size=self.settings.page_size,
            overlap=timedelta(minutes=self.settings.overlap_minutes),
            clock=self.surroundings.clock,
        )


def _batch(page: Page, understand: Callable[[Row], Noun], noun: str) -> Batch[Noun]:
    records, faults = [], []
    for row in page.rows:
        try:
            records.append(understand(row))
        except MappingError as error:
            name = f"{noun} {row['id']}"
            faults.append(Fault(name, where=error.path, seen=error.seen, why=error.why, remedy=error.remedy))
    return Batch(tuple(records), page.cursor, tuple(faults), page.total, page.present)
