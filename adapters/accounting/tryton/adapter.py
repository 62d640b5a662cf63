"""Tryton as an accounting package: one company of one database, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

import httpx2

from adapters.accounting import mapped
from adapters.accounting.calls import one_change
from adapters.accounting.tryton import checks, customers, invoices, mandates, payments, returns
from adapters.accounting.tryton.changes import ChangeFeed, Watch, integer
from adapters.accounting.tryton.client import Domain, Row, TrytonClient
from adapters.accounting.tryton.fields import asked
from adapters.accounting.tryton.settings import TrytonSettings
from connector.errors import ConfigError, NoAccess, Skippable
from connector.model.customer import Customer
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import MandateEvent
from connector.ports import (
    AccountingPackage,
    Batch,
    Fault,
    Payment,
    PaymentReturn,
    Probe,
    SignedMandate,
    Surroundings,
    one_by_one,
)
from mappings.engine import load
from mappings.errors import MappingError, MappingFileError

Noun = TypeVar("Noun")


class TrytonPackage(AccountingPackage):
    """Reads parties and posted invoices; writes mandates, payments and returns."""

    Settings = TrytonSettings
    settings: TrytonSettings

    def __init__(
        self, settings: TrytonSettings, surroundings: Surroundings, transport: httpx2.BaseTransport | None = None
    ) -> None:
        """`transport` takes the place of the network, in tests.

        Raises:
            ConfigError: the company's own mapping is wrong.
        """
        super().__init__(settings, surroundings)
        own = surroundings.folder / settings.mapping if settings.mapping else None
        try:
            self._mapping = load("tryton", own)
        except MappingFileError as error:
            raise ConfigError(error.what, where=f"{error.place} {error.key}".strip(), remedy=error.remedy) from error
        self._client = TrytonClient(settings, surroundings.name, transport)

    def check(self) -> Iterator[Probe]:
        yield from checks.probes(self._client, self.settings)

    def close(self) -> None:
        self._client.close()

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        company_party = self._company_party()
        feed = self._feed(
            customers.MODEL,
            customers.domain(company_party, self.settings.category),
            asked(self._mapping, "customer", customers.NEEDED),
            customers.watches(),
        )

        def understand(row: Row) -> Customer:
            ours = self._mapping.read("customer", customers.chosen(row, self.settings.company))
            return mapped.customer(self.name, ours)

        return self._batches(feed, cursor, understand, "party")

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        self._company_party()
        company = self.settings.company
        feed = self._feed(
            invoices.MODEL,
            invoices.domain(company),
            asked(self._mapping, "invoice", invoices.NEEDED),
            invoices.watches(company),
        )

        def understand(row: Row) -> Invoice:
            return mapped.invoice(self.name, self._mapping.read("invoice", invoices.chosen(row)))

        return self._batches(feed, cursor, understand, "invoice")

    def read_mandates(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """Mandates that were cancelled: nothing else can be done to a validated one."""
        domain = mandates.cancelled_domain(self.settings.company)
        watch = Watch(mandates.MODEL, domain, (), lambda row: [integer(row["id"])])
        feed = self._feed(mandates.MODEL, domain, ("identification", "state"), (watch,))
        return self._batches(feed, cursor, mandates.cancelled, "mandate")

    def store_mandates(self, signed: Sequence[SignedMandate]) -> Iterator[str | Skippable]:
        return one_by_one(signed, self._store_mandate)

    def _store_mandate(self, signed: SignedMandate) -> str:
        with one_change(self._client, f"mandate {signed.mandate.reference}"):
            return mandates.store(self._client, self._mapping, signed)

    def register_payment(self, payment: Payment) -> str:
        with one_change(self._client, f"payment {payment.key}"):
            return payments.register(self._client, self._mapping, self.settings.journal, payment)

    def register_return(self, returned: PaymentReturn) -> str:
        with one_change(self._client, f"return {returned.key}"):
            return returns.register(self._client, returned)

    def look_up(self, kind: EffectKind, key: str) -> str | None:
        if kind is EffectKind.STORE_MANDATE:
            found = mandates.find(self._client, key)
            return str(found["id"]) if found and found["state"] == mandates.VALIDATED else None
        if kind is EffectKind.REGISTER_PAYMENT:
            booked = payments.find(self._client, key)
            is_done = bool(booked) and all(row["state"] in payments.FINAL_STATES for row in booked)
            return payments.id_of(booked) if is_done else None
        if kind is not EffectKind.REGISTER_RETURN:
            self.unsupported(f"look_up of {kind.value}")
        return returns.look_up(self._client, key)

    def _company_party(self) -> int:
        """The company's own party, which is no customer. A wrong company would read as an empty one."""
        company = self.settings.company
        found = self._client.read("company.company", ("party",), [["id", "=", company]])
        if not found:
            raise NoAccess(
                f"The key does not see the company {company}.",
                where=f"{self.name}: company",
                remedy="Run `sepa-connector check`: it lists the companies that the key sees.",
            )
        party = found[0]["party"]
        assert isinstance(party, int)
        return party

    def _feed(self, model: str, domain: Domain, fields: tuple[str, ...], watches: tuple[Watch, ...]) -> ChangeFeed:
        return ChangeFeed(
            client=self._client,
            model=model,
            domain=domain,
            fields=fields,
            watches=watches,
            page_size=self.settings.page_size,
            overlap=timedelta(minutes=self.settings.overlap_minutes),
            clock=self.surroundings.clock,
        )

    def _batches(
        self, feed: ChangeFeed, cursor: str, understand: Callable[[Row], Noun], noun: str
    ) -> Iterator[Batch[Noun]]:
        for page in feed.pages(cursor):
            records, faults = [], []
            for row in page.rows:
                try:
                    records.append(understand(row))
                except MappingError as error:
                    record = f"{noun} {row['id']}"
                    faults.append(Fault(record, where=error.path, seen=error.seen, why=error.why, remedy=error.remedy))
            yield Batch(tuple(records), page.cursor, tuple(faults), page.total)
