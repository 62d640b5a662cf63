"""An invoice as Tryton gives it becomes ours."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adapters.accounting import mapped
from adapters.accounting.tryton import invoices
from adapters.accounting.tryton.client import Row
from connector.model.invoice import Invoice, InvoiceKind
from mappings.engine import load
from mappings.errors import MappingError

MAPPING = load("tryton")
PAID = {"maturity_date": date(2027, 3, 1), "reconciliation": 5}
OPEN = {"maturity_date": date(2026, 12, 1), "reconciliation": None}
LAST_OPEN = {"maturity_date": date(2027, 1, 1), "reconciliation": None}


def invoice(**given: object) -> Invoice:
    row: Row = {
        "id": 1,
        "party": {"id": 2},
        "number": "2026-1",
        "invoice_date": date(2026, 11, 1),
        "total_amount": Decimal("121.00"),
        "amount_to_pay": Decimal("121.00"),
        "currency": {"code": "EUR"},
        "lines_to_pay": [OPEN],
        **given,
    }
    return mapped.invoice("books", MAPPING.read("invoice", invoices.chosen(row)))


@pytest.mark.parametrize(
    ("total", "to_pay", "kind", "open_amount"),
    [
        ("121.00", "121.00", InvoiceKind.INVOICE, "121.00"),
        ("121.00", "0", InvoiceKind.INVOICE, "0"),
        ("121.00", "-5.00", InvoiceKind.INVOICE, "0"),
        ("-21.00", "-21.00", InvoiceKind.CREDIT_NOTE, "21.00"),
        ("-21.00", "3.00", InvoiceKind.CREDIT_NOTE, "0"),
        ("0.00", "0.00", InvoiceKind.INVOICE, "0"),
    ],
)
def test_amounts_have_no_sign_and_the_kind_tells_the_direction(
    total: str, to_pay: str, kind: InvoiceKind, open_amount: str
) -> None:
    found = invoice(total_amount=Decimal(total), amount_to_pay=Decimal(to_pay))
    assert (found.kind, found.total, found.open_amount) == (kind, abs(Decimal(total)), Decimal(open_amount))


def test_an_amount_that_is_not_there_is_not_taken_for_zero() -> None:
    with pytest.raises(MappingError, match="open_amount"):
        invoice(amount_to_pay=None)


def test_what_is_blocked_for_payment_is_not_open() -> None:
    free = OPEN | {"payment_amount": Decimal("60.50")}
    blocked = LAST_OPEN | {"payment_amount": Decimal("60.50"), "payment_blocked": True}
    assert invoice(lines_to_pay=[free, blocked]).open_amount == Decimal("60.50")
    assert invoice(lines_to_pay=[free, blocked | {"reconciliation": 5}]).open_amount == Decimal("121.00")


@pytest.mark.parametrize(
    ("lines", "due_on"),
    [
        ([OPEN, LAST_OPEN, PAID], date(2027, 1, 1)),
        ([PAID], date(2027, 3, 1)),
        ([], date(2026, 11, 1)),
    ],
)
def test_an_invoice_in_parts_is_due_with_the_last_open_part(lines: list[Row], due_on: date) -> None:
    assert invoice(lines_to_pay=lines).due_on == due_on


@pytest.mark.parametrize(("given", "reference"), [("RF37 2026 1", "RF3720261"), ("Client 17", "Client 17"), (None, "")])
def test_an_rf_reference_travels_without_spaces(given: str | None, reference: str) -> None:
    assert invoice(customer_payment_reference=given).reference == reference
