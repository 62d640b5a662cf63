"""A package that does everything wrong: nothing is lost, nothing is done twice, nothing breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bankfiles.pain008 import check
from connector.engine.one_pass import Outcome
from connector.model.customer import Customer, PostalAddress, RecordKey
from connector.model.reason import ReasonCode
from connector.ports import AdapterSettings, Surroundings
from connector.store import collections, exceptions
from connector.testing.hostile import ODD_IDS, ODD_TEXTS, HostilePackage
from tests.flows.world import World


@pytest.fixture
def hostile(world: World) -> World:
    world.package = HostilePackage(AdapterSettings(), Surroundings("books", world.clock, world.folder))
    return world


def _codes(world: World) -> list[ReasonCode]:
    with world.store.reading() as connection:
        return [one.reason.code for one in exceptions.all_open(connection)]


def test_odd_names_and_ids_walk_the_whole_road_once(hostile: World) -> None:
    for id_, text in zip(ODD_IDS, ODD_TEXTS, strict=True):
        address = PostalAddress(country="Belgium", town=text, street=text)
        hostile.customer("odd", key=RecordKey("books", id_), name=text, number=text[:200], address=address)
        hostile.invoice(
            text[:200], "odd", key=RecordKey("books", id_), customer=RecordKey("books", id_), reference=text
        )
    assert hostile.walk().outcome is Outcome.DONE
    assert len(hostile.service.invited) == len(ODD_IDS)
    for reference, request in hostile.service.invited.items():
        hostile.service.sign(reference, "BE71096123456769", date(2026, 11, 24), request.customer.name)
    hostile.nights(12)
    assert len(hostile.package.payments) == len(ODD_IDS)
    for content in hostile.bank.received.values():
        assert [found for found in check(content) if found.severity == "error"] == []
    assert [mail.key.partition(":")[0] for mail in hostile.mailer.sent].count("invite") == len(ODD_IDS)
    assert _codes(hostile) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"key": RecordKey("books", "x" * 201)},
        {"number": "n" * 201},
        {"name": "NUL \x00 inside"},
        {"address": PostalAddress(street="\x00")},
    ],
)
def test_a_customer_that_can_not_be_kept_is_shown_and_the_others_go_on(
    hostile: World, changed: dict[str, object]
) -> None:
    good = hostile.customer("ada")
    bad: Customer = replace(good, **{"key": RecordKey("books", "bad"), **changed})  # type: ignore[arg-type]
    hostile.package.put_customer(bad)
    assert hostile.walk().outcome is Outcome.EXCEPTIONS
    assert _codes(hostile) == [ReasonCode.RECORD_UNREADABLE]
    assert [request.customer.key.id for request in hostile.service.invited.values()] == ["ada"]


@pytest.mark.parametrize(
    "changed",
    [
        {"total": Decimal("NaN")},
        {"open_amount": Decimal("-1.00")},
        {"total": Decimal("1e17")},
        {"currency": "EURO"},
        {"mandate_reference": "M" * 36},
    ],
)
def test_an_invoice_that_can_not_be_kept_is_shown_until_it_is_mended(
    hostile: World, changed: dict[str, object]
) -> None:
    hostile.customer("ada")
    hostile.invoice("2026-1", "ada", **changed)
    hostile.walk()
    assert _codes(hostile) == [ReasonCode.RECORD_UNREADABLE]
    hostile.invoice("2026-1", "ada")
    hostile.walk()
    assert _codes(hostile) == []


@pytest.mark.parametrize("gone", ["gone", "x" * 200])
def test_an_invoice_whose_customer_vanished_is_shown_once(hostile: World, gone: str) -> None:
    hostile.invoice("2026-1", gone)
    hostile.walk()
    hostile.walk()
    assert _codes(hostile) == [ReasonCode.CUSTOMER_UNKNOWN]
    with hostile.store.reading() as connection:
        assert collections.ids_where(connection) == []
