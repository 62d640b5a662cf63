"""Notice: telling the debtor amount and date of a collection before it happens (pre-notification)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connector.model.customer import RecordKey


@dataclass(frozen=True, slots=True)
class Notice:
    """What was told for one part of an invoice.

    Attributes:
        noticed_on: the day from which the agreed days of notice count.
        sent: the mail surely left.
    """

    invoice: RecordKey
    part: int
    mandate_reference: str
    amount: Decimal
    collection_date: date
    noticed_on: date
    sent: bool
