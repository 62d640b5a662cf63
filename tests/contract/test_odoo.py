"""The Odoo adapter holds to the contract: Odoo 17 over JSON-RPC and 19 over JSON-2, with each home of mandates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.kits import AccountingContract, AccountingWorld
from tests.counterparts.odoo import Home
from tests.counterparts.odoo.world import Worlds, worlds


@pytest.fixture(scope="module")
def made() -> Iterator[Worlds]:
    with worlds() as made:
        yield made


class OdooContract(AccountingContract):
    """The rules, on one version and home."""

    version: int
    home: Home

    @pytest.fixture
    def world(self, made: Worlds) -> AccountingWorld:
        return made(self.version, self.home)


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
