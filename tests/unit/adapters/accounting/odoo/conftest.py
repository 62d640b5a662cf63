"""The adapter on the counterpart, over HTTP on loopback; each version and home is made once for a file of tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from adapters.accounting.odoo.adapter import OdooPackage
from tests.counterparts.odoo.world import OdooWorld, Worlds, worlds

Opened = Callable[..., OdooPackage]


@pytest.fixture(scope="module")
def made() -> Iterator[Worlds]:
    with worlds() as made:
        yield made


@pytest.fixture(params=[17, 19])
def office(request: pytest.FixtureRequest, made: Worlds) -> OdooWorld:
    """A company in Odoo without a mandate module, once on 17 and once on 19."""
    return made(request.param)


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens adapters on an office and closes them in the end."""
    packages: list[OdooPackage] = []

    def open_(office: OdooWorld, **changes: object) -> OdooPackage:
        packages.append(office.package(**changes))  # type: ignore[arg-type]
        return packages[-1]

    yield open_
    for package in packages:
        package.close()
