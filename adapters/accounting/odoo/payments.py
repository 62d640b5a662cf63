"""Payments on invoices, made with Odoo's own wizard; our key is their memo and is searched first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from adapters.accounting.odoo.client import OdooClient, Row, integer
from adapters.accounting.odoo.fields import Reader
from connector.errors import NoAccess, Skippable
from connector.ports import Payment

MODEL = "account.payment"
WIZARD = "account.payment.register"
INVOICE = "account.move"
JOURNAL = "account.journal"
_CENT = Decimal("0.01")
_ON_INVOICE = ("name", "move_type", "state", "amount_residual", "currency_id.name")


def memo_field(client: OdooClient) -> str:
    """What the memo of a payment is called: up to Odoo 17 `ref`."""
    return "memo" if "memo" in client.fields(MODEL) else "ref"


def find(client: OdooClient, key: str) -> Row | None:
    """The payment with our key, whatever has become of it; the first if somebody copied it."""
    domain = [["company_id", "=", client.company], [memo_field(client), "=", key]]
    found = client.read(MODEL, ("state", "amount", "move_id", "is_matched"), domain, limit=1)
    return found[0] if found else None


def amount_of(payment: Row) -> Decimal:
    """What a payment comes to."""
    return amount(payment["amount"])


def amount(value: object) -> Decimal:
    """An amount of Odoo's, in whole cents."""
    assert isinstance(value, Decimal | int)
    return Decimal(value).quantize(_CENT)


def journal_of(client: OdooClient, code: str, kinds: Sequence[str] = ("bank", "cash")) -> int:
    """Id of a journal.

    Raises:
        NoAccess: it is missing, or of another kind or currency.
    """
    domain = [["company_id", "=", client.company], ["code", "=", code]]
    reader = Reader(client, JOURNAL, ("type", "currency_id.name", "company_id.currency_id.name"))
    found = reader(domain)
    fault = _journal_fault(found, kinds)
    if fault:
        raise NoAccess(
            f"The journal {code!r} {fault}.",
            where=client.where(JOURNAL),
            remedy="Name a bank journal in EUR by its short code in the config.",
        )
    return integer(found[0]["id"])


def register(client: OdooClient, journal: str, payment: Payment) -> str:
    """Book a payment on its invoice, unless it is there. Returns its id."""
    where = client.where(f"payment {payment.key}")
    booked = find(client, payment.key)
    if booked is None:
        _check_invoice(client, payment, where)
        wizard = client.change(
            WIZARD,
            "create",
            vals_list=[
                {
                    "payment_date": payment.paid_on,
                    "amount": payment.amount,
                    "journal_id": journal_of(client, journal),
                    "communication": payment.key,
                }
            ],
            context={"active_model": INVOICE, "active_ids": [int(payment.invoice.id)]},
        )
        client.change(WIZARD, "action_create_payments", [integer(wizard[0] if isinstance(wizard, list) else wizard)])
        booked = find(client, payment.key)
        assert booked is not None
    if amount_of(booked) != payment.amount:
        raise Skippable(
            f"Odoo has {amount_of(booked)} EUR under this key, not {payment.amount} EUR.",
            where=where,
            remedy=f"Look at the payment with the memo {payment.key}.",
        )
    return str(booked["id"])


def _check_invoice(client: OdooClient, payment: Payment, where: str) -> None:
    domain = [["id", "=", int(payment.invoice.id)], ["company_id", "=", client.company]]
    found = Reader(client, INVOICE, _ON_INVOICE)(domain)
    fault = _invoice_fault(found[0], payment) if found else "is not there"
    if fault:
        raise Skippable(
            f"{payment.amount} EUR arrived for invoice {payment.invoice_number}, but it {fault}.",
            where=where,
            remedy="See in Odoo what became of it; then book the payment by hand, or pay it back.",
        )


def _invoice_fault(invoice: Row, payment: Payment) -> str:
    currency = invoice.get("currency_id")
    code = currency.get("name") if isinstance(currency, dict) else None
    residual = amount(invoice["amount_residual"])
    if invoice["move_type"] != "out_invoice":
        return "is no customer invoice"
    if code != "EUR":
        return f"is in {code}"
    if invoice["state"] != "posted":
        return f"is {invoice['state']}"
    if residual < payment.amount:
        return f"has only {residual} EUR open"
    return ""


def _journal_fault(found: Sequence[Row], kinds: Sequence[str]) -> str:
    if not found:
        return "is not there"
    journal = found[0]
    if journal["type"] not in kinds:
        return f"is of the type {journal['type']}"
    own, company = journal.get("currency_id"), journal.get("company_id")
    of_company = company.get("currency_id") if isinstance(company, dict) else None
    currency = own or of_company
    return "" if isinstance(currency, dict) and currency.get("name") == "EUR" else "is not in EUR"
