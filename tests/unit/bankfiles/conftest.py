"""What the tests of bank files share: right collections to start from, and the ISO schemas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bankfiles.pain008 import Collection, Creditor, Header, Scheme, SequenceType

CREDITOR = Creditor("Brouwerij De Kroon", "BE65ZZZ0403199702", "BE68539007547034", "TRIOBEBB")
COLLECTION = Collection(
    end_to_end_id="INV-2026-17",
    amount=Decimal("120.50"),
    collection_date=date(2026, 12, 1),
    sequence_type=SequenceType.RECURRENT,
    scheme=Scheme.CORE,
    creditor=CREDITOR,
    mandate_reference="MANDATE-7",
    mandate_signed_on=date(2025, 3, 1),
    debtor_name="Jan Peeters",
    debtor_iban="DE89370400440532013000",
    remittance="Invoice 2026/17",
)

Make = Callable[..., Collection]


@pytest.fixture
def make() -> Make:
    """Make a collection that is right but for what is given; `number` makes ids of its own."""

    def make_one(number: int = 17, **changes: Any) -> Collection:
        base = replace(COLLECTION, end_to_end_id=f"INV-2026-{number}", mandate_reference=f"MANDATE-{number}")
        return replace(base, **changes)

    return make_one


@pytest.fixture
def creditor() -> Creditor:
    return CREDITOR


@pytest.fixture
def header() -> Header:
    return Header("MSG-2026-1", datetime(2026, 11, 27, 9, 0, tzinfo=UTC), "Brouwerij De Kroon")
