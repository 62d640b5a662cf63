"""Odoo as an accounting package: one company of one database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

import httpx2

from adapters.accounting import mapped
from adapters.accounting.calls import one_change
from adapters.accounting.odoo import (
    batches,
    checks,
    customers,
    install,
    invoices,
    key,
    mandates,
    notes,
    payments,
    remarks,
    returns,
)
from adapters.accounting.odoo.changes import ChangeFeed, Page, Watch
from adapters.accounting.odoo.client import Domain, OdooClient, Row, integer
from adapters.accounting.odoo.fields import Reader, check_own_paths, chosen_of, paths_of
from adapters.accounting.odoo.settings import OdooSettings
from connector.errors import ConfigError, Skippable
from connector.model.customer import Customer, Language
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import MandateEvent
from connector.ports import (
    AccountingPackage,
    Administrator,
    Batch,
    Chore,
    Fault,
    Payment,
    PaymentReturn,
    Probe,
    Remark,
    SignedMandate,
    Surroundings,
)
from mappings.engine import Mapping as FieldMapping
from mappings.engine import load
from mappings.errors import MappingError, MappingFileError

Noun = TypeVar("Noun")
_MODELS = {"customer": customers.MODEL, "invoice": invoices.MODEL}


class OdooPackage(AccountingPackage):
    """Reads contacts and posted invoices; writes mandates, payments, returns and remarks."""

    Settings = OdooSettings
    settings: OdooSettings

    def __init__(
        self,
        settings: OdooSettings,
        surroundings: Surroundings,
        transport: httpx2.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`transport` takes the place of the network, `pause` of waiting, in tests.

        Raises:
            ConfigError: the company's own mapping is wrong.
        """
        super().__init__(settings, surroundings)
        own = surroundings.folder / settings.mapping if settings.mapping else None
        try:
            self._mapping = load("odoo", own) if own else _ours()
        except MappingFileError as error:
            raise ConfigError(error.what, where=f"{error.place} {error.key}".strip(), remedy=error.remedy) from error
        self._client = OdooClient(settings, surroundings.name, transport=transport, pause=pause)

    def check(self) -> Iterator[Probe]:
        own = {_MODELS[kind]: self._own_paths(kind) for kind in _MODELS}
        yield from checks.probes(self._client, self.settings, own, self.surroundings.clock())

    @classmethod
    def chores(cls) -> Sequence[Chore]:
        return (
            Chore("install", "Make fields and views in Odoo, once, as one of its administrators.", cls.install),
            Chore(
                "rotate-key", "Have Odoo make a new key, try it, put it in place, and end the old one.", cls.rotate_key
            ),
        )

    def install(self, administrator: Administrator) -> Iterator[Probe]:
        """The chore of this name."""
        yield from install.install(self.settings, self.name, administrator)

    def rotate_key(self, administrator: Administrator) -> Iterator[Probe]:
        """The chore of this name."""
        yield from key.rotate(self._client, self.settings, administrator, self.surroundings.clock())

    def close(self) -> None:
        self._client.close()

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        domain = customers.domain(self._client, customers.company_partner(self._client))
        reader = self._reader("customer", customers.NEEDED)
        feed = self._feed(customers.MODEL, domain, reader, customers.watches())
        read = self._mapping.columns("customer")

        def understand(rows: Sequence[Row]) -> list[Customer]:
            return mapped.customers(self.name, read(rows))

        for page in feed.pages(cursor):
            for row in page.rows:
                customers.choose(row)
            yield _batch(page, understand, "partner")

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        customers.company_partner(self._client)
        reader = self._reader("invoice", invoices.NEEDED, invoices.ALWAYS)
        feed = self._feed(invoices.MODEL, invoices.domain(self._client), reader, invoices.watches(self._client))
        read = self._mapping.columns("invoice")

        def understand(rows: Sequence[Row]) -> list[Invoice]:
            return invoices.invoices(self.name, read(rows))

        for page in feed.pages(cursor):
            due_on = invoices.due_dates(self._client, page.rows)
            for row in page.rows:
                invoices.choose(row, due_on.get(row["id"]))
            yield _batch(page, understand, "invoice")

    def read_mandates(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        home = mandates.home_of(self._client)
        reader = Reader(self._client, home.model, home.paths)
        feed = self._feed(home.model, home.domain(), reader, home.watches(), compares=False)
        for page in feed.pages(cursor):
            events, faults = mandates.events(home, page.rows)
            yield Batch(tuple(events), page.cursor, tuple(faults), page.total)

    def store_mandates(self, signed: Sequence[SignedMandate]) -> Iterator[str | Skippable]:
        with one_change(self._client, f"{len(signed)} mandates"):
            yield from mandates.store(self._client, self._language, self._today, signed)

    def register_payment(self, payment: Payment) -> str:
        in_batch = self.settings.batch_payments and payment.batch_id
        if in_batch:
            batches.check_there(self._client)
        with one_change(self._client, f"payment {payment.key}"):
            booked = payments.register(self._client, self.settings.journal, payment)
            if in_batch:
                batches.put(self._client, int(booked), payment.batch_id)
            return booked

    def register_return(self, returned: PaymentReturn) -> str:
        with one_change(self._client, f"return {returned.key}"):
            return returns.register(self._client, self.settings, self._language, returned)

    def show(self, remark: Remark) -> str:
        with one_change(self._client, f"remark {remark.key}"):
            return remarks.show(self._client, remark, self.settings.responsible, self._today)

    def look_up(self, kind: EffectKind, key: str) -> str | None:
        if kind is EffectKind.STORE_MANDATE:
            return mandates.look_up(self._client, key)
        if kind is EffectKind.REGISTER_PAYMENT:
            booked = payments.find(self._client, key)
            return str(booked["id"]) if booked and self._is_in_batch(integer(booked["id"])) else None
        if kind is EffectKind.REGISTER_RETURN:
            note = notes.find(self._client, returns.note_key(key))
            return None if note is None else str(note)
        if kind is not EffectKind.SHOW:
            self.unsupported(f"look_up of {kind.value}")
        return remarks.look_up(self._client, key)

    def _is_in_batch(self, payment: int) -> bool:
        """Whether a payment is where it belongs; if not, it is registered again, which only puts it there."""
        return not self.settings.batch_payments or batches.has_one(self._client, payment)

    @property
    def _language(self) -> Language:
        """That of the notes."""
        return self.settings.language or self._client.server.language or Language.ENGLISH

    @property
    def _today(self) -> date:
        return self.surroundings.clock().date()

    def _reader(self, kind: str, needed: Mapping[str, tuple[str, ...]], always: tuple[str, ...] = ()) -> Reader:
        """A reader of what the mapping names and no more; a field of the company's own mapping must be there."""
        check_own_paths(self._client, _MODELS[kind], self._own_paths(kind))
        chosen = {path for name in chosen_of(self._mapping, kind) for path in needed.get(name, ())}
        return Reader(self._client, _MODELS[kind], {*paths_of(self._mapping, kind), *chosen, *always})

    def _own_paths(self, kind: str) -> set[str]:
        """What the company's own mapping names beyond ours."""
        return paths_of(self._mapping, kind) - paths_of(_ours(), kind) if self.settings.mapping else set()

    def _feed(
        self, model: str, domain: Domain, fetch: Reader, watches: tuple[Watch, ...], *, compares: bool = True
    ) -> ChangeFeed:
        return ChangeFeed(
            client=self._client,
            model=model,
            domain=domain,
            fetch=fetch,
            watches=watches,
            page_size=self.settings.page_size,
            overlap=timedelta(minutes=self.settings.overlap_minutes),
            clock=self.surroundings.clock,
            compares=compares,
        )


@lru_cache(maxsize=1)
def _ours() -> FieldMapping:
    """The mapping that comes with the adapter."""
    return load("odoo")


def _batch(page: Page, understand: Callable[[Sequence[Row]], list[Noun]], noun: str) -> Batch[Noun]:
    """The records of a page, understood all at once; one by one if some of them can't be."""
    faults: list[Fault] = []
    try:
        records = understand(page.rows)
    except MappingError:
        records = []
        for row in page.rows:
            try:
                records += understand([row])
            except MappingError as error:
                name = f"{noun} {row['id']}"
                faults.append(Fault(name, where=error.path, seen=error.seen, why=error.why, remedy=error.remedy))
    return Batch(tuple(records), page.cursor, tuple(faults), page.total, page.present)
