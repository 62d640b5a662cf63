"""Which error of ours an answer of Odoo becomes."""

from __future__ import annotations

import httpx2
import pytest

from adapters.accounting.odoo import faults
from adapters.accounting.odoo.faults import Refused
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome

IBAN = "BE71096123456769"


def _of(name: str, message: str = "Said.", status: int = 200, *, changes: bool = True) -> ConnectorError:
    return faults.of_refusal(Refused(name, message, status), changes=changes, where="books: x")


@pytest.mark.parametrize(
    ("name", "reading", "changing"),
    [
        ("odoo.exceptions.UserError", Skippable, Skippable),
        ("odoo.exceptions.ValidationError", Skippable, Skippable),
        ("odoo.exceptions.MissingError", Skippable, Skippable),
        ("odoo.exceptions.RedirectWarning", Skippable, Skippable),
        ("odoo.exceptions.AccessError", NoAccess, NoAccess),
        ("odoo.exceptions.AccessDenied", NoAccess, NoAccess),
        ("werkzeug.exceptions.Unauthorized", NoAccess, NoAccess),
        ("builtins.ValueError", NoAccess, Skippable),
        ("psycopg2.errors.SerializationFailure", Retriable, Retriable),
        ("psycopg2.errors.DeadlockDetected", Retriable, Retriable),
        ("psycopg2.errors.LockNotAvailable", Retriable, Retriable),
        ("psycopg2.pool.PoolError", Retriable, Retriable),
        ("psycopg2.OperationalError", Retriable, UnknownOutcome),
        ("psycopg2.InterfaceError", Retriable, UnknownOutcome),
    ],
)
def test_an_error_that_odoo_names(name: str, reading: type[ConnectorError], changing: type[ConnectorError]) -> None:
    assert type(_of(name, changes=False)) is reading
    assert type(_of(name)) is changing


def test_a_database_that_is_not_there_is_a_fault_of_the_config() -> None:
    error = _of("psycopg2.OperationalError", 'FATAL:  database "books" does not exist')
    assert type(error) is NoAccess
    assert "database" in error.remedy


@pytest.mark.parametrize(
    ("status", "reading", "changing"),
    [
        (400, NoAccess, NoAccess),
        (401, NoAccess, NoAccess),
        (403, NoAccess, NoAccess),
        (404, NoAccess, NoAccess),
        (413, NoAccess, NoAccess),
        (429, Retriable, Retriable),
        (500, Retriable, UnknownOutcome),
        (502, Retriable, Retriable),
        (503, Retriable, Retriable),
        (504, Retriable, UnknownOutcome),
    ],
)
def test_a_status_without_a_word_of_odoo(
    status: int, reading: type[ConnectorError], changing: type[ConnectorError]
) -> None:
    assert type(_of("", "", status, changes=False)) is reading
    assert type(_of("", "", status)) is changing


@pytest.mark.parametrize(
    ("error", "changing"),
    [
        (httpx2.ConnectError("refused"), Retriable),
        (httpx2.ConnectTimeout("slow"), Retriable),
        (httpx2.PoolTimeout("busy"), Retriable),
        (httpx2.ReadTimeout("slow"), UnknownOutcome),
        (httpx2.WriteError("gone"), UnknownOutcome),
        (httpx2.RemoteProtocolError("closed"), UnknownOutcome),
    ],
)
def test_silence(error: httpx2.TransportError, changing: type[ConnectorError]) -> None:
    assert type(faults.of_silence(error, changes=True, where="books: x")) is changing
    assert type(faults.of_silence(error, changes=False, where="books: x")) is Retriable


def test_a_login_page_in_place_of_json_is_a_wrong_address_when_reading_and_uncertain_when_changing() -> None:
    assert type(faults.of_other_content(changes=False, where="books: x")) is NoAccess
    assert type(faults.of_other_content(changes=True, where="books: x")) is UnknownOutcome


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Two\n\n  lines", "Two lines"),
        (f"Account {IBAN} exists", "Account BE71*********769 exists"),
        ("Look: Traceback (most recent call last):\n File x", "Look:"),
        ("no such file /opt/odoo/addons/x.py here", "no such file … here"),
        ("x" * 400, "x" * 300 + "…"),
    ],
)
def test_a_text_of_the_server_as_it_is_shown(text: str, told: str) -> None:
    assert faults.shown(text) == told
