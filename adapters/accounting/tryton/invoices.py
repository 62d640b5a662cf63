"""Posted customer invoices and credit notes of Tryton."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from adapters.accounting.mapped import reference
from adapters.accounting.tryton.changes import Watch
from adapters.accounting.tryton.client import Domain, Row
from adapters.accounting.tryton.fields import CHOSEN
from connector.model.invoice import InvoiceKind

MODEL = "account.invoice"
NEEDED = (
    "total_amount",
    "amount_to_pay",
    "customer_payment_reference",
    "lines_to_pay.maturity_date",
    "lines_to_pay.reconciliation",
    "lines_to_pay.payment_blocked",
    "lines_to_pay.payment_amount",
)


def domain(company: int) -> Domain:
    """Customer invoices that were ever posted, paid and cancelled ones included."""
    return [
        ["company", "=", company],
        ["type", "=", "out"],
        ["state", "in", ["posted", "paid", "cancelled"]],
        ["number", "!=", None],
    ]


def watches(company: int) -> tuple[Watch, ...]:
    """Where a change of an invoice shows.

    A payment that is made, or fails, or is deleted in Tryton changes what is open without touching the invoice;
    Tryton touches the receivable line then.
    """
    return (
        Watch(MODEL, [["company", "=", company], ["type", "=", "out"]], (), lambda row: _integers(row["id"])),
        Watch(
            "account.move.line",
            [
                ["move.company", "=", company],
                ["account.type.receivable", "=", True],
                ["move.origin.type", "=", "out", MODEL],
            ],
            ("move.origin",),
            _origin,
        ),
    )


def chosen(invoice: Row) -> Row:
    """The invoice with what the adapter chooses for the mapping. An amount that is not there stays so."""
    total = invoice.get("total_amount")
    is_credit = isinstance(total, Decimal) and total < 0
    open_lines = [row for row in _lines(invoice) if not row.get("reconciliation")]
    return {
        **invoice,
        CHOSEN: {
            "kind": (InvoiceKind.CREDIT_NOTE if is_credit else InvoiceKind.INVOICE).value,
            "due_on": _due_on(open_lines or _lines(invoice)),
            "total": abs(total) if isinstance(total, Decimal) else None,
            "open_amount": _open_amount(invoice.get("amount_to_pay"), open_lines, is_credit=is_credit),
            "reference": reference(str(invoice.get("customer_payment_reference") or "")),
        },
    }


def _open_amount(to_pay: object, open_lines: Sequence[Row], *, is_credit: bool) -> Decimal | None:
    """What is still to be paid, without a sign. What somebody has blocked for payment in Tryton is left alone."""
    if not isinstance(to_pay, Decimal):
        return None
    blocked = (row["payment_amount"] for row in open_lines if row.get("payment_blocked"))
    free = abs(to_pay) - sum((amount for amount in blocked if isinstance(amount, Decimal)), Decimal(0))
    is_overpaid = (to_pay > 0) is is_credit
    return Decimal(0) if is_overpaid else max(free, Decimal(0))


def _due_on(lines: Sequence[Row]) -> date | None:
    """An invoice that is paid in parts is collected whole, never before its last part is due."""
    due = (row.get("maturity_date") for row in lines)
    return max((day for day in due if isinstance(day, date)), default=None)


def _lines(invoice: Row) -> Sequence[Row]:
    lines = invoice.get("lines_to_pay")
    return lines if isinstance(lines, list) else ()


def _origin(line: Row) -> Iterable[int]:
    move = line.get("move")
    model, _, record = str(move.get("origin") if isinstance(move, Mapping) else "").partition(",")
    return [int(record)] if model == MODEL else []


def _integers(value: object) -> Iterable[int]:
    return [value] if isinstance(value, int) else []
