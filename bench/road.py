"""The road at size: read 10,000 customers and 50,000 invoices, do nothing, collect 10,000 - on files and SQLite.

The peers do the same work bare, so that what is left is the connector's own share: Python's csv reader over the same
files, and one SQL statement that counts the same invoices.
"""

from __future__ import annotations

import csv
import sqlite3
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from schwifty import IBAN

from bench.figure import Figure, Measured, measured
from connector.config import load, open_installation
from connector.engine.one_pass import run_pass
from connector.model.deed import Step
from connector.store.database import open_store
from connector.testing.clock import SettableClock

CUSTOMERS, INVOICES, DUE = 10_000, 50_000, 10_000
NIGHT = datetime(2026, 11, 9, 1, 30, tzinfo=UTC)
CONFIG = """\
secret: not a secret, only one of the right length
creditors:
  - id: main
    name: Brouwerij De Kroon
    identifier: BE65ZZZ0403199702
    iban: BE71096123456769
    address: {street: Grote Markt 1, postcode: "9000", town: Gent, country: BE}
    bank: {adapter: folder, outbox: outbox, inbox: inbox, settle_seconds: 0}
sources:
  - {name: books, adapter: files, folder: exchange, settle_seconds: 0}
mandates: {adapter: signing, url: "http://127.0.0.1:1"}
mail: {adapter: folder, folder: mail, sender: De Kroon <facturen@example.org>}
rules:
  notify: {channel: invoice}
logs: {level: error}
"""


def _folder() -> Path:
    """A house with its files, nothing read yet."""
    folder = Path(tempfile.mkdtemp(prefix="bench-road-"))
    for name in ("exchange", "outbox", "inbox", "mail"):
        (folder / name).mkdir()
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    with (folder / "exchange" / "customers.csv").open("w", encoding="utf-8") as file:
        file.write("customer number;name;email;language;street;postcode;town;country\n")
        for n in range(CUSTOMERS):
            file.write(f"K{n};Customer {n};k{n}@example.org;nl;Markt {n};9000;Gent;BE\n")
    with (folder / "exchange" / "invoices.csv").open("w", encoding="utf-8") as file:
        file.write("number;customer;issued on;due on;total;open amount\n")
        for n in range(INVOICES):
            due_on = date(2026, 11, 16) if n < DUE else date(2027, 3, 1)
            file.write(f"2026-{n};K{n % CUSTOMERS};2026-11-01;{due_on};{n % 900 + 10},50;{n % 900 + 10},50\n")
    return folder


def _walk(folder: Path, *steps: Step) -> None:
    config = load(folder / "config.yaml")
    store = open_store(config.database_url)
    store.upgrade()
    installation = open_installation(config, SettableClock(NIGHT))
    result = run_pass(installation, store, steps=steps or tuple(Step))
    installation.close()
    store.close()
    if result.error is not None:
        raise result.error


def _ready() -> Path:
    """A house that has read everything, where every customer has a mandate that its package knows."""
    folder = _folder()
    _walk(folder, Step.PULL)
    iban = str(IBAN.from_bban("BE", "539007547034"))
    with sqlite3.connect(folder / "data" / "sepa-connector.db") as database:
        database.executemany(
            "INSERT INTO mandates (creditor, reference, source, customer_id, scheme, type, state, language,"
            " debtor_name, iban, signed_on, method, invited_at, expires_at)"
            " VALUES ('main', ?, 'books', ?, 'CORE', 'RCUR', 'active', 'nl', ?, ?, '2026-10-01', 'bench', ?, ?)",
            [
                (f"M-{n}", f"K{n}", f"Customer {n}", iban, "2026-10-01 00:00:00", "2026-11-01 00:00:00")
                for n in range(CUSTOMERS)
            ],
        )
        database.executemany(
            "INSERT INTO effects (key, kind, target, about, facts, state, attempts, created_at, changed_at)"
            " VALUES (?, 'store_mandate', 'books', 'bench', '{}', 'done', 1, ?, ?)",
            [(f"store_mandate:main/M-{n}", "2026-10-01 00:00:00", "2026-10-01 00:00:00") for n in range(CUSTOMERS)],
        )
    return folder


def _csv_alone(folder: Path) -> None:
    for name in ("customers.csv", "invoices.csv"):
        with (folder / "exchange" / name).open(encoding="utf-8", newline="") as file:
            for _ in csv.DictReader(file, delimiter=";"):
                pass


def _sql_alone(folder: Path) -> None:
    with sqlite3.connect(folder / "data" / "sepa-connector.db") as database:
        limit = (NIGHT.date() + timedelta(days=14)).isoformat()
        database.execute(
            "SELECT count(*) FROM invoices i JOIN mandates m ON m.source = i.source AND m.customer_id = i.customer_id"
            " WHERE i.open_amount > 0 AND i.due_on <= ? AND m.state = 'active'",
            (limit,),
        ).fetchone()


def pull() -> Figure:
    """Read all customers and invoices into an empty database."""
    folder = _folder()
    bare = measured(_csv_alone, folder)
    return _beside("road.pull", measured(_walk, folder, Step.PULL), "csv.DictReader alone", bare)


def collect() -> Figure:
    """A pass that finds 10,000 invoices due, and writes and sends their bank file."""
    folder = _ready()
    bare = measured(_sql_alone, folder)
    return _beside("road.pass_10000_due", measured(_walk, folder), "bare SQL that finds them", bare)


def idle() -> Figure:
    """A pass over 50,000 invoices after which nothing has changed."""
    folder = _ready()
    _walk(folder)
    bare = measured(_sql_alone, folder)
    return _beside("road.idle_pass", measured(_walk, folder), "bare SQL that finds none", bare)


def _beside(name: str, ours: Measured, peer: str, bare: Measured) -> Figure:
    return Figure(name, ours.seconds, "s", peer, bare.seconds, ours.peak_mib)


FIGURES = {"road.pull": pull, "road.pass_10000_due": collect, "road.idle_pass": idle}
