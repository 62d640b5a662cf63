"""Facts as text, in the manner of a language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from connector.model.customer import Language
from connector.texts.catalogue import locale_of


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency (ISO 4217), for the rare text that speaks of another one than the euro."""

    amount: Decimal
    currency: str = "EUR"


def written(language: Language, fact: object) -> str:
    """One fact as the language writes it. Instants are written as they come: bring them to local time first."""
    locale = locale_of(language)
    match fact:
        case Money(amount, currency):
            return str(format_currency(amount, currency, locale=locale))
        case Decimal():
            return str(format_currency(fact, "EUR", locale=locale))
        case bool():
            raise TypeError("A yes or no has no form of its own; choose between two texts.")
        case int():
            return str(format_decimal(fact, locale=locale))
        case datetime():
            return f"{format_date(fact, 'long', locale=locale)} {format_time(fact, 'short', locale=locale)}"
        case date():
            return format_date(fact, "long", locale=locale)
        case str():
            return fact
    raise TypeError(f"A fact of type {type(fact).__name__} can't be written; give text, a number or a date.")
