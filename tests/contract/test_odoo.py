"""The Odoo adapter holds to the contract: Odoo 17 over JSON-RPC and 19 over JSON-2, with each home of mandates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.accounting.odoo.adapter import OdooPackage
from adapters.accounting.odoo.install import install
from adapters.accounting.odoo.settings import OdooSettings
from connector.errors import ConfigError
from connector.ports import AccountingPackage, Place, Question, Surroundings
from connector.testing.clock import SettableClock
from tests.contract.kits import AccountingContract, AccountingWorld
from tests.counterparts.odoo import Home, Town, odoo
from tests.counterparts.odoo.instance import Saved

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


class Head:
    """The administrator of this Odoo, who tells login and key when asked."""

    def __init__(self, town: Town) -> None:
        self._told = {"ODOO_ADMIN_LOGIN": "admin", "ODOO_ADMIN_KEY": town.keys["admin"]}

    def ask(self, question: Question) -> str:
        """The answer."""
        return self._told[question.variable]

    def place_of(self, setting: str) -> Place:
        """No setting has a place here."""
        raise ConfigError(f"{setting} stands nowhere.")


class OdooWorld(AccountingWorld):
    """A company in Odoo, and the people who work in it."""

    def __init__(self, town: Town, clock: SettableClock) -> None:
        self.town = town
        self.clock = clock
        zoe = town.customer("Zoë Peeters", iban="BE68539007547034", lang="nl_BE", street="Markt 1", city="Gent")
        noel = town.customer("Crêperie Noël", lang="fr_BE", email="noel@example.org")
        self.invoice = town.invoice(zoe, "121.00")
        town.invoice(noel, "50.50")
        town.invoice(zoe, "10.00", kind="out_refund")
        self._later()

    def settings(self, **changes: object) -> OdooSettings:
        """As a person writes them."""
        given = {
            "url": self.town.server.url,
            "database": self.town.database,
            "company": self.town.company,
            "login": "connector",
            "key": self.town.keys["connector"],
            "fee_journal": "MISC",
            "fee_account": "650000",
            "fee_counter_account": "550002",
        }
        return OdooSettings.model_validate({**given, **changes})

    def open(self) -> AccountingPackage:
        return self.package()

    def package(self, **changes: object) -> OdooPackage:
        """An adapter with some settings changed."""
        return OdooPackage(self.settings(**changes), Surroundings("books", self.clock, Path()))

    def install(self) -> None:
        """An administrator runs `odoo install`."""
        done = install(self.settings(), "books", Head(self.town))
        assert [probe for probe in done if not probe.ok] == []
        self._later()

    def change(self) -> str:
        self._later()
        self.town.edit("account.move", self.invoice, payment_reference="Changed")
        self._later()
        return str(self.invoice)

    def spoil(self) -> bool:
        self._later()
        spoiled = self.town.invoice(self.town.customer("Spoiled"), "5.00")
        self.town.edit("account.move", spoiled, invoice_date=False)
        return True

    def cancel_mandate(self, reference: str) -> bool:
        self._later()
        for model, name, value in (
            ("account.banking.mandate", "unique_mandate_reference", "cancel"),
            ("sdd.mandate", "name", "revoked"),
            ("res.partner", "x_sepa_mandate", "cancelled"),
        ):
            if model not in self.town.instance.models:
                continue
            state = "x_sepa_state" if model == "res.partner" else "state"
            for row in self.town.instance.rows(model):
                if row.get(name) == reference:
                    self.town.edit(model, row["id"], **{state: value})
                    return True
        return False

    def picture(self) -> object:
        return self.town.picture()

    def _later(self) -> None:
        """Nothing of before is of this second any more."""
        self.clock.now += timedelta(minutes=1)


@pytest.fixture(scope="module")
def towns() -> Iterator[Callable[[int, Home], OdooWorld]]:
    """Worlds as they are when an administrator has just installed us; each is made once and put back after a test."""
    made: dict[tuple[int, Home], tuple[OdooWorld, Saved, datetime]] = {}
    with ExitStack() as stack:

        def town(version: int, home: Home) -> OdooWorld:
            if (version, home) not in made:
                clock = SettableClock(NOW)
                world = OdooWorld(stack.enter_context(odoo(version, home, clock=clock)), clock)
                world.install()
                made[version, home] = world, world.town.instance.saved(), clock.now
            world, saved, at = made[version, home]
            world.town.instance.restore(saved)
            world.clock.now = at
            return world

        yield town


class OdooContract(AccountingContract):
    """The rules, on one version and home."""

    version: int
    home: Home

    @pytest.fixture
    def world(self, towns: Callable[[int, Home], OdooWorld]) -> AccountingWorld:
        return towns(self.version, self.home)


class TestOdoo17(OdooContract):
    version, home = 17, Home.VANILLA


class TestOdoo17Oca(OdooContract):
    version, home = 17, Home.OCA


class TestOdoo17Enterprise(OdooContract):
    version, home = 17, Home.ENTERPRISE


class TestOdoo19(OdooContract):
    version, home = 19, Home.VANILLA


class TestOdoo19Oca(OdooContract):
    version, home = 19, Home.OCA


class TestOdoo19Enterprise(OdooContract):
    version, home = 19, Home.ENTERPRISE
