"""Customer: who buys from the creditor, as the accounting package knows them; the debtor once they sign."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bankfiles.frozen import maker_of


class RecordKey(NamedTuple):
    """Key of a record of an accounting package: the source and the package's own immutable id.

    Never a name, number or e-mail address: those change, and a changed key would make a second customer.
    """

    source: str
    id: str

    def __str__(self) -> str:
        return f"{self.source}/{self.id}"


class Language(StrEnum):
    """Languages that a debtor is spoken to in."""

    DUTCH = "nl"
    FRENCH = "fr"
    GERMAN = "de"
    ENGLISH = "en"


class PartyKind(StrEnum):
    """A consumer is a person; B2B mandates are for companies only."""

    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address by its parts; empty text where unknown."""

    country: str = ""  # ISO 3166-1 alpha-2
    town: str = ""
    postcode: str = ""
    street: str = ""  # street and number, as written on a letter


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of one source.

    Attributes:
        key: source and the package's id.
        number: the number that people use, for display only.
        iban: account known to the package, to fill in the signing page; None if unknown.
        direct_debit: True if the package says that this customer pays by direct debit, False if it says
            not, None if it says nothing (then the installation's rule decides).
        gone: they were read once, and the package has them no more.
    """

    key: RecordKey
    name: str
    number: str = ""
    email: str = ""
    language: Language | None = None
    kind: PartyKind = PartyKind.PERSON
    address: PostalAddress = PostalAddress()
    enterprise_number: str = ""
    iban: str | None = None
    direct_debit: bool | None = None
    active: bool = True
    gone: bool = False


new_address, new_customer = maker_of(PostalAddress), maker_of(Customer)  # as the classes, where very many are made
