"""A hostile accounting package: everything that a real one has ever done to a connector, in one place.

Every page comes twice with the same cursor, records come again in other pages, texts hold what people paste into them,
ids are of any form, and invoices belong to customers who are gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from connector.model.customer import Customer
from connector.model.invoice import Invoice
from connector.model.mandate import MandateEvent
from connector.ports import Batch
from connector.testing.accounting import MemoryPackage

ODD_TEXTS = (
    "O'Brien; DROP TABLE customers --",
    "Łukasz Żółć & Søn <script>alert(1)</script>",
    "مرحبا Ελένη 😀",
    "=HYPERLINK(A1)",
    "A" * 300,
    "tab\tline\nbreak\r\n",
    "  spaces  around  ",
    "{{ 7 * 7 }} ${HOME} %s {0}",
)
ODD_IDS = ("1/2", "a b", "ünï", "id;with;marks", "00017", "17", "-1", "x" * 190)


class HostilePackage(MemoryPackage):
    """A package in memory that gives each page twice, and the records of the last page again in the next."""

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        """Customers, each page twice."""
        for batch in super().read_customers(cursor):
            yield batch
            yield replace(batch, records=batch.records + batch.records[:1])

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        """Invoices, each page twice."""
        for batch in super().read_invoices(cursor):
            yield batch
            yield replace(batch, records=batch.records + batch.records[:1])

    def read_mandates(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """What users did, each page twice."""
        for batch in super().read_mandates(cursor):
            yield batch
            yield replace(batch, records=batch.records + batch.records[:1])
