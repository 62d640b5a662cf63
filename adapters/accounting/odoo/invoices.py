"""Posted customer invoices and credit notes of Odoo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import repeat

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


def choose(invoice: Row, due_on: str | None) -> None:
    """Put into the invoice what the adapter chooses for the mapping. An amount that is not there stays so."""
    name = invoice.get("name")
    total, residual = _amount(invoice.get("amount_total")), _amount(invoice.get("amount_residual"))
    is_blocked = invoice.get("payment_state") == "blocked"
    invoice[CHOSEN] = {
        "kind": KINDS[str(invoice["move_type"])],
        "number": name if name and name != "/" else f"draft {invoice['id']}",
        "due_on": due_on or invoice.get("invoice_date_due"),
        "total": total,
        "open_amount": residual if _is_posted(invoice) and not is_blocked else _NOTHING,
        "reference": reference(str(invoice.get("payment_reference") or "")),
    }


def invoices(source: str, ours: mapped.Columns) -> list[Invoice]:
    """Those of a page, from mapped fields. Nothing is open of what does not count, nor of what was overpaid.

    Raises:
        MappingError: a total is negative.
    """
    totals, still_open = mapped.all_of(Decimal, ours["total"]), mapped.all_of(Decimal, ours["open_amount"])
    if totals and (lowest := min(totals)) < _NOTHING:
        raise MappingError(
            "invoice", "total", "amount_total", seen=str(lowest), why="A document has no negative total.",
            remedy="Make a credit note of it in Odoo.",
        )  # fmt: skip
    counts = ours["counts"] if "counts" in ours else repeat(True)
    owed = [
        min(total, max(amount, _NOTHING)) if counted else _NOTHING
        for total, amount, counted in zip(totals, still_open, counts)  # noqa: B905 - what counts may have no end
    ]
    return mapped.invoices(source, {**ours, "open_amount": list(owed)})


def _is_posted(invoice: Row) -> bool:
    return invoice.get("state") == "posted"


def _amount(value: object) -> Decimal | None:
    """A number of JSON: Odoo keeps it in a binary fraction, so it is rounded to what it means."""
    if isinstance(value, Decimal):
        return value.quantize(_CENT)
    return Decimal(value).quantize(_CENT) if isinstance(value, int) and not isinstance(value, bool) else None
