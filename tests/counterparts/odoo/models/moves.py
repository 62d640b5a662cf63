"""Invoices, credit notes and other entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo.errors import UserError, type_error
from tests.counterparts.odoo.exposed import on_records
from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models import bookkeeping
from tests.counterparts.odoo.models.base import Ids, Model
from tests.counterparts.odoo.models.partners import valid_mandate
from tests.counterparts.odoo.models.threads import Thread
from tests.counterparts.odoo.rights import BILLING, BOOKS_READ_ONLY, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

INVOICES = ("out_invoice", "out_refund")
RECKONED = ("debit", "credit", "balance", "amount_currency", "price_unit")
PAYMENT_STATES = ("not_paid", "in_payment", "paid", "partial", "reversed", "invoicing_legacy")


class Moves(Thread, Model):
    """account.move. Only customer invoices, customer credit notes and plain entries are played."""

    name = "account.move"
    description = "Journal Entry"
    order = "date desc, name desc, invoice_date desc, id desc"
    access: ClassVar[Access] = {BOOKS_READ_ONLY: "r", BILLING: "rwcd"}
    company_rule = "own"
    indexed = ("partner_id", "state")

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of an entry."""
        yield from of("char", "name", "ref", "payment_reference", "invoice_origin")
        yield choice("state", "draft", "posted", "cancel", default="draft", readonly=True)
        types = ("entry", "out_invoice", "out_refund", "in_invoice", "in_refund", "out_receipt", "in_receipt")
        yield choice("move_type", *types, default="entry", required=True)
        yield choice("payment_state", *PAYMENT_STATES, readonly=True, until=17)
        yield choice("payment_state", *PAYMENT_STATES, "blocked", readonly=True, since=18)
        yield choice("status_in_payment", *PAYMENT_STATES, "draft", "cancel", since=18, compute=_status)
        yield from of("date", "date", "invoice_date", "invoice_date_due")
        yield link("partner_id", "res.partner")
        yield link("commercial_partner_id", "res.partner", readonly=True)
        yield link("partner_bank_id", "res.partner.bank", string="Recipient Bank")
        yield link("company_id", "res.company", readonly=True)
        yield link("journal_id", "account.journal", required=True)
        yield link("currency_id", "res.currency", required=True)
        yield link("invoice_user_id", "res.users", string="Salesperson")
        yield link("invoice_payment_term_id", "account.payment.term")
        yield link("preferred_payment_method_line_id", "account.payment.method.line", since=18)
        yield link("reversed_entry_id", "account.move", readonly=True)
        yield link("payment_id", "account.payment", until=17, readonly=True)
        yield link("origin_payment_id", "account.payment", since=18, readonly=True)
        amounts = ("amount_total", "amount_untaxed", "amount_residual", "amount_total_signed", "amount_residual_signed")
        yield from of("monetary", *amounts, readonly=True, default=Decimal("0.00"))
        yield from of("html", "narration")
        yield from of("boolean", "is_move_sent")
        yield from of("boolean", "posted_before", readonly=True)
        yield Field("line_ids", "one2many", "Journal Items", "account.move.line", "move_id")
        yield Field("invoice_line_ids", "one2many", "Invoice lines", "account.move.line", "move_id", compute=_products)
        yield from self.of_threads()
        if home is Home.OCA:
            yield link("mandate_id", "account.banking.mandate")
            yield link("payment_mode_id", "account.payment.mode")
            yield Field("mandate_required", "boolean", "Mandate Required", compute=_mandate_required)

    def display_name(self, env: Env, row: Row) -> str:
        """The number, or what stands for it in a draft."""
        return str(row["name"]) if row.get("name") not in (None, "/") else f"Draft Entry (* {row['id']})"

    def defaults(self, env: Env) -> Row:
        """Today, without a number: '/' on 17, none since."""
        return {
            **super().defaults(env),
            "date": env.now.date().isoformat(),
            "name": "/" if env.version < 18 else False,
            "payment_state": "not_paid",
        }

    def create_one(self, env: Env, values: Row) -> int:
        """An entry with its lines, in the journal that suits it."""
        given = {**values}
        move_type = given.get("move_type") or env.context.get("default_move_type") or "entry"
        products = given.pop("invoice_line_ids", None) or []
        if move_type in INVOICES:
            given.setdefault("invoice_user_id", env.user_id)
            given["line_ids"] = [*(given.get("line_ids") or []), *products]
        if not given.get("journal_id"):
            given["journal_id"] = bookkeeping.journal(env, "sale" if move_type in INVOICES else "general")
        return super().create_one(env, {"currency_id": bookkeeping.currency(env, given["journal_id"]), **given})

    def computed(self, env: Env, row: Row) -> Row:
        """Company from the journal, commercial partner from the partner, the company's own account, the due date."""
        company = env["account.journal"].row(env, row["journal_id"])["company_id"]
        partner = env["res.partner"].row(env, row["partner_id"]) if row.get("partner_id") else None
        row = {**row, "company_id": company, "commercial_partner_id": partner and partner["commercial_partner_id"]}
        if row["move_type"] in INVOICES:
            row["invoice_date_due"] = row.get("invoice_date_due") or row.get("invoice_date")
            row["partner_bank_id"] = row.get("partner_bank_id") or bookkeeping.own_account(env, company)
            row["date"] = row.get("invoice_date") or row["date"]
        return row

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """A draft gets its totals and term lines anew; payment mode and mandate come with the partner."""
        for id_ in ids:
            row = self.row(env, id_)
            if row["state"] == "draft" and row["move_type"] in INVOICES:
                bookkeeping.write_terms(env, id_)
            if "payment_mode_id" in self.fields and created and row["move_type"] in INVOICES:
                self._take_mandate(env, row)

    @on_records
    def write(self, env: Env, ids: Ids, vals: Any) -> bool:
        """What is posted keeps partner, dates, lines and amounts."""
        frozen = {
            "line_ids",
            "invoice_line_ids",
            "partner_id",
            "currency_id",
            "invoice_date",
            "journal_id",
        } & vals.keys()
        for id_ in self.existing(env, ids):
            row = self.row(env, id_)
            if frozen and row["state"] == "posted":
                raise UserError(f"You cannot modify a posted entry ({row['name']}): {', '.join(sorted(frozen))}.")
        if "invoice_line_ids" in vals:
            vals = {**vals, "line_ids": [*(vals.get("line_ids") or []), *vals["invoice_line_ids"]]}
            del vals["invoice_line_ids"]
        return super().write(env, ids, vals)

    @on_records
    def action_post(self, env: Env, ids: Ids) -> bool:
        """Post drafts: they get number and structured reference, and amounts are due."""
        self.check_access(env, "write")
        for id_ in self.required(env, ids):
            if self.row(env, id_)["state"] != "draft":
                raise UserError("The entry must be in draft to be posted.")
            bookkeeping.post(env, id_)
        return False

    @on_records
    def button_draft(self, env: Env, ids: Ids) -> None:
        """Back to draft; what was matched with it is free again."""
        self.check_access(env, "write")
        for id_ in self.required(env, ids):
            bookkeeping.check_not_locked(env, self.row(env, id_))
            bookkeeping.unmatch(env, id_)
            self.touch(env, id_, state="draft", payment_state="not_paid")

    @on_records
    def button_cancel(self, env: Env, ids: Ids) -> None:
        """Cancelled; what was matched with it is free again."""
        self.button_draft(env, ids)
        for id_ in self.required(env, ids):
            self.touch(env, id_, state="cancel")

    def delete_all(self, env: Env, ids: Iterable[int]) -> None:
        """Only drafts that never had a number can be deleted."""
        ids = list(ids)
        lines = env.database.tables.of["account.move.line"]
        for id_ in ids:
            if self.row(env, id_)["state"] == "posted":
                raise UserError("You cannot delete a posted journal entry. You should reset it to draft first.")
            for line in lines.where("move_id", [id_]):
                env.database.tables.drop("account.move.line", line)
        super().delete_all(env, ids)

    def _take_mandate(self, env: Env, row: Row) -> None:
        partner = env["res.partner"].row(env, row["commercial_partner_id"])
        mode = (partner.get("customer_payment_mode_id") or {}).get(row["company_id"])
        if mode and not row.get("payment_mode_id"):
            row = {**row, "payment_mode_id": mode}
            if _mandate_required(env, row) and not row.get("mandate_id"):
                row["mandate_id"] = valid_mandate(env, partner)
            self.put(env, row)


