"""Contacts of Odoo as customers: those that are debtors themselves, companies and persons of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.accounting.odoo.changes import Watch
from adapters.accounting.odoo.client import ACTIVE_OR_NOT, Domain, OdooClient, Row
from adapters.accounting.odoo.fields import CHOSEN
from connector.errors import NoAccess

MODEL = "res.partner"
BANK = "res.partner.bank"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "child_ids.type", "child_ids.email"),
    "language": ("lang",),
    "street": ("street", "street2"),
    "iban": ("bank_ids.sanitized_acc_number", "bank_ids.acc_type"),
    "tags": ("category_id.name",),
}
"""The fields from which `chosen` makes what a mapping may name; those that it does not name are not read."""


def company_partner(client: OdooClient) -> int:
    """The company's own contact, which is no customer of it.

    Raises:
        NoAccess: the user does not see the company. A wrong company would read as an empty one.
    """
    found = client.read("res.company", ("partner_id",), [["id", "=", client.company]])
    if not found:
        raise NoAccess(
            f"The key does not see the company {client.company}.",
            where=client.where("company"),
            remedy="Run `sepa-connector check`: it lists the companies that the key sees.",
        )
    partner = found[0]["partner_id"]
    assert isinstance(partner, int)
    return partner


def domain(client: OdooClient, own_partner: int) -> Domain:
    """Contacts that invoices are owed by, those that are archived included: the engine must see that they are."""
    return [
        *ACTIVE_OR_NOT,
        ["id", "!=", own_partner],
        ["company_id", "in", [False, client.company]],
        "|",
        ["is_company", "=", True],
        ["parent_id", "=", False],
    ]


def watches() -> tuple[Watch, ...]:
    """Where a change of a customer shows: on it, on the people and addresses below it, on bank accounts."""
    return (
        Watch(MODEL, ACTIVE_OR_NOT, "commercial_partner_id"),
        Watch(BANK, ACTIVE_OR_NOT, "partner_id"),
    )


def choose(partner: Row) -> None:
    """Put into the contact what the adapter chooses for the mapping."""
    street = " ".join(str(partner[line]) for line in ("street", "street2") if partner.get(line))
    tags = [str(tag["name"]) for tag in linked(partner, "category_id")]
    partner[CHOSEN] = {
        "email": _email(partner),
        "language": str(partner.get("lang") or "")[:2],
        "street": street,
        "iban": _iban(linked(partner, "bank_ids")),
        "tags": dict.fromkeys(tags, True),
    }


def linked(record: Row, field: str) -> Sequence[Row]:
    """The records that a field leads to; none where this Odoo does not have the field, or they were not read."""
    found = record.get(field)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else ()


def _email(partner: Row) -> object:
    """That of the invoice address, else the contact's own."""
    addresses = (row["email"] for row in linked(partner, "child_ids") if row.get("type") == "invoice")
    return next((email for email in addresses if email), partner.get("email"))


def _iban(accounts: Sequence[Row]) -> str | None:
    """The first account in use, in the order in which Odoo shows them."""
    return next((str(row["sanitized_acc_number"]) for row in accounts if row.get("acc_type") == "iban"), None)
