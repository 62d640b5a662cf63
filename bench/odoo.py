"""Odoo at size, against the counterpart in a process of its own: 10,000 contacts and 50,000 invoices read, 1,000
mandates written back.

The counterpart keeps connections, as Odoo does behind a proxy: whoever calls may use one for many calls.

The peer of reading is a bare loop of odoo-client-lib over the same fields of the same records, page by page, which
keeps nothing: all the time that it takes, the server's included, against the time that our process is at work. That of
writing is the same library, one call for each thing that is made.
"""

from __future__ import annotations

import atexit
import json
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from bankfiles.identifiers import belgian_iban
from bench.figure import Figure, Measured, measured
from connector.config import load, open_installation
from connector.engine.one_pass import run_pass
from connector.model.deed import Step
from connector.store.database import open_store

CUSTOMERS, INVOICES, MANDATES = 10_000, 50_000, 1_000
SINGLE = 100  # mandates that the peer writes; its figures are taken for all
PAGE = 500  # as ours, if the config does not say otherwise
LIBRARY = "odoo-client-lib 2.0"
SIGNED_ON = date(2026, 10, 1)
CONFIG = """\
secret: not a secret, only one of the right length
creditors:
  - id: main
    name: Brouwerij De Kroon
    identifier: BE65ZZZ0403199702
    iban: BE71096123456769
    address: {{street: Grote Markt 1, postcode: "9000", town: Gent, country: BE}}
    bank: {{adapter: folder, outbox: outbox, inbox: inbox, settle_seconds: 0}}
sources:
  - {{name: books, adapter: odoo, url: "{url}", database: {database}, company: {company}, key: {key}}}
mandates: {{adapter: signing, url: "http://127.0.0.1:1"}}
mail: {{adapter: folder, folder: mail, sender: De Kroon <facturen@example.org>}}
rules:
  invite: {{whom: marked}}
logs: {{level: error}}
"""


class Server(NamedTuple):
    """The counterpart: where it answers, and to whom."""

    url: str
    database: str
    company: int
    key: str


@lru_cache
def _server(times: int) -> Server:
    """Odoo 19 behind a proxy, with OCA's mandates and `times` the usual records; it ends with this process."""
    command = [sys.executable, "-m", "tests.counterparts.odoo", "--version", "19", "--home", "oca", "--keep-alive"]
    size = ["--customers", str(times * CUSTOMERS), "--invoices", str(times * INVOICES)]
    process = subprocess.Popen([*command, *size], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1], text=True)
    atexit.register(process.kill)
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    return Server(told["url"], told["database"], told["company"], told["keys"]["connector"])


def _calls(server: Server) -> int:
    """How many calls it has answered."""
    with urllib.request.urlopen(f"{server.url}/counterpart/calls") as answer:
        return sum(json.loads(answer.read()).values())


def _house(server: Server) -> Path:
    """A house that has read nothing yet; its tables are made."""
    folder = Path(tempfile.mkdtemp(prefix="bench-odoo-"))
    for name in ("outbox", "inbox", "mail"):
        (folder / name).mkdir()
    (folder / "config.yaml").write_text(CONFIG.format(**server._asdict()), encoding="utf-8")
    store = open_store(load(folder / "config.yaml").database_url)
    store.upgrade()
    store.close()
    return folder


def _walk(folder: Path, *steps: Step) -> None:
    config = load(folder / "config.yaml")
    store = open_store(config.database_url)
    installation = open_installation(config, lambda: datetime.now(UTC))
    result = run_pass(installation, store, steps=steps)
    installation.close()
    store.close()
    if result.error is not None:
        raise result.error
    assert result.exceptions == 0


def _database(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "data" / "sepa-connector.db")


# ------------------------------------------------------------------------------------------------------- reading

CONTACT = (
    *("active", "bank_ids", "child_ids", "city", "country_id", "customer_payment_mode_id", "email", "id"),
    *("is_company", "lang", "name", "ref", "street", "street2", "vat", "zip"),
)
ACCOUNT = ("acc_type", "sanitized_acc_number")
INVOICE = (
    *("amount_residual", "amount_total", "commercial_partner_id", "currency_id", "id", "invoice_date"),
    *("invoice_date_due", "mandate_id", "move_type", "name", "payment_reference", "payment_state", "state"),
)
LINE = ("move_id", "date_maturity")


def _library(server: Server) -> Any:
    import odoolib  # type: ignore[import-untyped]

    host, _, port = server.url.removeprefix("http://").partition(":")
    return odoolib.get_connection(
        hostname=host, port=int(port), protocol="json2", database=server.database, password=server.key
    )


def _pages(model: Any, fields: Sequence[str], domain: list[object]) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while True:
        page = model.search_read(domain=[*domain, ["id", ">", last]], fields=list(fields), order="id", limit=PAGE)
        yield page
        if len(page) < PAGE:
            return
        last = page[-1]["id"]


def _loop(server: Server) -> None:
    """Read what the connector reads, and keep nothing."""
    connection = _library(server)
    accounts, lines = connection.get_model("res.partner.bank"), connection.get_model("account.move.line")
    contacts = 0
    for page in _pages(connection.get_model("res.partner"), CONTACT, [["is_company", "=", True]]):
        accounts.search_read(domain=[["partner_id", "in", [row["id"] for row in page]]], fields=list(ACCOUNT))
        contacts += len(page)
    invoices = 0
    posted: list[object] = [["move_type", "in", ["out_invoice", "out_refund"]], ["state", "=", "posted"]]
    for page in _pages(connection.get_model("account.move"), INVOICE, posted):
        due: list[object] = [["display_type", "=", "payment_term"], ["move_id", "in", [row["id"] for row in page]]]
        lines.search_read(domain=due, fields=list(LINE))
        invoices += len(page)
    assert contacts >= CUSTOMERS
    assert invoices >= INVOICES


