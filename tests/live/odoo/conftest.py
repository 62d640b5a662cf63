"""One real Odoo for all tests of this folder; each test works on a customer and an invoice of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.accounting.odoo.adapter import OdooPackage
from adapters.accounting.odoo.install import KEY, LOGIN
from adapters.accounting.odoo.settings import OdooSettings
from connector.ports import Probe, Surroundings
from connector.testing.administrator import MemoryAdministrator
from connector.testing.clock import SettableClock
from tests.live.odoo.environment import OdooServer, named_server
from tests.live.odoo.given import SOURCE, Case, Open, new_case
from tests.live.odoo.office import Office


@pytest.fixture(scope="session")
def server() -> OdooServer:
    """The database that the environment names."""
    return named_server()


@pytest.fixture(scope="session")
def office(server: OdooServer) -> Iterator[Office]:
    """An administrator at work in the company of the connector's user."""
    everywhere = Office(server, server.admin_login, server.admin_key)
    company = everywhere.company_of(server.login)
    everywhere.close()
    office = Office(server, server.admin_login, server.admin_key, company)
    yield office
    office.close()


@pytest.fixture
def case(office: Office, request: pytest.FixtureRequest) -> Case:
    """A customer of this test with an open invoice."""
    return new_case(office, f"{request.node.originalname} {office.newest('res.partner') + 1}")


@pytest.fixture
def clock(office: Office) -> SettableClock:
    """The server's time when the test begins."""
    return SettableClock(office.now())


@pytest.fixture(scope="session")
def settings(server: OdooServer, office: Office) -> dict[str, object]:
    """What a person would write in the config."""
    return {
        "url": server.url,
        "database": server.database,
        "company": office.company,
        "login": server.login,
        "key": server.key,
        "journal": office.bank.code,
        "fee_journal": office.fees.journal,
        "fee_account": office.fees.account,
        "fee_counter_account": office.fees.counter_account,
    }


@pytest.fixture(scope="session")
def installed(
    server: OdooServer, settings: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> Sequence[Probe]:
    """What `sepa-connector odoo install` said: without its fields nothing can be shown."""
    around = Surroundings(SOURCE, lambda: datetime(2026, 11, 24, tzinfo=UTC), tmp_path_factory.mktemp("install"))
    package = OdooPackage(OdooSettings.model_validate(settings), around)
    administrator = MemoryAdministrator({LOGIN.variable: server.admin_login, KEY.variable: server.admin_key})
    probes = list(package.install(administrator))
    package.close()
    return probes


@pytest.fixture
def open_package(
    settings: dict[str, object], installed: Sequence[Probe], clock: SettableClock, tmp_path: Path
) -> Iterator[Open]:
    """Opens the package with settings that differ from the usual ones."""
    opened = []

    def open_it(**other: object) -> OdooPackage:
        given = OdooSettings.model_validate(settings | other)
        package = OdooPackage(given, Surroundings(SOURCE, clock, tmp_path))
        opened.append(package)
        return package

    yield open_it
    for package in opened:
        package.close()


@pytest.fixture
def package(open_package: Open) -> OdooPackage:
    """The package with the usual settings."""
    return open_package()
