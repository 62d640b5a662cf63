"""Mandates as installed modules keep them: OCA's account.banking.mandate, and Enterprise's sdd.mandate.

OCA's was measured. Enterprise's was not: what stands here are field names from elsewhere and nothing clever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from tests.counterparts.odoo.errors import UserError, ValidationError
from tests.counterparts.odoo.exposed import on_records
from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Ids, Model
from tests.counterparts.odoo.models.threads import Thread
from tests.counterparts.odoo.rights import BILLING, OCA_PAYMENT, USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

REFERENCE_MAX = 35


class OcaMandates(Thread, Model):
    """account.banking.mandate, the same on all versions."""

    name = "account.banking.mandate"
    description = "A generic banking mandate"
    order = "signature_date desc"
    access: ClassVar[Access] = {USER: "r", OCA_PAYMENT: "rwcd"}
    company_rule = "own"
    indexed = ("partner_id", "unique_mandate_reference")

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a mandate; a reference that is too long is cut in silence."""
        yield Field("unique_mandate_reference", "char", size=REFERENCE_MAX, default="/")
        yield link("partner_bank_id", "res.partner.bank", string="Bank Account")
        yield link("partner_id", "res.partner", readonly=True)
        yield link("company_id", "res.company", required=True)
        yield from of("date", "signature_date", "last_debit_date")
        yield from of("binary", "scan")
        yield choice("state", "draft", "valid", "expired", "cancel", default="draft")
        yield choice("format", "basic", "sepa", default="sepa", required=True)
        yield choice("type", "generic", "recurrent", "oneoff", default="recurrent")
        yield choice("recurrent_sequence_type", "first", "recurring", "final", default="first")
        yield choice("scheme", "CORE", "B2B", default="CORE")
        yield from of("boolean", "is_sent")
        yield from self.of_threads()

    def display_name(self, env: Env, row: Row) -> str:
        """Reference and sequence."""
        return f"{row['unique_mandate_reference']} ({row.get('recurrent_sequence_type')})"

    def defaults(self, env: Env) -> Row:
        """Of the current company."""
        return {"company_id": env.company, **super().defaults(env)}

    def create_one(self, env: Env, values: Row) -> int:
        """Without a reference, one is drawn."""
        if (values.get("unique_mandate_reference") or "/") == "/":
            values = {**values, "unique_mandate_reference": f"BM{env.database.next_number('mandate'):07d}"}
        return super().create_one(env, values)

    def computed(self, env: Env, row: Row) -> Row:
        """The partner is that of the account."""
        account = row.get("partner_bank_id")
        return {**row, "partner_id": env["res.partner.bank"].row(env, account)["partner_id"] if account else None}

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """What makes a mandate impossible, whichever way it is written."""
        for id_ in ids:
            row = self.row(env, id_)
            self._check_dates(env, row)
            self._check_valid(row)
            self._check_unique(env, row)
            if row["type"] == "recurrent" and not row.get("recurrent_sequence_type"):
                raise UserError(f"The recurrent mandate '{row['unique_mandate_reference']}' must have a sequence type.")

    def delete_all(self, env: Env, ids: Iterable[int]) -> None:
        """Not once an invoice points to it."""
        ids = list(ids)
        if any(row.get("mandate_id") in ids for row in env.database.tables.of["account.move"].rows.values()):
            raise ValidationError(
                "The operation cannot be completed: another model requires the record being deleted. If possible, "
                "archive it instead.\n\nModel: Journal Entry (account.move)\nConstraint: account_move_mandate_id_fkey"
            )
        super().delete_all(env, ids)

    @on_records
    def validate(self, env: Env, ids: Ids) -> None:
        """Draft to valid."""
        self._step(env, ids, {"draft"}, "valid", "Mandate should be in draft state.")

    @on_records
    def cancel(self, env: Env, ids: Ids) -> None:
        """Draft or valid to cancelled; not from expired."""
        self._step(env, ids, {"draft", "valid"}, "cancel", "Mandate should be in draft or valid state.")

    @on_records
    def back2draft(self, env: Env, ids: Ids) -> None:
        """Cancelled to draft."""
        self._step(env, ids, {"cancel"}, "draft", "Mandate should be in cancel state.")

    def _step(self, env: Env, ids: Ids, allowed: set[str], state: str, refusal: str) -> None:
        if any(self.row(env, id_)["state"] not in allowed for id_ in self.required(env, ids)):
            raise UserError(refusal)
        self.write(env, ids, {"state": state})

    def _check_dates(self, env: Env, row: Row) -> None:
        reference, signed, debited = (
            row["unique_mandate_reference"],
            row.get("signature_date"),
            row.get("last_debit_date"),
        )
        zone = ZoneInfo(env.context.get("tz") or env.user["tz"] or "UTC")
        today = datetime.combine(env.now.date(), env.now.time(), ZoneInfo("UTC")).astimezone(zone).date().isoformat()
        if signed and signed > today:
            raise ValidationError(f"The date of signature of mandate '{reference}' is in the future!")
        if signed and debited and signed > debited:
            raise ValidationError(
                f"The mandate '{reference}' can't have a date of last debit before the date of signature."
            )

    def _check_valid(self, row: Row) -> None:
        start = f"Cannot validate the mandate '{row['unique_mandate_reference']}'"
        if row["state"] == "valid" and not row.get("signature_date"):
            raise ValidationError(f"{start} without a date of signature.")
        if row["state"] == "valid" and not row.get("partner_bank_id"):
            raise ValidationError(f"{start} because it is not attached to a bank account.")

    def _check_unique(self, env: Env, row: Row) -> None:
        table = env.database.tables.of[self.name]
        same = (table.rows[id_] for id_ in table.where("unique_mandate_reference", [row["unique_mandate_reference"]]))
        if any(other["id"] != row["id"] and other["company_id"] == row["company_id"] for other in same):
            raise ValidationError(
                "The operation cannot be completed: A Mandate with the same reference already exists for this company!"
            )


