"""A large house for several workers: two creditors, three sources, many invoices of few customers, on real adapters.

Each customer has signed; nothing else was done yet. Debtors pay, and both banks answer by day.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default as default_policy
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import select
from starlette.testclient import TestClient

from connector.config import load, open_installation
from connector.signing.app import signing_app
from connector.signing.service import SigningService
from connector.store.database import open_store
from connector.store.tables import collections, effects, exceptions, invoices, mandates, notices
from connector.testing.bank_house import BankHouse, Fate, Told, orders_of
from connector.testing.clock import SettableClock
from connector.testing.debtor import sign_over_http
from tests.flows.house import one_pass
from tests.flows.world import CREDITOR, IBANS

FOUNDED = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
NIGHTS = tuple(FOUNDED + timedelta(days=days) for days in (1, 3, 8))
"""In the first the invoices are read and announced, in the second collected, in the third what was paid is booked."""
DUE_ON = (FOUNDED + timedelta(days=7)).date()
DUE_LATER = DUE_ON + timedelta(days=90)
SOURCES = {"books": "main", "shop": "main", "web": "other"}
CUSTOMERS = 2
OTHER = CREDITOR.model_copy(
    update={
        "id": "other",
        "name": "Brouwerij De Bron",
        "identifier": "BE81ZZZ0123456749",
        "iban": "BE68539007547034",
        "mandate_prefix": "B",
    }
)


def founded(folder: Path, database: str, *, invoices_in_all: int, due_in_all: int) -> Path:
    """The house, its customers signed and its invoices in files that no pass has read. Returns its config.

    Args:
        due_in_all: so many invoices fall due within the nights, the others long after them.
    """
    config = _config_file(folder, database)
    store = open_store(load(config).database_url)
    store.upgrade()
    store.close()
    for source in SOURCES:
        rows = [
            f"{source}-{n};{source.title()} {n};{source}-{n}@example.org;nl;Markt {n};9000;Gent;BE;yes"
            for n in range(CUSTOMERS)
        ]
        _put(
            folder / source / "customers.csv",
            "customer number;name;email;language;street;postcode;town;country;direct debit",
            rows,
        )
    one_pass(config, FOUNDED)
    _sign_all(config, FOUNDED + timedelta(hours=1))
    names = tuple(SOURCES)
    for number, source in enumerate(names):
        rows = [
            f"{source}-{n};{source}-{n % CUSTOMERS};2026-03-01;{DUE_ON if n < due_in_all else DUE_LATER};"
            f"{n % 90 + 10},{n % 100:02}"
            for n in range(number, invoices_in_all, len(names))
        ]
        _put(folder / source / "invoices.csv", "number;customer;issued on;due on;total", rows)
    return config


def _config_file(folder: Path, database: str) -> Path:
    creditors = []
    for creditor in (CREDITOR, OTHER):
        told = creditor.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        outbox, inbox = f"outbox-{creditor.id}", f"inbox-{creditor.id}"
        creditors.append({**told, "bank": {"adapter": "folder", "outbox": outbox, "inbox": inbox, "settle_seconds": 0}})
        for name in (outbox, inbox):
            (folder / name).mkdir(parents=True)
    for name in (*SOURCES, "mail"):
        (folder / name).mkdir()
    config = {
        "secret": "not a secret, only one of the right length",
        "data": "data",
        "database": database,
        "creditors": creditors,
        "sources": [
            {"name": name, "adapter": "files", "folder": name, "settle_seconds": 0, "creditor": creditor}
            for name, creditor in SOURCES.items()
        ],
        "mandates": {"adapter": "signing", "url": "http://testserver"},
        "mail": {"adapter": "folder", "folder": "mail", "sender": "De Kroon <facturen@dekroon.example>"},
        "rules": {"notify": {"days": 2}, "collect": {"window_days": 5}},
        "workers": {"enabled": True, "silent_seconds": 3},
        "logs": {"level": "warning"},
    }
    path = folder / "config.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(config, file)
    return path


def _put(path: Path, heading: str, rows: list[str]) -> None:
    path.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")


def _sign_all(config: Path, at: datetime) -> None:
    """All debtors sign on the real pages."""
    installation = open_installation(load(config), SettableClock(at))
    service = installation.mandates
    assert isinstance(service, SigningService)
    mail = config.parent / "mail"
    with TestClient(signing_app(service, installation.mailer)) as client:
        for source in SOURCES:
            for number in range(CUSTOMERS):
                address = f"{source}-{number}@example.org"

                def code(address: str = address) -> str:
                    return _found(mail, address, r"\b\d{6}\b")

                sign_over_http(_found(mail, address, r"https?://\S+/s/\S+"), IBANS["ada"], code, client=client)
    installation.close()


def _found(mail: Path, address: str, pattern: str) -> str:
    for path in mail.glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=default_policy)
        body = message.get_body(("plain",))
        if address in str(message["To"]) and body and (found := re.search(pattern, body.get_content())):
            return found.group()
    raise AssertionError(f"Nothing like {pattern} was mailed to {address}.")


class Banks:
    """The two banks of a house: they take what stands in the outboxes, and leave statements in the inboxes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._houses = {creditor: BankHouse(lambda _order: Told(Fate.PAID)) for creditor in ("main", "other")}

    def day(self, at: datetime) -> None:
        """Take the new files, and give the statement of what is due, if there is any."""
        for creditor, house in self._houses.items():
            outbox, inbox = self._folder / f"outbox-{creditor}", self._folder / f"inbox-{creditor}"
            for file in sorted(outbox.glob("*.xml")):
                house.take(file.read_bytes(), at)
                file.rename(file.with_suffix(".taken"))
            if statement := house.statement(DUE_ON, at):
                (inbox / f"statement-{at:%Y%m%d}.xml").write_bytes(statement)


