"""Gather all that is known about some invoices, for a verdict on each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from connector.model.invoice import Invoice
from connector.model.mandate import Mandate
from connector.steps.eligibility import InvoiceFacts, new_facts
from connector.store import collections, customers, mandates, notices


def gather(connection: Connection, invoices: Sequence[Invoice]) -> list[InvoiceFacts]:
    """The facts of these invoices, in their order."""
    keys = [invoice.key for invoice in invoices]
    debtors = {invoice.customer for invoice in invoices}
    names = customers.names(connection, debtors)
    mandates_of = mandates.of_customers(connection, debtors)
    claims_on = collections.claims_on(connection, keys)
    notice_of = notices.live(connection, keys)
    return [
        new_facts(
            invoice=invoice,
            customer_name=names.get(invoice.customer),
            mandates=_with_named(connection, invoice, mandates_of.get(invoice.customer, [])),
            claims=claims_on.get(invoice.key, []),
            notice=notice_of.get(invoice.key),
        )
        for invoice in invoices
    ]


def _with_named(connection: Connection, invoice: Invoice, known: list[Mandate]) -> Sequence[Mandate]:
    """The customer's mandates, and the one that the invoice names if it is another customer's."""
    named = invoice.mandate_reference
    if named is None or any(mandate.reference == named for mandate in known):
        return known
    other = mandates.find(connection, named)
    return [other, *known] if other else known