class EnterpriseMandates(Thread, Model):
    """sdd.mandate: not measured, hence plain."""

    name = "sdd.mandate"
    description = "SDD Mandate"
    order = "id desc"
    access: ClassVar[Access] = {USER: "r", BILLING: "rwcd"}
    company_rule = "own"
    indexed = ("partner_id",)

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a mandate."""
        yield Field("name", "char", "Identifier", required=True)
        yield link("partner_id", "res.partner", required=True)
        yield link("partner_bank_id", "res.partner.bank", string="IBAN")
        yield link("company_id", "res.company", readonly=True)
        yield link("payment_journal_id", "account.journal")
        yield from of("date", "start_date", "end_date")
        yield from of("boolean", "one_off")
        yield choice("state", "draft", "active", "revoked", "closed", default="draft")
        yield choice("sdd_scheme", "CORE", "B2B", default="CORE")
        yield from of("char", "debtor_id_code")
        yield from of("binary", "original_doc")
        yield Field("paid_invoice_ids", "many2many", "Invoices Paid", "account.move", readonly=True)
        yield from self.of_threads()

    def defaults(self, env: Env) -> Row:
        """Of the current company, from today."""
        return {"company_id": env.company, "start_date": env.now.date().isoformat(), **super().defaults(env)}

    def computed(self, env: Env, row: Row) -> Row:
        """A new mandate is of the current company."""
        return {**row, "company_id": row.get("company_id") or env.company}

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """One reference once per company."""
        table = env.database.tables.of[self.name]
        for id_ in ids:
            row = self.row(env, id_)
            key: Any = (row["name"], row["company_id"])
            if any((other["name"], other["company_id"]) == key for other in table.rows.values() if other is not row):
                raise ValidationError("The operation cannot be completed: Mandate identifier must be unique!")

    @on_records
    def action_validate_mandate(self, env: Env, ids: Ids) -> None:
        """Draft to active."""
        self.write(env, ids, {"state": "active"})

    @on_records
    def action_revoke_mandate(self, env: Env, ids: Ids) -> None:
        """The customer takes it back."""
        self.write(env, ids, {"state": "revoked", "end_date": env.now.date().isoformat()})

    @on_records
    def action_close_mandate(self, env: Env, ids: Ids) -> None:
        """It has ended."""
        self.write(env, ids, {"state": "closed"})


class DirectDebitMandates(EnterpriseMandates):
    """Its successor from 19.5 on: not measured either, and played with the same fields."""

    name = "account.direct.debit.mandate"
    description = "Direct Debit Mandate"
