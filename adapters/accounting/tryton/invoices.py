"""Posted customer invoices and credit notes of Tryton."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from adapters.accounting.tryton.changes import Watch
from adapters.accounting.tryton.client import Domain, Row
from adapters.accounting.tryton.fields import CHOSEN
from bankfiles.identifiers import InvalidReference, normalise_rf
from connector.model.customer import RecordKey
from connector.model.invoice import Invoice, InvoiceKind

MODEL = "account.invoice"
NEEDED = (
    "total_amount",
    "amount_to_pay",
    "customer_payment_reference",
    "lines_to_pay.maturity_date",
    "lines_to_pay.reconciliation",
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
    total, to_pay = invoice.get("total_amount"), invoice.get("amount_to_pay")
    is_credit = isinstance(total, Decimal) and total < 0
    return {
        **invoice,
        CHOSEN: {
            "kind": (InvoiceKind.CREDIT_NOTE if is_credit else InvoiceKind.INVOICE).value,
            "due_on": _due_on(invoice),
            "total": abs(total) if isinstance(total, Decimal) else None,
            # Overpaid: nothing is open, and nothing is owed to us with the other sign.
            "open_amount": max(-to_pay if is_credit else to_pay, Decimal(0)) if isinstance(to_pay, Decimal) else None,
            "reference": _reference(str(invoice.get("customer_payment_reference") or "")),
        },
    }


def invoice(source: str, ours: Mapping[str, object]) -> Invoice:
    """From mapped fields."""
    issued_on, due_on, total, open_amount = (ours[field] for field in ("issued_on", "due_on", "total", "open_amount"))
    assert isinstance(issued_on, date)
    assert isinstance(due_on, date)
    assert isinstance(total, Decimal)
    assert isinstance(open_amount, Decimal)
    mandate_reference = ours.get("mandate_reference")
    return Invoice(
        key=RecordKey(source, str(ours["id"])),
        customer=RecordKey(source, str(ours["customer"])),
        number=str(ours["number"]),
        kind=InvoiceKind(str(ours["kind"])),
        issued_on=issued_on,
        due_on=due_on,
        total=total,
        open_amount=open_amount,
        currency=str(ours["currency"]),
        reference=str(ours.get("reference") or ""),
        mandate_reference=str(mandate_reference) if mandate_reference else None,
        announces_debit=bool(ours.get("announces_debit")),
    )


def _due_on(invoice: Row) -> date | None:
    """An invoice that is paid in instalments is collected whole, never before its last part is due."""
    lines = invoice.get("lines_to_pay")
    rows = lines if isinstance(lines, list) else []
    open_rows = [row for row in rows if not row.get("reconciliation")] or rows
    return max((row["maturity_date"] for row in open_rows if row.get("maturity_date")), default=None)


def _reference(text: str) -> str:
    try:
        return normalise_rf(text)
    except InvalidReference:
        return text


def _origin(line: Row) -> Iterable[int]:
    move = line.get("move")
    model, _, record = str(move.get("origin") if isinstance(move, Mapping) else "").partition(",")
    return [int(record)] if model == MODEL else []


def _integers(value: object) -> Iterable[int]:
    return [value] if isinstance(value, int) else []
