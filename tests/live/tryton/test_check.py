"""What `check` tells of a connection to a real Tryton."""

from __future__ import annotations

import pytest

from adapters.accounting.tryton.adapter import TrytonPackage
from tests.counterparts.tryton.server import free_port
from tests.live.tryton.given import Open

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("tryton")]


def test_all_is_well(package: TrytonPackage) -> None:
    probes = list(package.check())
    assert [probe.what for probe in probes] == [
        "books: Tryton 8.2",
        "books: company 1",
        "books: rights",
        "books: payment journal SEPA",
        "books: login",
    ]
    assert all(probe.ok for probe in probes)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"key": "k" * 128}, "does not accept the key"),
        ({"company": 99}, "The key sees: 1 Helder Energie."),
        ({"database": "elsewhere"}, "does not lead to a Tryton database"),
        ({"category": "Nobody"}, "no customer would be read"),
        ({"journal": "Nowhere"}, "is not there"),
        ({"journal": "Bare"}, "has no clearing account"),
        ({"password": "wrong-password"}, "does not accept the login"),
        ({"password": None}, "no payment can be registered"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(open_package: Open, settings: dict[str, object], words: str) -> None:
    (fault,) = [probe for probe in open_package(**settings).check() if not probe.ok]
    assert words in fault.detail
    assert fault.remedy


def test_a_server_that_is_away_is_told(open_package: Open) -> None:
    (fault,) = list(open_package(url=f"http://127.0.0.1:{free_port()}").check())
    assert not fault.ok
    assert "No answer" in fault.detail
