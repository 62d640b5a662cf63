"""The books of the demo: an accounting package with the demo's customers and invoices in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from connector.cli.demo.people import Person, due_on, invoice_number


class Books(Protocol):
    """An accounting package that the demo can fill, and read back at the end."""

    def source(self) -> Mapping[str, object]:
        """Its section in the config."""

    def fill(self, people: Iterable[Person], first_night: date) -> None:
        """Put customers and invoices in."""

    def read_back(self) -> Iterable[str]:
        """What stands in the package at the end, a line each, read from the package itself."""


class FileBooks:
    """A folder with customers.csv and invoices.csv, as an export would leave them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def source(self) -> Mapping[str, object]:
        """Config of the source."""
        return {"name": "books", "adapter": "files", "folder": str(self._folder), "settle_seconds": 0}

    def fill(self, people: Iterable[Person], first_night: date) -> None:
        """Write both files, and a broken row as exports have them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        customers, invoices = [], []
        issued_on = first_night - timedelta(days=5)
        for person in people:
            customers.append(
                [
                    person.id,
                    person.name,
                    person.email,
                    person.language,
                    person.street,
                    person.postcode,
                    person.town,
                    person.country,
                    "yes",
                ]
            )
            amount = f"{person.amount:.2f}".replace(".", ",")
            number, due = invoice_number(person, issued_on.year), due_on(person, first_night)
            invoices.append([number, person.id, issued_on, due, amount, amount, person.currency])
        invoices.append(["2026-999", "K101", issued_on, issued_on, "twelve euro", "", "EUR"])
        headings = "customer id;name;email;language;street;postcode;town;country;direct debit"
        self._write("customers.csv", headings, customers)
        headings = "invoice number;customer id;issued on;due on;total;open amount;currency"
        self._write("invoices.csv", headings, invoices)

    def read_back(self) -> Iterable[str]:
        """Rows of mandates.csv and payments.csv."""
        for name in ("mandates.csv", "payments.csv"):
            rows = self._rows(name)
            yield f"{self._folder / name}: {len(rows)} rows"

    def _write(self, name: str, headings: str, rows: Iterable[Iterable[object]]) -> None:
        with (self._folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(headings.split(";"))
            writer.writerows(rows)

    def _rows(self, name: str) -> list[str]:
        path = self._folder / name
        return path.read_text(encoding="utf-8-sig").splitlines()[1:] if path.exists() else []