@lru_cache
def _pulled(times: int) -> tuple[Path, Measured]:
    """A house that has read everything, and what that took."""
    folder = _house(_server(times))
    took = measured(_walk, folder, Step.PULL)
    with _database(folder) as database:
        (invoices,) = database.execute("SELECT count(*) FROM invoices").fetchone()
    assert invoices == times * INVOICES
    return folder, took


def pull() -> Figure:
    """What our process works to read all contacts and invoices into an empty database."""
    _, ours = _pulled(1)
    loop = measured(_loop, _server(1))
    return Figure("odoo.pull_cpu", ours.cpu_seconds, "s", f"{LIBRARY} loop, all its time", loop.seconds, ours.peak_mib)


def memory() -> Figure:
    """The memory that reading twice as much takes."""
    once, twice = _pulled(1)[1].peak_mib, _pulled(2)[1].peak_mib
    return Figure("odoo.pull_double_memory", twice, "MiB", "half as many records", once, twice)


# ------------------------------------------------------------------------------------------------------- writing


class Wanted(NamedTuple):
    """A mandate and whose it is."""

    partner: int
    reference: str
    iban: str


def _iban(account: int) -> str:
    """Of a Belgian account number: ten digits and two that check them."""
    return belgian_iban(f"{account:010d}{account % 97 or 97:02d}")


def _wanted(folder: Path, first: int, count: int) -> list[Wanted]:
    """Mandates of so many customers, on accounts that Odoo does not know yet."""
    with _database(folder) as database:
        ids = [int(row[0]) for row in database.execute("SELECT id FROM customers ORDER BY CAST(id AS INTEGER)")]
    return [
        Wanted(partner, f"M-{number}", _iban(539_000_0000 + number))
        for number, partner in enumerate(ids[first : first + count], first)
    ]


def _sign(folder: Path, wanted: Sequence[Wanted]) -> None:
    """The debtors have signed, and the package knows nothing of it yet."""
    with _database(folder) as database:
        database.executemany(
            "INSERT INTO mandates (creditor, reference, source, customer_id, scheme, type, state, language,"
            " debtor_name, iban, signed_on, method, invited_at, expires_at)"
            " VALUES ('main', ?, 'books', ?, 'CORE', 'RCUR', 'active', 'nl', ?, ?, ?, 'bench', ?, ?)",
            [
                (one.reference, str(one.partner), f"Customer {one.partner}", one.iban, SIGNED_ON.isoformat(),
                 "2026-10-01 00:00:00", "2026-11-01 00:00:00")
                for one in wanted
            ],
        )  # fmt: skip


def _single_calls(server: Server, wanted: Sequence[Wanted]) -> None:
    """An account, a mandate, its validation and a note, each with a call of its own."""
    connection = _library(server)
    accounts, mandates = connection.get_model("res.partner.bank"), connection.get_model("account.banking.mandate")
    contacts = connection.get_model("res.partner")
    for one in wanted:
        (account,) = accounts.create(vals_list=[{"partner_id": one.partner, "acc_number": one.iban}])
        values: Mapping[str, object] = {
            "unique_mandate_reference": one.reference,
            "partner_bank_id": account,
            "signature_date": SIGNED_ON.isoformat(),
        }
        (mandate,) = mandates.create(vals_list=[values])
        mandates.validate(ids=[mandate])
        contacts.message_post(ids=[one.partner], body=f"Mandate {one.reference}")


@lru_cache
def _written() -> tuple[Measured, int, float, int]:
    """Mandates written back: what it took us and how many calls, and seconds and calls of the peer."""
    server = _server(1)
    folder, _ = _pulled(1)
    ours, theirs = _wanted(folder, 0, MANDATES), _wanted(folder, MANDATES, SINGLE)
    _sign(folder, ours)
    before = _calls(server)
    took = measured(_walk, folder, Step.WRITE_BACK)
    between = _calls(server)
    bare = measured(_single_calls, server, theirs)
    with _database(folder) as database:
        (done,) = database.execute("SELECT count(*) FROM effects WHERE state = 'done'").fetchone()
    assert done == MANDATES
    times = MANDATES // SINGLE
    return took, between - before, times * bare.seconds, times * (_calls(server) - between)


def calls() -> Figure:
    """Calls in which 1,000 mandates are written back, each with its account and note."""
    took, ours, _, single = _written()
    return Figure("odoo.write_back_1000_calls", ours, "calls", f"{LIBRARY}, single calls", single, took.peak_mib)


def write_back() -> Figure:
    """The time in which they are."""
    took, _, seconds, _ = _written()
    return Figure("odoo.write_back_1000", took.seconds, "s", f"{LIBRARY}, single calls", seconds, took.peak_mib)


FIGURES = {
    "odoo.pull_cpu": pull,
    "odoo.pull_double_memory": memory,
    "odoo.write_back_1000_calls": calls,
    "odoo.write_back_1000": write_back,
}
