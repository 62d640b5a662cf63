"""Invoice: what a customer owes, and how much of it is still open in the package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bankfiles.frozen import maker_of
from connector.model.customer import RecordKey


class InvoiceKind(StrEnum):
    """A credit note is never collected."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Invoice:
    """A posted invoice or credit note of one source.

    Attributes:
        total: amount of the document, never negative (the kind tells the direction).
        open_amount: what the package still expects; never negative.
        currency: ISO 4217; only EUR is ever collected.
        reference: what the debtor should see: RF, Belgian OGM or free text; may be empty.
        mandate_reference: mandate that the invoice itself names (UBL payment means 59), if any.
        announces_debit: the document told the debtor of the debit, so no notice of ours is needed.
        gone: it was read once, and the package has it no more.
    """

    key: RecordKey
    customer: RecordKey
    number: str
    kind: InvoiceKind
    issued_on: date
    due_on: date
    total: Decimal
    open_amount: Decimal
    currency: str = "EUR"
    reference: str = ""
    mandate_reference: str | None = None
    announces_debit: bool = False
    gone: bool = False


new_invoice = maker_of(Invoice)  # as `Invoice(...)`, where very many are made
