"""Adapters of a third party, installed as any package is: a module and a folder with its entry points."""

from __future__ import annotations

from pathlib import Path

import pytest

_MODULE = '''
from decimal import Decimal
from pathlib import Path

from pydantic import Field, SecretStr

from connector.errors import Fatal
from connector.ports import (
    AccountingPackage, AdapterSettings, BankChannel, Chore, Mailer, MandateService, Probe, Question,
)


class BooksSettings(AdapterSettings):
    """Some books."""

    url: str = Field(description="Address of the books, e.g. https://books.example.com.")
    password: SecretStr = Field(default=SecretStr(""), min_length=4)
    rows: int = Field(default=100, ge=1)
    limit: Decimal = Decimal("1.10")
    cents: bool = False


class Books(AccountingPackage):
    Settings = BooksSettings

    def read_customers(self, cursor):
        return iter(())

    def read_invoices(self, cursor):
        return iter(())

    @classmethod
    def chores(cls):
        return (
            Chore("paint", "Paint the books in a colour.", cls.paint),
            Chore("lock", "Give the books a new password.", cls.lock),
        )

    def paint(self, administrator):
        colour = administrator.ask(Question("BOOKS_COLOUR", "Colour of the books"))
        secret = administrator.ask(Question("BOOKS_GLAZE", "Glaze", secret=True))
        yield Probe(f"{self.name}: paint", ok=colour != "mud", detail=f"{colour} and {len(secret)} letters of glaze")

    def lock(self, administrator):
        place = administrator.place_of("password")
        kept = place.keep("new-password")
        yield Probe(f"{self.name}: lock", ok=True, detail=kept.detail, remedy=kept.remedy)


class Greedy(Books):
    class Settings(BooksSettings):
        creditor: str = ""


class Pens(MandateService):
    def invite(self, request): ...
    def read_events(self, cursor): ...


class BoxSettings(AdapterSettings):
    folder: Path = Path("box")


class Box(BankChannel):
    Settings = BoxSettings

    def check(self):
        raise Fatal("The box is locked.", remedy="Open it.")

    def send(self, file): ...
    def fetch(self): ...


class Post(Mailer):
    def send(self, mail): ...
    def message_id(self, key): ...
'''
_ENTRY_POINTS = """
[sepa_connector.accounting]
books = third_party_adapters:Books
greedy = third_party_adapters:Greedy
broken = third_party_adapters:Absent
wrong = third_party_adapters:Post

[sepa_connector.chores]
books = third_party_adapters:Books
lost = third_party_adapters:Absent

[sepa_connector.mandates]
pens = third_party_adapters:Pens

[sepa_connector.banks]
box = third_party_adapters:Box

[sepa_connector.mail]
post = third_party_adapters:Post
"""


def install(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install `books`, `pens`, `box` and `post`, and some that are broken, beside whatever is installed."""
    site.mkdir(exist_ok=True)
    (site / "third_party_adapters.py").write_text(_MODULE, encoding="utf-8")
    info = site / "third_party_adapters-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: third-party-adapters\nVersion: 1.0\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(_ENTRY_POINTS, encoding="utf-8")
    monkeypatch.syspath_prepend(site)


MINIMAL = """\
secret: 0123456789abcdef0123456789abcdef
creditors:
  - id: main
    name: Brouwerij De Kroon
    identifier: BE65ZZZ0403199702
    iban: BE68 5390 0754 7034
    address: {street: Markt 1, postcode: 0123, town: Brussel, country: BE}
    bank: {adapter: box}
sources:
  - {name: books, adapter: books, url: https://books.example.com}
mandates: {adapter: pens}
mail: {adapter: post}
"""
"""The least that a config holds."""
