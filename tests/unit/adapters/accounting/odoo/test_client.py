"""How calls go out: protocol and version, budget, time-outs, another try for reads, one only for changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from adapters.accounting.odoo.client import OdooClient
from adapters.accounting.odoo.settings import OdooSettings, Protocol
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome
from tests.counterparts.odoo import CHANGES, Home, Kind
from tests.counterparts.odoo.world import OdooWorld, Wire, Worlds

Asked = Callable[..., OdooClient]
CONTACT = "res.partner"


@pytest.fixture
def asked(office: OdooWorld) -> Iterator[Asked]:
    """Opens clients on the office and closes them in the end; they only note that they would wait."""
    clients: list[OdooClient] = []

    def open_(wire: httpx2.BaseTransport | None = None, ticks: Any = lambda: 0.0, **changes: object) -> OdooClient:
        settings = office.settings(**changes)
        clients.append(OdooClient(settings, "books", transport=wire, pause=office.paused.append, ticks=ticks))
        return clients[-1]

    yield open_
    for client in clients:
        client.close()


def _names(client: OdooClient) -> list[object]:
    return [row["name"] for row in client.read(CONTACT, ("name",), [["customer_rank", ">", 0]])]


# ---------------------------------------------------------------------------------------------- protocol and version


@pytest.mark.parametrize(
    ("version", "protocol"), [(17, Protocol.JSONRPC), (18, Protocol.JSONRPC), (19, Protocol.JSON2)]
)
def test_json2_is_spoken_where_the_server_has_it(made: Worlds, version: int, protocol: Protocol) -> None:
    office = made(version)
    client = OdooClient(office.settings(), "books")
    assert (client.server.version, client.server.protocol) == ((version, 0), protocol)
    assert client.server.user == office.town.users["connector"]
    assert _names(client) == ["Zoë Peeters", "Crêperie Noël"]
    client.close()


def test_json_rpc_can_be_asked_for_on_19(made: Worlds) -> None:
    client = OdooClient(made(19).settings(protocol="jsonrpc"), "books")
    assert client.server.protocol is Protocol.JSONRPC
    assert _names(client) == ["Zoë Peeters", "Crêperie Noël"]
    client.close()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": "not-the-key"}, "does not accept the key"),
        ({"database": "elsewhere"}, "database"),
        ({"protocol": "jsonrpc", "login": ""}, "needs a login"),
        ({"protocol": "jsonrpc", "login": "nobody"}, "does not accept the key"),
    ],
)
def test_who_is_not_let_in_is_told_why_and_what_to_do(asked: Asked, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(NoAccess, match=told) as caught:
        asked(**changes).count(CONTACT, [])
    assert caught.value.remedy
    assert "not-the-key" not in str(caught.value)


def test_json2_on_a_server_without_it_says_what_is_wrong(made: Worlds) -> None:
    client = OdooClient(made(17).settings(protocol="json2"), "books")
    with pytest.raises(NoAccess, match="does not lead to this Odoo database"):
        client.count(CONTACT, [])
    client.close()


def test_an_older_odoo_is_refused() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/web/version":
            return httpx2.Response(404)
        return httpx2.Response(200, json={"result": {"server_version_info": [15, 0, 0, "final", 0, ""]}})

    settings = OdooSettings(url="https://odoo.example.org", database="books", company=1, key="k")
    client = OdooClient(settings, "books", transport=httpx2.MockTransport(answer))
    with pytest.raises(NoAccess, match=r"Odoo 15\.0"):
        client.count(CONTACT, [])


@pytest.mark.parametrize("url", ["http://odoo.example.org", "http://192.0.2.7:8069", "odoo.example.org", "ftp://x"])
def test_the_key_never_travels_in_the_clear(url: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        OdooSettings(url=url, database="books", company=1, key="k")


# ------------------------------------------------------------------------------------------------ budget and time-outs


def test_no_more_calls_are_made_in_a_second_than_the_config_allows(office: OdooWorld, asked: Asked) -> None:
    client = asked(calls_per_second=4)
    for _ in range(5):
        client.count(CONTACT, [])
    assert office.paused == [0.25, 0.5, 0.75, 1.0]  # seconds to wait, by a clock that stands still


def test_a_slow_server_uses_up_no_budget(office: OdooWorld, asked: Asked) -> None:
    seconds = iter(range(99))
    client = asked(calls_per_second=4, ticks=lambda: float(next(seconds)))
    for _ in range(5):
        client.count(CONTACT, [])
    assert office.paused == []


def test_every_request_has_a_time_out(asked: Asked) -> None:
    class Watched(Wire):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            limits.append(request.extensions["timeout"])
            return super().handle_request(request)

    limits: list[dict[str, float]] = []
    client = asked(Watched(), timeout_seconds=7)
    client.count(CONTACT, [])
    client.create(CONTACT, [{"name": "New"}])
    assert len(limits) >= 4
    assert {seconds for limit in limits for seconds in limit.values()} == {7}


# ----------------------------------------------------------------------------------------------------- trouble at times

PASSING = [
    {"kind": Kind.DROPPED},
    {"kind": Kind.STATUS, "status": 502},
    {"kind": Kind.STATUS, "status": 503},
    {"kind": Kind.STATUS, "status": 504},
    {"kind": Kind.SERIALIZATION},
    {"kind": Kind.THROTTLED, "seconds": 4},
    {"kind": Kind.LOST_ANSWER},
]


@pytest.mark.parametrize("trouble", PASSING, ids=str)
def test_a_read_is_tried_again(office: OdooWorld, asked: Asked, trouble: dict[str, Any]) -> None:
    office.town.server.troubles.stage(call=f"{CONTACT}.search_read", times=2, **trouble)
    assert _names(asked()) == ["Zoë Peeters", "Crêperie Noël"]
    assert office.paused == ([4, 4] if trouble["kind"] is Kind.THROTTLED else [1, 2])


def test_a_read_that_fails_three_times_is_left_to_the_engine(office: OdooWorld, asked: Asked) -> None:
    office.town.server.troubles.stage(Kind.STATUS, f"{CONTACT}.search_read", times=3)
    with pytest.raises(Retriable, match="503"):
        _names(asked())


def test_a_long_wish_to_wait_is_left_to_the_engine(office: OdooWorld, asked: Asked) -> None:
    office.town.server.troubles.stage(Kind.THROTTLED, f"{CONTACT}.search_read", seconds=3600)
    with pytest.raises(Retriable) as caught:
        _names(asked())
    assert caught.value.retry_after_seconds == 3600
    assert office.paused == []


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ({"kind": Kind.LOST_ANSWER}, UnknownOutcome),
        ({"kind": Kind.DROPPED}, UnknownOutcome),  # nobody can tell it from a lost answer
        ({"kind": Kind.STATUS, "status": 504}, UnknownOutcome),
        ({"kind": Kind.STATUS, "status": 500}, UnknownOutcome),
        ({"kind": Kind.STATUS, "status": 502}, Retriable),
        ({"kind": Kind.STATUS, "status": 503}, Retriable),
        ({"kind": Kind.THROTTLED, "seconds": 1}, Retriable),
        ({"kind": Kind.SERIALIZATION}, Retriable),
        ({"kind": Kind.FAULT}, Skippable),
        ({"kind": Kind.STATUS, "status": 400}, NoAccess),
        ({"kind": Kind.STATUS, "status": 403}, NoAccess),
        ({"kind": Kind.STATUS, "status": 404}, NoAccess),
        ({"kind": Kind.STATUS, "status": 413}, NoAccess),
    ],
    ids=str,
)
def test_a_change_is_sent_once_and_its_trouble_has_its_class(
    office: OdooWorld, asked: Asked, trouble: dict[str, Any], error: type[ConnectorError]
) -> None:
    wire = Wire()
    office.town.server.troubles.stage(call=CHANGES, times=5, **trouble)
    client = asked(wire)
    with pytest.raises(ConnectorError) as caught:
        client.create(CONTACT, [{"name": "Once"}])
    assert type(caught.value) is error
    assert wire.changes == ["res.partner.create"]
    assert office.paused == []


def test_a_server_that_is_not_there_was_not_reached(office: OdooWorld, asked: Asked) -> None:
    client = asked()
    assert client.server
    with office.town.server.stopped(), pytest.raises(Retriable, match="No answer"):
        client.create(CONTACT, [{"name": "Never"}])
    assert "Never" not in [row["name"] for row in office.town.instance.rows(CONTACT)]


def test_an_unknown_model_is_a_model_without_fields(asked: Asked) -> None:
    assert asked().fields("sdd.mandate") == {}


# --------------------------------------------------------------------------------------------------------- what is told


def test_a_traceback_of_the_server_stays_there(
    office: OdooWorld, asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office.town.server.troubles.stage(Kind.FAULT, CHANGES)
    with pytest.raises(Skippable) as caught:
        asked().create(CONTACT, [{"name": "Once"}])
    for told in (str(caught.value), caplog.text):
        assert "Traceback" not in told
        assert "/opt/odoo" not in told


def test_what_the_server_says_of_a_record_is_told_on_one_line_without_an_iban(asked: Asked) -> None:
    client = asked()
    (contact,) = client.create(CONTACT, [{"name": "Banked"}])
    account = {"partner_id": contact, "acc_number": "BE71096123456769"}
    client.create("res.partner.bank", [account])
    with pytest.raises(Skippable, match="must be unique") as caught:
        client.create("res.partner.bank", [account])
    assert "\n" not in str(caught.value)
    assert "BE71096123456769" not in str(caught.value)


def test_the_key_is_in_no_log(office: OdooWorld, asked: Asked, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = asked()
    client.create(CONTACT, [{"name": "Logged"}])
    with pytest.raises(NoAccess):
        client.read(CONTACT, ("no_such_field",))
    assert office.town.keys["connector"] not in caplog.text


def test_what_the_user_may_not_do_is_told_with_what_to_do(made: Worlds) -> None:
    office = made(19, Home.VANILLA)
    client = OdooClient(office.settings(login="bare", key=office.town.keys["bare"]), "books")
    with pytest.raises(NoAccess, match="does not allow this") as caught:
        client.count("account.move", [])
    assert "check" in caught.value.remedy
    client.close()
