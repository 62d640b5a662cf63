"""Addresses as they are written under a name, in the reader's language."""

from __future__ import annotations

from connector.model.customer import Language, PostalAddress
from connector.texts.catalogue import locale_of


def address_lines(address: PostalAddress, language: Language) -> tuple[str, ...]:
    """Street, postcode with town, country in words; lines without content are left out."""
    town = f"{address.postcode} {address.town}".strip()
    lines = (address.street, town, country_name(address.country, language) if address.country else "")
    return tuple(line for line in lines if line)


def country_name(code: str, language: Language) -> str:
    """Name of a country (ISO 3166-1 alpha-2); the code itself if it has none."""
    return str(locale_of(language).territories.get(code, code))
