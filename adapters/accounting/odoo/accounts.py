"""The debtor's IBAN as a bank account of the contact: found, else made; one that is there is never overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from adapters.accounting.odoo.client import ACTIVE_OR_NOT, OdooClient, Row, integer
from connector.errors import Skippable

MODEL = "res.partner.bank"
_FIELDS = ("partner_id", "sanitized_acc_number", "acc_type", "active")


class Owned(NamedTuple):
    """An IBAN and the contact that it belongs to."""

    partner: int
    iban: str


def ensure(client: OdooClient, wanted: Collection[Owned]) -> Mapping[Owned, int | Skippable]:
    """Ids of the accounts, or why one can't be had. Archived ones are taken into use again."""
    found = _read(client, wanted)
    archived = [integer(row["id"]) for owned, row in found.items() if owned in wanted and not row["active"]]
    if archived:
        client.write(MODEL, archived, {"active": True})
    missing = [owned for owned in wanted if owned not in found]
    refused = _create(client, missing)
    if missing:
        found = {**found, **_read(client, missing)}
    return {owned: refused.get(owned) or _usable(client, owned, found.get(owned)) for owned in wanted}


def _read(client: OdooClient, wanted: Collection[Owned]) -> Mapping[Owned, Row]:
    if not wanted:
        return {}
    domain = [
        *ACTIVE_OR_NOT,
        ["partner_id", "in", sorted({owned.partner for owned in wanted})],
        ["sanitized_acc_number", "in", sorted({owned.iban for owned in wanted})],
    ]
    rows = client.read(MODEL, _FIELDS, domain)
    return {Owned(integer(row["partner_id"]), str(row["sanitized_acc_number"])): row for row in rows}


def _create(client: OdooClient, missing: Sequence[Owned]) -> Mapping[Owned, Skippable]:
    """Make accounts in one call; if one of them is refused, one by one."""
    rows = [{"partner_id": owned.partner, "acc_number": owned.iban} for owned in missing]
    if not rows:
        return {}
    try:
        client.create(MODEL, rows)
    except Skippable:
        refused = {}
        for owned, row in zip(missing, rows, strict=True):
            try:
                client.create(MODEL, [row])
            except Skippable as error:
                refused[owned] = error
        return refused
    return {}


def _usable(client: OdooClient, owned: Owned, row: Row | None) -> int | Skippable:
    where = client.where(f"contact {owned.partner}")
    if row is None:
        return Skippable("Odoo did not keep the bank account.", where=where, remedy="Add it to the contact by hand.")
    if row["acc_type"] != "iban":
        return Skippable(
            "Odoo does not take the account number for an IBAN.",
            where=where,
            remedy='Install the module "IBAN Bank Accounts" (base_iban), then retry.',
        )
    return integer(row["id"])
