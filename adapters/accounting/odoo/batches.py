"""Batch payments of Odoo Enterprise: payments that the bank credits in one sum stand together, as on the statement.

No Enterprise server was at hand: names are those of its module account_batch_payment, and asked for before use.
"""

from __future__ import annotations

from adapters.accounting.odoo.client import OdooClient, Row, integer
from adapters.accounting.odoo.payments import MODEL as PAYMENT
from connector.errors import NoAccess

MODEL = "account.batch.payment"
LINK = "batch_payment_id"
_OF_PAYMENT = ("journal_id", "payment_method_id", LINK)


def check_there(client: OdooClient) -> None:
    """Raises:
    NoAccess: this Odoo has no batch payments.
    """
    if LINK not in client.fields(PAYMENT):
        raise NoAccess(
            "This Odoo has no batch payments.",
            where=client.where(MODEL),
            remedy="Install Batch Payment (Enterprise), or take `batch_payments` out of the config.",
        )


def has_one(client: OdooClient, payment: int) -> bool:
    """Whether a payment stands in a batch."""
    return bool(_read(client, payment)[LINK])


def put(client: OdooClient, payment: int, batch: str) -> None:
    """Put a payment into the batch of this name in its journal; the first one makes it. Done twice, it is done once.

    A batch that users have sent or reconciled meanwhile is left as it is, and so is a payment that stands in one.
    """
    row = _read(client, payment)
    if row[LINK]:
        return
    journal, method = integer(row["journal_id"]), integer(row["payment_method_id"])
    domain = [["name", "=", batch], ["journal_id", "=", journal], ["payment_method_id", "=", method]]
    found = client.read(MODEL, ("state",), domain, limit=1)
    if found and found[0]["state"] != "draft":
        return
    made = found[0]["id"] if found else _make(client, batch, journal, method)
    client.write(PAYMENT, [payment], {LINK: integer(made)})


def _make(client: OdooClient, name: str, journal: int, method: int) -> object:
    values = {"name": name, "batch_type": "inbound", "journal_id": journal, "payment_method_id": method}
    made = client.change(MODEL, "create", vals_list=[values])
    return made[0] if isinstance(made, list) else made


def _read(client: OdooClient, payment: int) -> Row:
    (row,) = client.read(PAYMENT, _OF_PAYMENT, [["id", "=", payment]])
    return row
