"""The town of the demo: an installation in a folder, its signing pages on loopback, a mailbox and a bank."""

from __future__ import annotations

import email
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.policy import default as default_policy
from pathlib import Path
from typing import cast

import uvicorn
from ruamel.yaml import YAML

from connector.cli.demo.books import Books
from connector.config import Config, load, open_installation
from connector.errors import Fatal
from connector.installation import Installation
from connector.signing.app import signing_app
from connector.signing.service import SigningService
from connector.store.database import OWNER_ONLY_FILE, Store, open_store
from connector.testing.bank_house import BankHouse
from connector.testing.clock import SettableClock

_START_SECONDS_MAX = 20
HOST = "127.0.0.1"


class Town:
    """Everything that the demo plays in.

    Attributes:
        url: of the signing pages.
    """

    def __init__(self, folder: Path, books: Books, clock: SettableClock, house: BankHouse, port: int) -> None:
        self.folder = folder
        self.clock = clock
        self.url = f"http://{HOST}:{port}"
        self.port = port
        self.config = _configured(folder, books, self.url)
        self.store: Store = open_store(self.config.database_url)
        self.store.upgrade()
        self.installation: Installation = open_installation(self.config, clock)
        self.mailbox = Mailbox(folder / "mail")
        self.desk = BankDesk(folder / "outbox", folder / "inbox", house, clock)

    @contextmanager
    def open_pages(self) -> Iterator[uvicorn.Server]:
        """Serve the signing pages while the block runs."""
        service = cast("SigningService", self.installation.mandates)
        settings = uvicorn.Config(
            signing_app(service, self.installation.mailer),
            host=HOST,
            port=self.port,
            log_config=None,
            access_log=False,
        )
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + _START_SECONDS_MAX
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise Fatal("The signing pages did not start.", where=self.url, remedy="Is the port taken?")
            time.sleep(0.02)
        try:
            yield server
        finally:
            server.should_exit = True
            thread.join(_START_SECONDS_MAX)

    def close(self) -> None:
        """Let go of files and connections."""
        self.installation.close()
        self.store.close()


class Mailbox:
    """All mail of the town, as the debtors find it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def link_for(self, address: str) -> str | None:
        """The link in the invitation of a debtor; None if none came."""
        for text in self._texts(address):
            if found := re.search(r"https?://\S+/s/\S+", text):
                return found.group()
        return None

    def code_for(self, address: str) -> str:
        """The latest one-time code of a debtor."""
        codes = [found.group() for text in self._texts(address) if (found := re.search(r"\b\d{6}\b", text))]
        if not codes:
            raise Fatal(f"No code came for {address}.", where=str(self._folder), remedy="Look at the mails there.")
        return codes[-1]

    def _texts(self, address: str) -> list[str]:
        """Texts of the mails to an address, oldest first."""
        texts = []
        for path in sorted(self._folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            message = email.message_from_bytes(path.read_bytes(), policy=default_policy)
            body = message.get_body(("plain",))
            if address in str(message["To"]) and body is not None:
                texts.append(body.get_content())
        return texts


class BankDesk:
    """The bank behind two folders: takes our files from the outbox, leaves its answers in the inbox."""

    def __init__(self, outbox: Path, inbox: Path, house: BankHouse, clock: SettableClock) -> None:
        self._outbox = outbox
        self._inbox = inbox
        self._house = house
        self._clock = clock
        self._taken: set[str] = set()

    def work(self) -> None:
        """One day at the bank: answer new files, tell what was collected today."""
        for path in sorted(self._outbox.glob("*.xml")):
            if path.name not in self._taken:
                self._taken.add(path.name)
                self._leave(f"status-{path.name}", self._house.take(path.read_bytes(), self._clock.now))
        day = self._clock.now.date()
        if statement := self._house.statement(day, self._clock.now):
            self._leave(f"statement-{day}.xml", statement)

    def take_back(self) -> None:
        """Return what debtors' banks return."""
        day = self._clock.now.date()
        if statement := self._house.returns(day, self._clock.now):
            self._leave(f"statement-{day}-returns.xml", statement)

    def _leave(self, name: str, content: bytes) -> None:
        partial = self._inbox / f".{name}.part"
        partial.write_bytes(content)
        partial.rename(self._inbox / name)


def first_day(now: datetime) -> datetime:
    """Noon, three weeks ago: the demo ends about today."""
    return (now - timedelta(days=21)).replace(hour=11, minute=30, second=0, microsecond=0)


def free_port() -> int:
    """A port of the loopback address that is free now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _configured(folder: Path, books: Books, url: str) -> Config:
    """Write the config of the town, as `init` would, and read it."""
    for name in ("inbox", "outbox", "mail", "mandates", "db"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ("secret", "config.yaml"):
        (folder / name).touch(mode=OWNER_ONLY_FILE)
    (folder / "secret").write_text("the demo needs no secret, only one of this length\n", encoding="utf-8")
    sender = "Brouwerij De Kroon <facturen@example.org>"
    config = {
        "language": "en",
        "data": ".",
        "database": "sqlite:///db/sepa-connector.db",
        "secret": "file:secret",
        "creditors": [
            {
                "id": "main",
                "name": "Brouwerij De Kroon",
                "identifier": "BE65ZZZ0403199702",
                "iban": "BE71096123456769",
                "address": {"street": "Grote Markt 1", "postcode": "9000", "town": "Gent", "country": "BE"},
                "email": "facturen@example.org",
                "colour": "#7c2d12",
                "bank": {
                    "adapter": "folder",
                    "profile": "kbc",
                    "outbox": "outbox",
                    "inbox": "inbox",
                    "settle_seconds": 0,
                },
            }
        ],
        "sources": [dict(books.source())],
        "mandates": {"adapter": "signing", "url": url},
        "mail": {"adapter": "folder", "folder": "mail", "sender": sender},
        "rules": {"notify": {"days": 3}, "collect": {"window_days": 5}},
        "logs": {"level": "error"},
    }
    path = folder / "config.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(config, file)
    return load(path)
