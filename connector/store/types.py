"""Column types that keep money exact and instants in UTC on every database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_CENTS_OF_ONE = Decimal(100)


class Money(TypeDecorator[Decimal]):
    """EUR as whole cents. SQLite has no exact decimals, so a Numeric column would go through a float."""

    impl = BigInteger
    cache_ok = True

    # The driver takes and gives whole numbers as they are: no other processor stands between, for millions of amounts.
    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], int | None]:
        return _cents_of

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        return _euros_of


def _cents_of(amount: Decimal | None) -> int | None:
    if amount is None:
        return None
    whole = int(cents := amount * _CENTS_OF_ONE)
    if whole != cents:
        raise ValueError(f"{amount} has more than two decimals and can't be stored as EUR.")
    return whole


def _euros_of(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents).scaleb(-2)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC without its zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; pass an aware datetime.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)
