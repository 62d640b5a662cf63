"""Posted customer invoices and credit notes of Odoo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from adapters.accounting import mapped
from adapters.accounting.mapped import reference
from adapters.accounting.odoo.changes import Watch
from adapters.accounting.odoo.client import Domain, OdooClient, Row
from adapters.accounting.odoo.fields import CHOSEN
from connector.model.invoice import Invoice, InvoiceKind
from mappings.errors import MappingError

MODEL = "account.move"
LINE = "account.move.line"
ALWAYS = ("move_type", "state", "amount_residual")
NEEDED: Mapping[str, tuple[str, ...]] = {
    "number": ("name",),
    "due_on": ("invoice_date_due",),
    "total": ("amount_total",),
    "open_amount": ("payment_state",),
    "reference": ("payment_reference",),
}
"""The fields from which `chosen` makes what a mapping may name; those that it does not name are not read."""
KINDS = {"out_invoice": InvoiceKind.INVOICE.value, "out_refund": InvoiceKind.CREDIT_NOTE.value}
_CENT, _NOTHING = Decimal("0.01"), Decimal(0)


def domain(client: OdooClient) -> Domain:
    """Customer invoices that were ever posted: paid ones, cancelled ones, and those put back to draft as well."""
    ours: list[object] = [["company_id", "=", client.company], ["move_type", "in", list(KINDS)]]
    return [*ours, "|", ["state", "=", "posted"], ["posted_before", "=", True]]


def watches(client: OdooClient) -> tuple[Watch, ...]:
    """Where a change of an invoice shows. Odoo itself bumps an invoice when a payment changes what is open."""
    return (Watch(MODEL, [["company_id", "=", client.company], ["move_type", "in", list(KINDS)]], "id"),)


def due_dates(client: OdooClient, invoices: Sequence[Row]) -> Mapping[object, str]:
    """Latest maturity of what is still open, of those invoices that something is open on.

    An invoice with several due dates is collected as a whole for now, so never before its last open part is due.
    """
    unpaid = [row["id"] for row in invoices if row.get("amount_residual") and _is_posted(row)]
    if not unpaid:
        return {}
    lines = client.read(
        LINE,
        ("move_id", "date_maturity"),
        [["move_id", "in", unpaid], ["display_type", "=", "payment_term"], ["reconciled", "=", False]],
    )
    latest: dict[object, str] = {}
    for line in lines:
        move, due_on = line["move_id"], str(line["date_maturity"] or "")
        if due_on > latest.get(move, ""):  # as text, since Odoo tells days as 2026-12-31
            latest[move] = due_on
    return latest


def chosen(invoice: Row, due_on: str | None) -> Row:
    """The invoice with what the adapter chooses for the mapping. An amount that is not there stays so."""
    name = invoice.get("name")
    total, residual = _amount(invoice.get("amount_total")), _amount(invoice.get("amount_residual"))
    is_blocked = invoice.get("payment_state") == "blocked"
    return {
        **invoice,
        CHOSEN: {
            "kind": KINDS[str(invoice["move_type"])],
            "number": name if name and name != "/" else f"draft {invoice['id']}",
            "due_on": due_on or invoice.get("invoice_date_due"),
            "total": total,
            "open_amount": residual if _is_posted(invoice) and not is_blocked else _NOTHING,
            "reference": reference(str(invoice.get("payment_reference") or "")),
        },
    }


def invoice(source: str, ours: Mapping[str, object]) -> Invoice:
    """From mapped fields. Nothing is open of what does not count, nor of what was overpaid.

    Raises:
        MappingError: the total is negative.
    """
    total, open_amount = ours["total"], ours["open_amount"]
    assert isinstance(total, Decimal)
    assert isinstance(open_amount, Decimal)
    if total < _NOTHING:
        raise MappingError(
            "invoice", "total", "amount_total", seen=str(total), why="A document has no negative total.",
            remedy="Make a credit note of it in Odoo.",
        )  # fmt: skip
    if not ours.get("counts", True) or open_amount < _NOTHING:
        ours = {**ours, "open_amount": _NOTHING}
    elif open_amount > total:
        ours = {**ours, "open_amount": total}
    return mapped.invoice(source, ours)


def _is_posted(invoice: Row) -> bool:
    return invoice.get("state") == "posted"


def _amount(value: object) -> Decimal | None:
    """A number of JSON: Odoo keeps it in a binary fraction, so it is rounded to what it means."""
    if isinstance(value, Decimal):
        return value.quantize(_CENT)
    return Decimal(value).quantize(_CENT) if isinstance(value, int) and not isinstance(value, bool) else None
