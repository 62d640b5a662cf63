"""A real Tryton server on loopback with books filled from a description, for live tests and the demo.

description = Books("Helder Energie", today, customers=(...), invoices=(...))
with start(folder, description) as server:
    ...                              # server.url, server.key, server.customers["K-1"], server.invoices[0].number
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType

from tests.counterparts.tryton.environment import (
    TrytonFailed,
    database_with_modules,
    prepare,
    program,
    write_config,
)

HOST = "127.0.0.1"
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10
POLL_SECONDS = 0.1
DATABASE = "books"
JOURNAL = "SEPA"
PASSWORD = "only-on-loopback"


@dataclass(frozen=True)
class Address:
    """Where a customer lives; `country` is ISO 3166-1 alpha-2."""

    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""


@dataclass(frozen=True)
class CustomerSeed:
    """A customer to be made. `id` becomes the party's code; `direct_debit` marks them as paying by direct debit.

    Tryton takes an IBAN only if its bank exists, not just for right check digits.
    """

    id: str
    name: str
    email: str = ""
    language: str = ""
    address: Address = Address()
    iban: str = ""
    direct_debit: bool = False
    vat_number: str = ""
    category: str = ""


@dataclass(frozen=True)
class InvoiceSeed:
    """A posted invoice to be made; a negative amount makes a credit note.

    With more than one part it is due in equal parts, the first on `due_on`, the others 30 days apart.
    """

    customer: str
    amount: Decimal
    issued_on: date
    due_on: date
    currency: str = "EUR"
    about: str = "Services"
    parts: int = 1


@dataclass(frozen=True)
class Books:
    """What the company's books hold. Amounts are in EUR unless an invoice says USD."""

    company: str
    today: date
    customers: tuple[CustomerSeed, ...] = ()
    invoices: tuple[InvoiceSeed, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Books:
        """From a JSON file with the same names; amounts and dates are texts."""
        given = json.loads(path.read_text(encoding="utf-8"))
        customers = (
            CustomerSeed(**{**row, "address": Address(**row.get("address", {}))}) for row in given["customers"]
        )
        invoices = (
            InvoiceSeed(
                **{
                    **row,
                    "amount": Decimal(row["amount"]),
                    "issued_on": date.fromisoformat(row["issued_on"]),
                    "due_on": date.fromisoformat(row["due_on"]),
                }
            )
            for row in given["invoices"]
        )
        return cls(given["company"], date.fromisoformat(given["today"]), tuple(customers), tuple(invoices))


@dataclass(frozen=True)
class PostedInvoice:
    """An invoice as Tryton posted it."""

    id: int
    number: str


@dataclass
class TrytonServer:
    """A running server.

    Attributes:
        company: id of the company.
        key: validated key of the user `login`, whose password is `password`.
        customers: party id by the id of the seed.
        invoices: in the order of the seeds.
        fresh: names of databases with the same books that nobody has used yet.
    """

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    company: int
    key: str = field(repr=False)
    customers: Mapping[str, int]
    invoices: tuple[PostedInvoice, ...]
    database: str = DATABASE
    login: str = "connector"
    password: str = PASSWORD
    journal: str = JOURNAL
    fresh: list[str] = field(default_factory=list, repr=False)
    _stopped: bool = field(default=False, repr=False)

    def with_fresh_books(self) -> TrytonServer:
        """The same process with a database that holds the books as they were at the start, each used once.

        The process is stopped through the server that was started.
        """
        if not self.fresh:
            raise TrytonFailed("No fresh books are left; start the server with more of them.")
        return replace(self, database=self.fresh.pop(), _stopped=True)

    def settings(self) -> dict[str, object]:
        """Settings of the adapter that reach this server."""
        return {
            "url": self.url,
            "database": self.database,
            "company": self.company,
            "key": self.key,
            "login": self.login,
            "password": self.password,
            "journal": self.journal,
        }

    def log_tail(self) -> str:
        """The server's last words."""
        return _tail(self.folder)

    def stop(self) -> None:
        """End the process. Safe to call twice."""
        if self._stopped:
            return
        self._stopped = True
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP_SECONDS_MAX)
        for copied in self.folder.glob(f"{DATABASE}-*.sqlite"):
            copied.unlink()

    def __enter__(self) -> TrytonServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(folder: Path, books: Books, port: int | None = None, fresh: int = 0) -> TrytonServer:
    """Make a database in `folder`, fill it, and serve it on loopback. The caller stops it.

    Args:
        folder: is made if missing; holds the database and the server's log.
        port: a free one if None.
        fresh: how many further databases with the same books; Tryton does not see one that is added later.

    Raises:
        TrytonFailed: preparing or starting failed; says why with the last lines of the log.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    config = write_config(folder, f"{HOST}:{port}")
    shutil.copyfile(database_with_modules(), folder / f"{DATABASE}.sqlite")
    description = folder / "description.json"
    description.write_text(json.dumps(asdict(books) | {"password": PASSWORD}, default=str), encoding="utf-8")
    prepare("books", config, DATABASE, str(description))
    copies = [f"{DATABASE}-{number}" for number in range(fresh)]
    for name in copies:
        shutil.copyfile(folder / f"{DATABASE}.sqlite", folder / f"{name}.sqlite")
    prepared = json.loads((folder / "prepared.json").read_text(encoding="utf-8"))
    with (folder / "trytond.log").open("wb") as log:
        process = subprocess.Popen(
            [str(program("trytond")), "-c", str(config), "-d", DATABASE],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = TrytonServer(
        url=f"http://{HOST}:{port}",
        folder=folder,
        process=process,
        company=prepared["company"],
        key=prepared["key"],
        customers=prepared["customers"],
        invoices=tuple(PostedInvoice(row["id"], row["number"]) for row in prepared["invoices"]),
        fresh=copies,
    )
    try:
        _wait_until_it_answers(server)
    except BaseException:
        server.stop()
        raise
    return server


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_it_answers(server: TrytonServer) -> None:
    request = urllib.request.Request(
        f"{server.url}/{server.database}/rest/model/company.company?f=id",
        headers={"Authorization": f"Bearer {server.key}"},
    )
    for _ in range(int(START_SECONDS_MAX / POLL_SECONDS)):
        if server.process.poll() is not None:
            raise TrytonFailed(f"Tryton ended with {server.process.returncode}:\n{server.log_tail()}")
        try:
            with urllib.request.urlopen(request, timeout=START_SECONDS_MAX):
                return
        except urllib.error.HTTPError as error:
            raise TrytonFailed(f"Tryton answers {error.code}:\n{server.log_tail()}") from error
        except OSError:
            time.sleep(POLL_SECONDS)
    raise TrytonFailed(f"Tryton did not answer within {START_SECONDS_MAX} s:\n{server.log_tail()}")


def _tail(folder: Path) -> str:
    log = folder / "trytond.log"
    return log.read_text(encoding="utf-8", errors="replace")[-3000:] if log.is_file() else ""
