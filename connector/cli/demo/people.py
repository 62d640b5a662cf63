"""The people of the demo: two dozen customers, what they owe, and how they behave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from schwifty import IBAN

from connector.testing.bank_house import Fate, Told


class Manner(Enum):
    """What a customer does with the invitation."""

    SIGNS = "signs"
    REFUSES = "refuses"
    WAITS = "waits"


_SIGNS, _REFUSES, _WAITS = Manner.SIGNS, Manner.REFUSES, Manner.WAITS
_PAID = Told(Fate.PAID)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer of the demo.

    Attributes:
        amount: of their invoice, EUR unless `currency` says otherwise.
        due_in: days from the first night until it is due.
        fate: what their bank does with the collection.
    """

    id: str
    name: str
    language: str
    country: str
    street: str
    postcode: str
    town: str
    amount: Decimal
    due_in: int
    manner: Manner = _SIGNS
    fate: Told = _PAID
    currency: str = "EUR"
    email: str = ""

    @property
    def iban(self) -> str:
        """The account they pay from; made up, with right check digits."""
        bank, branch = _BANKS[self.country]
        account = f"{int(self.id.removeprefix('K')) * 7919:010}"
        if self.country == "BE":
            national = f"{bank}{account[-7:]}"
            return _iban("BE", f"{national}{int(national) % 97 or 97:02}")
        if self.country == "FR":
            return _iban("FR", f"{bank}{branch}0{account}{_rib_key(bank, branch, account)}")
        return _iban(self.country, f"{bank}{account}")


_BANKS = {"BE": ("001", ""), "NL": ("ABNA", ""), "FR": ("20041", "01005"), "DE": ("37040044", "")}


def _iban(country: str, account: str) -> str:
    return str(IBAN.from_bban(country, account))


def _rib_key(bank: str, branch: str, account: str) -> str:
    """Check digits of a French account number."""
    return f"{97 - (89 * int(bank) + 15 * int(branch) + 3 * int(f'0{account}')) % 97:02}"


def people() -> tuple[Person, ...]:
    """All customers of the demo."""
    return tuple(_people())


def _people() -> Iterator[Person]:
    rows: tuple[tuple[str, str, str, str, str, str, str, str, int], ...] = (
        ("K101", "Ann Peeters", "nl", "BE", "Kerkstraat 12", "9000", "Gent", "121.00", 8),
        ("K102", "Bert De Smet", "nl", "BE", "Meir 4", "2000", "Antwerpen", "84.70", 8),
        ("K103", "Camille Dubois", "fr", "BE", "Rue Neuve 31", "1000", "Bruxelles", "242.00", 9),
        ("K104", "Damien Lambert", "fr", "BE", "Rue du Pont 8", "4000", "Liège", "59.90", 9),
        ("K105", "Els Vandamme", "nl", "BE", "Markt 1", "8000", "Brugge", "310.25", 10),
        ("K106", "Frituur 't Hoekje BV", "nl", "BE", "Stationsplein 3", "2800", "Mechelen", "1512.50", 10),
        ("K201", "Jan de Vries", "nl", "NL", "Damrak 70", "1012 LM", "Amsterdam", "75.00", 8),
        ("K202", "Sanne Bakker", "nl", "NL", "Coolsingel 40", "3011 AD", "Rotterdam", "149.95", 8),
        ("K203", "Pieter Visser", "nl", "NL", "Oudegracht 22", "3511 AR", "Utrecht", "39.50", 9),
        ("K204", "Lotte Smit", "nl", "NL", "Vismarkt 5", "9712 CA", "Groningen", "210.00", 9),
        ("K205", "Bakkerij Jansen B.V.", "nl", "NL", "Markt 17", "5611 EB", "Eindhoven", "986.15", 10),
        ("K206", "Ruben Mulder", "nl", "NL", "Brink 9", "7411 BT", "Deventer", "64.00", 10),
        ("K301", "Élodie Martin", "fr", "FR", "12 rue de la Paix", "75002", "Paris", "99.00", 8),
        ("K302", "François Lefèvre", "fr", "FR", "3 place Bellecour", "69002", "Lyon", "180.40", 8),
        ("K303", "Zoé Girard", "fr", "FR", "8 quai des Belges", "13001", "Marseille", "45.25", 9),
        ("K304", "Hôtel du Lac SARL", "fr", "FR", "1 rue du Lac", "74000", "Annecy", "2750.00", 9),
        ("K305", "Luc Moreau", "fr", "FR", "5 rue Foch", "34000", "Montpellier", "132.00", 10),
        ("K306", "Inès Petit", "fr", "FR", "27 rue Alsace", "31000", "Toulouse", "71.10", 10),
        ("K401", "Jürgen Müller", "de", "DE", "Hauptstraße 5", "50667", "Köln", "165.00", 8),
        ("K402", "Anja Schäfer", "de", "DE", "Lindenweg 11", "80331", "München", "88.88", 8),
        ("K403", "Bäckerei Groß GmbH", "de", "DE", "Marktplatz 2", "70173", "Stuttgart", "1240.00", 9),
        ("K404", "Klaus Weiß", "de", "DE", "Am Hafen 6", "20457", "Hamburg", "54.30", 9),
        ("K405", "Sabine Koch", "de", "DE", "Bergstraße 19", "01069", "Dresden", "119.00", 10),
        ("K406", "Uwe Köhler", "de", "DE", "Schillerstraße 3", "99423", "Weimar", "33.00", 10),
    )
    for row in rows:
        identity, amount, due_in = row[:7], Decimal(row[7]), row[8]
        manner, fate, currency = _BEHAVIOUR.get(row[0], (_SIGNS, _PAID, "EUR"))
        email = "" if row[0] == "K406" else f"{row[0].lower()}@example.org"
        yield Person(*identity, amount, due_in, manner, fate, currency, email)


_BEHAVIOUR: dict[str, tuple[Manner, Told, str]] = {
    "K102": (_WAITS, _PAID, "EUR"),
    "K104": (_SIGNS, Told(Fate.RETURNED, "AM04"), "EUR"),
    "K203": (_REFUSES, _PAID, "EUR"),
    "K206": (_WAITS, _PAID, "EUR"),
    "K302": (_SIGNS, Told(Fate.REJECTED, "AC04"), "EUR"),
    "K305": (_SIGNS, _PAID, "USD"),
    "K404": (_WAITS, _PAID, "EUR"),
}


def invoice_number(person: Person, year: int) -> str:
    """Number of a customer's invoice."""
    return f"{year}-{person.id.removeprefix('K')}"


def due_on(person: Person, first_night: date) -> date:
    """Due date of a customer's invoice."""
    return first_night + timedelta(days=person.due_in)