def state_of(config: Path) -> dict[str, Any]:
    """What the world and we know at the end: in the database, in the packages' files, at the banks."""
    folder = config.parent
    store = open_store(load(config).database_url)
    with store.reading() as connection:

        def rows(*columns: Any) -> list[tuple[Any, ...]]:
            return sorted(tuple(row) for row in connection.execute(select(*columns)))

        kept: dict[str, Any] = {
            "mandates": rows(mandates.c.reference, mandates.c.state, mandates.c.last_used_on),
            "collections": rows(
                collections.c.end_to_end_id, collections.c.state, collections.c.amount, collections.c.settled_on
            ),
            # Which invoices share a mail depends on where a job was interrupted; that each is told once does not.
            "effects": [row for row in rows(effects.c.key, effects.c.state) if not row[0].startswith("notice:")],
            "effects not done": [row for row in rows(effects.c.key, effects.c.state) if row[1] != "done"],
            "notices": rows(notices.c.source, notices.c.invoice_id, notices.c.amount, notices.c.collection_date),
            "exceptions": rows(exceptions.c.code, exceptions.c.record),
            "invoices": rows(invoices.c.id, invoices.c.open_amount),
        }
    store.close()
    for source in SOURCES:
        for name in ("mandates.csv", "payments.csv"):
            path = folder / source / name
            kept[f"{source} {name}"] = sorted(path.read_text("utf-8-sig").splitlines()) if path.exists() else []
        kept[f"{source} waiting"] = sorted(path.name for path in (folder / source).glob("*.csv"))
    return kept


def asked(config: Path) -> dict[str, Counter[str]]:
    """What was asked of debtors at each bank: how often each collection, over all files, by end-to-end id."""
    return {
        creditor: Counter(
            order.end_to_end_id
            for file in (config.parent / f"outbox-{creditor}").glob("*.taken")
            for order in orders_of(file.read_bytes())
        )
        for creditor in ("main", "other")
    }


def total_asked(config: Path) -> Decimal:
    """The sum of all that was asked."""
    files = config.parent.glob("outbox-*/*.taken")
    return sum((order.amount for file in files for order in orders_of(file.read_bytes())), Decimal(0))
