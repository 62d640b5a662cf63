"""Tryton's typed JSON, there and back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from adapters.accounting.tryton import wire


@pytest.mark.parametrize(
    "value",
    [
        date(2026, 11, 24),
        datetime(2026, 11, 24, 16, 50, 28, 443596),  # noqa: DTZ001 - naive, as the server has it
        Decimal("121.00"),
        b"%PDF-1.7\n\xff",
        None,
        ["text", {"below": Decimal("0.01")}],
    ],
)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert wire.loads(wire.dumps(value)) == value


def test_a_plain_number_with_a_point_is_no_binary_float() -> None:
    assert wire.loads('{"rate": 0.1}') == {"rate": Decimal("0.1")}


def test_what_has_no_form_in_tryton_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no form"):
        wire.dumps({1, 2})


def test_a_header_is_safe_in_an_address() -> None:
    assert set(wire.header({"clearing_date": date(2026, 11, 24), "sign": "?>?>"})) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    )
