"""The accounting package `files` holds to the contract: once with CSV files, once with UBL invoices alone."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.accounting.files.adapter import FilesPackage
from adapters.accounting.files.settings import FilesSettings
from connector.ports import AccountingPackage, Surroundings
from tests.contract.kits import AccountingContract, AccountingWorld
from tests.unit.adapters.accounting.files.ubl_documents import ubl

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)

CUSTOMERS = """Klantnr.;Naam;E-mail;Taal;Land;IBAN
17;Bakkerij Peeters;peeters@example.org;nl;BE;BE71 0961 2345 6769
18;Crêperie Noël;noel@example.org;fr;FR;
"""
INVOICES = """Factuurnummer;Klantnr.;Soort;Factuurdatum;Vervaldatum;Totaal;Openstaand
2026-1;17;Factuur;2026-11-01;2026-12-01;1.234,50;1.234,50
2026-2;18;Factuur;2026-11-02;2026-12-02;80,00;20,00
C-1;17;Creditnota;2026-11-03;2026-11-03;10,00;10,00
"""


class FolderWorld(AccountingWorld):
    """A folder into which a person puts files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "in").mkdir()

    def open(self) -> AccountingPackage:
        settings = FilesSettings(folder=Path("in"), settle_seconds=0)
        return FilesPackage(settings, Surroundings("books", lambda: NOW, self.folder))

    def put(self, name: str, text: str) -> None:
        (self.folder / "in" / name).write_text(text)

    def picture(self) -> object:
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.folder.rglob("*")
            if path.is_file() and path.name != "report.html"
        }


class CsvWorld(FolderWorld):
    """Exports of a package."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.put("customers.csv", CUSTOMERS)
        self.put("invoices.csv", INVOICES)

    def change(self) -> str:
        self.put("invoices.csv", INVOICES.replace("80,00;20,00", "80,00;0,00"))
        return "2026-2"

    def spoil(self) -> bool:
        self.put("invoices.csv", INVOICES.replace("2026-12-02", "whenever"))
        return True


class UblWorld(FolderWorld):
    """Invoices as they go to Peppol, and nothing else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.put("1.xml", ubl(number="2026-1", buyer="17"))
        self.put("2.xml", ubl(number="2026-2", buyer="18"))
        self.put("3.xml", ubl(number="C-1", buyer="17", root="CreditNote"))

    def change(self) -> str:
        self.put("4.xml", ubl(number="2026-4", buyer="18"))
        return "2026-4"

    def spoil(self) -> bool:
        self.put("5.xml", ubl(number="2026-5", buyer="18")[:-20])
        return True


class TestCsv(AccountingContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> AccountingWorld:
        return CsvWorld(tmp_path)


class TestUbl(AccountingContract):
    @pytest.fixture
    def world(self, tmp_path: Path) -> AccountingWorld:
        return UblWorld(tmp_path)