def _status(env: Env, row: Row) -> Any:
    return row["state"] if row["state"] != "posted" else row["payment_state"]


def _products(env: Env, row: Row) -> tuple[int, ...]:
    lines = env.database.tables.of["account.move.line"]
    return tuple(id_ for id_ in lines.where("move_id", [row["id"]]) if lines.rows[id_]["display_type"] == "product")


def _mandate_required(env: Env, row: Row) -> bool:
    mode = row.get("payment_mode_id")
    return bool(mode and env["account.payment.mode"].row(env, mode).get("mandate_required"))


class MoveLines(Model):
    """account.move.line. The lines of what is due (display_type payment_term) carry date_maturity."""

    name = "account.move.line"
    description = "Journal Item"
    order = "date desc, move_name desc, id"
    access: ClassVar[Access] = {BOOKS_READ_ONLY: "r", BILLING: "rwcd"}
    company_rule = "own"
    indexed = ("move_id",)

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a line."""
        yield link("move_id", "account.move", required=True)
        yield Field("move_name", "char", "Number", compute=_of_move("name"))
        yield Field("parent_state", "char", "Status", compute=_of_move("state"))
        yield Field("move_type", "char", "Type", compute=_of_move("move_type"))
        yield Field("ref", "char", "Reference", compute=_of_move("ref"))
        yield Field("date", "date", "Date", compute=_of_move("date"))
        yield link("journal_id", "account.journal", compute=_of_move("journal_id"))
        yield Field("account_type", "char", "Account Type", compute=_account_type)
        yield from of("char", "name")
        kinds = ("product", "tax", "payment_term", "line_section", "line_note")
        yield choice("display_type", *kinds, default="product")
        yield link("account_id", "account.account")
        yield link("partner_id", "res.partner")
        yield link("company_id", "res.company", readonly=True)
        yield link("currency_id", "res.currency")
        amounts = ("debit", "credit", "balance", "amount_currency", "amount_residual", "amount_residual_currency")
        yield from of("monetary", *amounts, default=Decimal("0.00"))
        yield from of("monetary", "price_unit", "price_subtotal", "price_total")
        yield from of("float", "quantity", default=Decimal(1))
        yield Field("date_maturity", "date", "Due Date")
        yield from of("boolean", "reconciled", readonly=True)
        yield Field("tax_ids", "many2many", "Taxes", "account.account")

    def stored(self, env: Env, before: Row, values: Mapping[str, Any]) -> Row:
        """Amounts are reckoned with before a field has read them: a text will not do."""
        if any(isinstance(values.get(name), str) for name in RECKONED):
            raise type_error("unsupported operand type(s) for -: 'str' and 'int'")
        return super().stored(env, before, values)

    def computed(self, env: Env, row: Row) -> Row:
        """Company and currency of the entry, balance from debit and credit, the price of a product."""
        move = env["account.move"].row(env, row["move_id"])
        row = {**row, "company_id": move["company_id"], "currency_id": row.get("currency_id") or move["currency_id"]}
        if row.get("price_unit") is not None:
            price = (row["price_unit"] * row["quantity"]).quantize(Decimal("0.01"))
            sign = 1 if move["move_type"] == "out_refund" else -1
            row |= {"price_subtotal": price, "price_total": price, "amount_currency": sign * price}
            row["balance"] = bookkeeping.in_company_currency(env, row["currency_id"], sign * price)
            row |= {"debit": max(row["balance"], Decimal(0)), "credit": max(-row["balance"], Decimal(0))}
        elif row["display_type"] == "product":
            row["balance"] = row["debit"] - row["credit"]
            row["amount_currency"] = row["amount_currency"] or row["balance"]
        return row


def _of_move(name: str) -> Any:
    def read(env: Env, row: Row) -> Any:
        return env["account.move"].row(env, row["move_id"]).get(name)

    return read


def _account_type(env: Env, row: Row) -> Any:
    return env["account.account"].row(env, row["account_id"])["account_type"] if row.get("account_id") else None
