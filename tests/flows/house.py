"""A house on real adapters, files, folders and signing pages, prepared so that one pass does everything.

Four groups of customers: those of `paid` have a collection on the statement that waits in the inbox; invoices of `due`
are to be collected tonight; `signing` signed by day; `new` stand in a file that no pass has read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as default_policy
from pathlib import Path

from ruamel.yaml import YAML
from starlette.testclient import TestClient

from connector.config import Config, load, open_installation
from connector.engine.one_pass import PassResult, rehearse, run_pass
from connector.model.deed import Step
from connector.signing.app import signing_app
from connector.signing.service import SigningService
from connector.store.database import Store, open_store
from connector.testing.bank_house import BankHouse, Fate, Told
from connector.testing.clock import SettableClock
from connector.testing.debtor import sign_over_http
from tests.flows.world import CREDITOR, IBANS

FIRST_NIGHT = datetime(2026, 11, 9, 1, 30, tzinfo=UTC)
PREPARED_NIGHT = FIRST_NIGHT + timedelta(days=3)
GROUPS = ("paid", "due", "signing", "new")
SIZE = 6


def config_file(folder: Path, database: str = "") -> Path:
    """Write the config of a house."""
    for name in ("exchange", "inbox", "outbox", "mail"):
        (folder / name).mkdir(parents=True)
    bank = {"adapter": "folder", "outbox": "outbox", "inbox": "inbox", "settle_seconds": 0}
    creditor = CREDITOR.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    config = {
        "secret": "not a secret, only one of the right length",
        "data": "data",
        **({"database": database} if database else {}),
        "creditors": [{**creditor, "bank": bank}],
        "sources": [{"name": "books", "adapter": "files", "folder": "exchange", "settle_seconds": 0}],
        "mandates": {"adapter": "signing", "url": "http://testserver"},
        "mail": {"adapter": "folder", "folder": "mail", "sender": "De Kroon <facturen@dekroon.example>"},
        "rules": {"notify": {"days": 2}, "collect": {"window_days": 5}},
        "logs": {"level": "error"},
    }
    path = folder / "config.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(config, file)
    return path


def one_pass(config: Path, now: datetime, steps: Collection[Step] = tuple(Step)) -> PassResult:
    """Open the house of a config, walk the road once, close it."""
    loaded = load(config)
    store = open_store(loaded.database_url)
    installation = open_installation(loaded, SettableClock(now))
    try:
        return run_pass(installation, store, steps=steps)
    finally:
        installation.close()
        store.close()


def plan(config: Path, now: datetime) -> PassResult:
    """What `one_pass` would do."""
    loaded = load(config)
    store = open_store(loaded.database_url)
    installation = open_installation(loaded, SettableClock(now))
    try:
        return rehearse(installation, store)
    finally:
        installation.close()
        store.close()


def prepared(folder: Path, database: str = "") -> Path:
    """A house in the night in which everything is to be done, on SQLite if no database is named. Returns its config."""
    config = config_file(folder, database)
    loaded = load(config)
    store: Store = open_store(loaded.database_url)
    store.upgrade()
    store.close()
    exchange = folder / "exchange"
    _customers(exchange, "paid", "due", "signing")
    due_on = {"paid": FIRST_NIGHT.date() + timedelta(days=3), "due": FIRST_NIGHT.date() + timedelta(days=8)}
    rows = [
        f"{group}-{n};{group}-{n};2026-11-01;{day};{n + 1}0,50" for group, day in due_on.items() for n in range(SIZE)
    ]
    (exchange / "invoices.csv").write_text("\n".join(["number;customer;issued on;due on;total", *rows, ""]))
    one_pass(config, FIRST_NIGHT)
    _sign(loaded, folder, ("paid", "due"), FIRST_NIGHT + timedelta(hours=8))
    one_pass(config, FIRST_NIGHT + timedelta(days=1))
    bank = BankHouse(lambda _order: Told(Fate.PAID))
    for file in (folder / "outbox").glob("*.xml"):
        bank.take(file.read_bytes(), PREPARED_NIGHT)
    statement = bank.statement(due_on["paid"], PREPARED_NIGHT)
    assert statement is not None
    (folder / "inbox" / "statement.xml").write_bytes(statement)
    _sign(loaded, folder, ("signing",), PREPARED_NIGHT - timedelta(hours=8))
    _customers(exchange, "new")
    return config


def _customers(exchange: Path, *groups: str) -> None:
    rows = [
        f"{group}-{n};{group.title()} {n};{group}-{n}@example.org;nl;Markt {n};9000;Gent;BE;yes"
        for group in groups
        for n in range(SIZE)
    ]
    heading = "customer number;name;email;language;street;postcode;town;country;direct debit"
    (exchange / "customers.csv").write_text("\n".join([heading, *rows, ""]))


def _sign(loaded: Config, folder: Path, groups: tuple[str, ...], at: datetime) -> None:
    """The debtors of these groups sign on the real pages."""
    installation = open_installation(loaded, SettableClock(at))
    service = installation.mandates
    assert isinstance(service, SigningService)
    with TestClient(signing_app(service, installation.mailer)) as client:
        for group in groups:
            for number in range(SIZE):
                address = f"{group}-{number}@example.org"
                link = _found(folder, address, r"https?://\S+/s/\S+")

                def code(address: str = address) -> str:
                    return _found(folder, address, r"\b\d{6}\b")

                sign_over_http(link, IBANS["ada"], code, client=client)
    installation.close()


def _found(folder: Path, address: str, pattern: str) -> str:
    for path in (folder / "mail").glob("*.eml"):
        content = path.read_bytes()
        if address.encode() not in content:
            continue
        message = message_from_bytes(content, policy=default_policy)
        body = message.get_body(("plain",))
        if address in str(message["To"]) and body and (found := re.search(pattern, body.get_content())):
            return found.group()
    raise AssertionError(f"Nothing like {pattern} was mailed to {address}.")
