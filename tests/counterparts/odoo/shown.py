"""What a finance user sees in a database: records by what they say, without the ids that one run gives otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.counterparts.odoo.env import Env
from tests.counterparts.odoo.fields import Row
from tests.counterparts.odoo.instance import Instance

ON_CONTACT = ("x_sepa_mandate", "x_sepa_state", "x_sepa_signed_on", "x_sepa_iban", "x_sepa_last_used_on")
ON_MANDATE = ("state", "signature_date", "start_date", "type", "one_off", "scheme", "sdd_scheme", "last_debit_date")
REFERENCES = (
    ("account.banking.mandate", "unique_mandate_reference"),
    ("sdd.mandate", "name"),
    ("account.direct.debit.mandate", "name"),
)
Shown = Counter[tuple[Any, ...]]


def shown(instance: Instance) -> Shown:
    """Everything, each as often as it is there."""
    env = instance.superuser()
    return Counter(
        [
            *_contacts(instance),
            *_accounts(env),
            *_mandates(env),
            *_entries(env),
            *_payments(env),
            *_beside(env),
        ]
    )


def _contacts(instance: Instance) -> Iterator[tuple[Any, ...]]:
    for row in instance.rows("res.partner"):
        yield ("contact", row["name"], *(row.get(name) for name in ON_CONTACT))


def _accounts(env: Env) -> Iterator[tuple[Any, ...]]:
    for row in env.database.rows("res.partner.bank"):
        yield "account", _name(env, "res.partner", row["partner_id"]), row["sanitized_acc_number"], row["active"]


def _mandates(env: Env) -> Iterator[tuple[Any, ...]]:
    for model, reference in REFERENCES:
        for row in env.database.rows(model) if model in env.database.models else ():
            account = env["res.partner.bank"].row(env, row["partner_bank_id"])["sanitized_acc_number"]
            facts = (row.get(name) for name in ON_MANDATE)
            yield "mandate", row[reference], _name(env, "res.partner", row["partner_id"]), account, *facts


def _entries(env: Env) -> Iterator[tuple[Any, ...]]:
    for row in env.database.rows("account.move"):
        lines = env.database.tables.of["account.move.line"]
        amounts = sorted(lines.rows[id_]["balance"] for id_ in lines.where("move_id", [row["id"]]))
        told = (row[name] for name in ("move_type", "ref", "date", "state", "amount_residual", "payment_state"))
        yield "entry", _name(env, "res.partner", row.get("partner_id")), *told, *amounts


def _payments(env: Env) -> Iterator[tuple[Any, ...]]:
    for row in env.database.rows("account.payment"):
        memo = row.get("ref") or row.get("memo")
        yield "payment", memo, row["amount"], row["date"], row["state"], _name(env, "res.partner", row["partner_id"])


def _beside(env: Env) -> Iterator[tuple[Any, ...]]:
    for row in env.database.rows("mail.message"):
        yield "message", row["model"], row["body"], _record(env, row["model"], row["res_id"])
    for row in env.database.rows("ir.attachment"):
        yield "attachment", row["name"], row["checksum"], _record(env, row["res_model"], row["res_id"])
    for row in env.database.rows("mail.activity"):
        yield "activity", row["summary"], row.get("active"), _record(env, row["res_model"], row["res_id"])


def _record(env: Env, model: str | None, id_: int | None) -> str:
    return _name(env, model, id_) if model in {"res.partner", "account.move"} else str(model)


def _name(env: Env, model: str | None, id_: int | None) -> str:
    if not model or not id_:
        return ""
    row: Row = env[model].row(env, id_)
    return str(row["name"])
