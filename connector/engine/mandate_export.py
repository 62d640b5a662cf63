"""Giving mandates out: those that can be used, or may come to that, as the rows of a sheet that `mandate_import` takes.

Documents are not in it, nor mandates that ended or were never signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from connector.engine.mandate_statement import BROUGHT_IN
from connector.model.mandate import Mandate, MandateState
from connector.store import amendments, mandate_sheets

_LEFT_OUT = tuple(state for state in MandateState if state not in BROUGHT_IN)


@dataclass
class GivenOut:
    """How many mandates were given out, and what is to be known of them.

    Attributes:
        left_out: ended, or not signed.
        untold: have another account since they signed, which the debtor's bank is yet to be told: the sheet has
            the new account only.
    """

    count: int = 0
    left_out: int = 0
    untold: int = 0


def rows(connection: Connection, given_out: GivenOut) -> Iterator[Mapping[str, str]]:
    """The row of each mandate, by creditor and reference, by column.

    Args:
        given_out: counts them on the way.
    """
    given_out.left_out = mandate_sheets.count_in(connection, _LEFT_OUT)
    for page in mandate_sheets.pages(connection, BROUGHT_IN):
        given_out.untold += _untold(connection, [mandate for mandate, _ in page])
        for mandate, number in page:
            given_out.count += 1
            yield row_of(mandate, number)


def how_many(connection: Connection) -> int:
    """How many mandates will be given out, for progress."""
    return mandate_sheets.count_in(connection, BROUGHT_IN)


def _untold(connection: Connection, page: list[Mandate]) -> int:
    accounts: dict[str, dict[str, str | None]] = {}
    for mandate in page:
        if mandate.amended:
            accounts.setdefault(mandate.creditor, {})[mandate.reference] = mandate.iban
    untold = 0
    for creditor, now in accounts.items():
        known = amendments.known_accounts(connection, creditor, now)
        untold += sum(now[reference] != account for reference, account in known.items())
    return untold


def row_of(mandate: Mandate, number: str) -> Mapping[str, str]:
    """A mandate as a row, by column.

    Args:
        number: of its customer; "" if they have none.
    """
    return {
        "reference": mandate.reference,
        "customer": mandate.customer.id,
        "customer_number": number,
        "source": mandate.customer.source,
        "creditor": mandate.creditor,
        "scheme": mandate.scheme.value,
        "type": mandate.type.value,
        "state": mandate.state.value,
        "debtor_name": mandate.debtor_name,
        "iban": mandate.iban or "",
        "bic": mandate.bic or "",
        "signed_on": mandate.signed_on.isoformat() if mandate.signed_on else "",
        "last_used_on": mandate.last_used_on.isoformat() if mandate.last_used_on else "",
        "language": mandate.language.value,
        "method": mandate.method,
    }
