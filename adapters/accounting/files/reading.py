"""Files become customers and invoices: one generator per kind of file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

from adapters.accounting.files.csvfile import CsvFile, CsvStyle
from adapters.accounting.files.incoming import IncomingFile
from adapters.accounting.files.nouns import customer_of, invoice_of
from adapters.accounting.files.refusal import Refused
from adapters.accounting.files.ubl import read_document
from connector.model.customer import Customer
from connector.model.invoice import Invoice
from connector.ports import Fault
from mappings import Mapping, MappingError

Noun = TypeVar("Noun", Customer, Invoice)

CUSTOMER_KEYS = (("id",),)
INVOICE_KEYS = (("id",), ("number", "kind"))


class Reader:
    """Reads files of one source with one mapping."""

    def __init__(self, source: str, mapping: Mapping, style: CsvStyle) -> None:
        self._source = source
        self._mapping = mapping
        self._style = style

    def customers_csv(self, file: IncomingFile) -> CsvFile:
        """A customers.csv, unread."""
        return CsvFile(file.path, file.content, self._mapping, "customer", CUSTOMER_KEYS, self._style, ("iban",))

    def invoices_csv(self, file: IncomingFile) -> CsvFile:
        """An invoices.csv, unread."""
        return CsvFile(file.path, file.content, self._mapping, "invoice", INVOICE_KEYS, self._style)

    def customers(self, file: IncomingFile) -> Iterator[Customer | Fault]:
        """Customers of a CSV file, and the faults of its rows."""
        return self._records(self.customers_csv(file), customer_of)

    def invoices(self, file: IncomingFile) -> Iterator[Invoice | Fault]:
        """Invoices of a CSV file, and the faults of its rows."""
        return self._records(self.invoices_csv(file), invoice_of)

    def _records(self, csv: CsvFile, noun: Callable[[dict[str, Any], str], Noun]) -> Iterator[Noun | Fault]:
        shape = csv.shape()
        # A file without a column for the open amount lists open invoices.
        all_open = csv.kind == "invoice" and not csv.has_column(shape, "open_amount")
        for line, name, ours in csv.records(shape):
            if isinstance(ours, Fault):
                yield ours
                continue
            if all_open:
                ours["open_amount"] = ours["total"]
            try:
                yield noun(ours, self._source)
            except MappingError as error:
                yield csv.misfit(line, name, shape, error)

    def ubl_customer(self, file: IncomingFile) -> Customer:
        """The buyer of a UBL invoice.

        Raises:
            Refused: the document can't be read or does not name its buyer.
        """
        return self._from_ubl(file, "ubl_customer", customer_of)

    def ubl_invoice(self, file: IncomingFile) -> Invoice:
        """The invoice of a UBL document.

        Raises:
            Refused: the document can't be read, or lacks what an invoice must have.
        """
        return self._from_ubl(file, "ubl_invoice", _ubl_invoice_of)

    def _from_ubl(self, file: IncomingFile, kind: str, noun: Callable[[dict[str, Any], str], Noun]) -> Noun:
        record = read_document(file.path)
        try:
            return noun(self._mapping.read(kind, record), self._source)
        except MappingError as error:
            rule = next((rule for rule in self._mapping.rules(kind) if rule.field == error.field), None)
            paths = rule.paths if rule else ()
            where = " or ".join([path for path in paths if path in record] or paths) or error.field
            raise Refused(where, error.seen, error.why, error.remedy_at(where)) from error


def _ubl_invoice_of(ours: dict[str, Any], source: str) -> Invoice:
    """What is due is told apart from what was paid before; their sum is the document's amount, rounding included.

    A document announces a debit only if it tells when and under which mandate.
    """
    total = ours["open_amount"] + Decimal(ours["prepaid"])
    announces = ours["announces_debit"] and ours["due_on"] is not None and ours["mandate_reference"] is not None
    return invoice_of(ours | {"total": total, "announces_debit": announces}, source)
