"""The accounting package `tryton` holds to the contract, on books of its own for each rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.accounting.tryton.adapter import TrytonPackage
from adapters.accounting.tryton.changes import integer
from adapters.accounting.tryton.settings import TrytonSettings
from connector.ports import AccountingPackage, Surroundings
from connector.testing.clock import SettableClock
from tests.contract.kits import AccountingContract, AccountingWorld
from tests.counterparts.tryton.read_back import client_of, read_back
from tests.counterparts.tryton.server import TrytonServer
from tests.live.tryton.given import SOURCE

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("tryton")]

OWN_MAPPING = """
extends: tryton
tables:
  team: {nl: North, fr: South, de: East}
records:
  customer:
    number: {path: lang.code, table: team}
"""


class TrytonWorld(AccountingWorld):
    """A company's books in Tryton."""

    def __init__(self, server: TrytonServer, clock: SettableClock, folder: Path) -> None:
        self.server = server
        self.clock = clock
        self.folder = folder

        (folder / "own.yaml").write_text(OWN_MAPPING)

    def open(self) -> AccountingPackage:
        settings = TrytonSettings.model_validate({**self.server.settings(), "mapping": "own.yaml"})
        return TrytonPackage(settings, Surroundings(SOURCE, self.clock, self.folder))

    def change(self) -> str:
        """Somebody blocks an invoice for payment: below the invoice, where a change is easily missed."""
        person = client_of(self.server)
        invoice = self.server.invoices[0].id
        (line,) = person.read(
            "account.move.line",
            (),
            [["move.origin.id", "=", invoice, "account.invoice"], ["account.type.receivable", "=", True]],
        )
        person.press("account.move.line", integer(line["id"]), "payment_block")
        person.close()
        return str(invoice)

    def spoil(self) -> bool:
        """Somebody gives a party a language that the company's own mapping does not know."""
        person = client_of(self.server)
        (spanish,) = person.read("ir.lang", (), [["code", "=", "es"]])
        person.update("party.party", self.server.customers["C-1"], {"lang": spanish["id"]})
        person.close()
        return True

    def cancel_mandate(self, reference: str) -> bool:
        person = client_of(self.server)
        (found,) = person.read("account.payment.sepa.mandate", (), [["identification", "=", reference]])
        person.press("account.payment.sepa.mandate", integer(found["id"]), "cancel")
        person.close()
        return True

    def picture(self) -> object:
        return read_back(self.server)


class TestTryton(AccountingContract):
    @pytest.fixture
    def world(self, server: TrytonServer, clock: SettableClock, tmp_path: Path) -> AccountingWorld:
        return TrytonWorld(server.with_fresh_books(), clock, tmp_path)
