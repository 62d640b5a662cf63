"""Payments of customers: registered on invoices, and undone in the way of each version."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo.errors import UserError
from tests.counterparts.odoo.exposed import on_records, since
from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models import bookkeeping
from tests.counterparts.odoo.models.base import Ids, Model
from tests.counterparts.odoo.models.moves import Moves
from tests.counterparts.odoo.models.threads import Thread
from tests.counterparts.odoo.rights import BILLING, BOOKS_READ_ONLY, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env


class Payments(Thread, Model):
    """account.payment: `ref` and posted/cancel on 17, `memo` and in_process/paid/canceled since."""

    name = "account.payment"
    description = "Payments"
    order = "date desc, name desc"
    access: ClassVar[Access] = {BOOKS_READ_ONLY: "r", BILLING: "rwcd"}
    company_rule = "own"
    indexed = ("move_id",)

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a payment."""
        yield from of("char", "name", "payment_reference")
        yield from of("char", "ref", until=17)
        yield from of("char", "memo", since=18)
        yield choice("state", "draft", "posted", "cancel", default="draft", until=17)
        yield choice("state", "draft", "in_process", "paid", "canceled", "rejected", default="draft", since=18)
        yield choice("payment_type", "inbound", "outbound", default="inbound", required=True)
        yield choice("partner_type", "customer", "supplier", default="customer", required=True)
        yield from of("monetary", "amount")
        yield from of("date", "date", required=True)
        yield link("partner_id", "res.partner")
        yield link("partner_bank_id", "res.partner.bank")
        yield link("journal_id", "account.journal", required=True)
        yield link("currency_id", "res.currency", required=True)
        yield link("company_id", "res.company", readonly=True)
        yield link("move_id", "account.move", readonly=True)
        yield link("payment_method_line_id", "account.payment.method.line")
        yield Field("payment_method_id", "many2one", "Method", "account.payment.method", compute=_method)
        if home in (Home.ENTERPRISE, Home.DIRECT_DEBIT):
            yield link("batch_payment_id", "account.batch.payment")
        yield Field("is_reconciled", "boolean", "Is Reconciled", compute=_is_reconciled)
        yield from of("boolean", "is_matched", "is_sent", readonly=True)
        yield Field("reconciled_invoice_ids", "many2many", "Invoices", "account.move", compute=_invoices)
        yield Field("reconciled_invoices_count", "integer", "# Invoices", compute=_count)
        yield Field("invoice_ids", "many2many", "Invoices", "account.move", since=18)
        yield from self.of_threads()

    def defaults(self, env: Env) -> Row:
        """Dated today."""
        return {"date": env.now.date().isoformat(), **super().defaults(env)}

    def create_one(self, env: Env, values: Row) -> int:
        """A draft, in the bank journal unless another is named."""
        given = {"journal_id": values.get("journal_id") or bookkeeping.journal(env, "bank"), **values}
        given.setdefault("currency_id", bookkeeping.currency(env, given["journal_id"]))
        return super().create_one(env, given)

    def computed(self, env: Env, row: Row) -> Row:
        """The company of the journal; on a receipt the company's own account from 18 on."""
        company = env["account.journal"].row(env, row["journal_id"])["company_id"]
        row = {**row, "company_id": company}
        if env.version >= 18 and row["payment_type"] == "inbound":
            row["partner_bank_id"] = row.get("partner_bank_id") or bookkeeping.own_account(env, company)
        return row

    @on_records
    def action_post(self, env: Env, ids: Ids) -> Any:
        """Draft to posted (17) or in process, with an entry of its own."""
        self.check_access(env, "write")
        for id_ in self.required(env, ids):
            row = self.row(env, id_)
            move = row.get("move_id") or self._make_entry(env, row)
            env["account.move"].touch(env, move, state="posted", posted_before=True)
            name = env["account.move"].row(env, move)["name"]
            self.touch(env, id_, move_id=move, name=name, state="posted" if env.version < 18 else "in_process")
        return None

    @on_records
    def action_draft(self, env: Env, ids: Ids) -> Any:
        """Back to draft: the invoice is open again at once, except on 19."""
        self.check_access(env, "write")
        for id_ in self.required(env, ids):
            move = self.row(env, id_)["move_id"]
            if move and env.version < 19:
                env.the(Moves).button_draft(env, [move])
            elif move:
                bookkeeping.check_not_locked(env, env["account.move"].row(env, move))
            self.touch(env, id_, state="draft")
        return None

    @on_records
    def action_cancel(self, env: Env, ids: Ids) -> Any:
        """Cancelled: the invoice is open again. The entry stays, cancelled; that of a draft is deleted since 18."""
        self.check_access(env, "write")
        for id_ in self.required(env, ids):
            row = self.row(env, id_)
            if row["move_id"] and row["state"] == "draft" and env.version >= 18:
                bookkeeping.unmatch(env, row["move_id"])
                self.touch(env, id_, move_id=None)
                env["account.move"].touch(env, row["move_id"], state="draft")
                env["account.move"].delete_all(env, [row["move_id"]])
            elif row["move_id"]:
                env.the(Moves).button_cancel(env, [row["move_id"]])
            self.touch(env, id_, state="cancel" if env.version < 18 else "canceled", is_matched=False)
        return None

    @since(18)
    @on_records
    def action_reject(self, env: Env, ids: Ids) -> Any:
        """Rejected, which does not open the invoice."""
        for id_ in self.required(env, ids):
            self.touch(env, id_, state="rejected")
        return None

    @since(18)
    @on_records
    def action_validate(self, env: Env, ids: Ids) -> Any:
        """Paid, as a person says."""
        for id_ in self.required(env, ids):
            self.touch(env, id_, state="paid")
        return None

    def delete_all(self, env: Env, ids: Iterable[int]) -> None:
        """Only drafts."""
        ids = list(ids)
        if any(self.row(env, id_)["state"] != "draft" for id_ in ids):
            raise UserError("You cannot delete a payment that is not in draft.")
        super().delete_all(env, ids)

    def settle(self, env: Env, payment: int, invoices: Iterable[int]) -> None:
        """Match a payment with invoices; from 18 on it is paid once they are."""
        move = self.row(env, payment)["move_id"]
        for invoice in invoices:
            if env["account.move"].row(env, invoice)["move_type"] == "out_refund":
                bookkeeping.match(env, move, invoice)
            else:
                bookkeeping.match(env, invoice, move)
        if env.version >= 18:
            states = {env["account.move"].row(env, id_)["payment_state"] for id_ in invoices}
            done = states <= {"paid", "in_payment"}
            self.touch(env, payment, state="paid" if done else "in_process", invoice_ids=tuple(invoices))

    def _make_entry(self, env: Env, row: Row) -> int:
        """The entry of a payment: from the customer's account to that of receipts outstanding."""
        moves = env["account.move"]
        memo = row.get("ref") or row.get("memo")
        about = {"journal_id": row["journal_id"], "date": row["date"], "ref": memo, "partner_id": row["partner_id"]}
        move = moves.create_one(env, {**about, "currency_id": row["currency_id"], "move_type": "entry"})
        key = "payment_id" if env.version < 18 else "origin_payment_id"
        entry = {**moves.row(env, move), key: row["id"]}
        moves.put(env, entry | {"name": bookkeeping.next_number(env, {**entry, "payment_id": row["id"]})})
        amount: Decimal = row["amount"] if row["payment_type"] == "inbound" else -row["amount"]
        bookkeeping.put_due_line(env, entry, -amount, row["date"], name=memo)
        outstanding = bookkeeping.account(env, row["company_id"], "asset_current")
        bookkeeping.put_due_line(env, entry, amount, None, account_id=outstanding, display_type="product", name=memo)
        return move


class BatchPayments(Model):
    """account.batch.payment of Enterprise: not measured; what stands here are field names from elsewhere."""

    name = "account.batch.payment"
    description = "Batch Payment"
    order = "date desc, id desc"
    access: ClassVar[Access] = {BILLING: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a batch."""
        yield from of("char", "name", required=True)
        yield from of("date", "date")
        yield choice("state", "draft", "sent", "reconciled", default="draft")
        yield choice("batch_type", "inbound", "outbound", default="inbound", required=True)
        yield link("journal_id", "account.journal", required=True)
        yield link("payment_method_id", "account.payment.method", required=True)
        yield Field("payment_ids", "one2many", "Payments", "account.payment", inverse="batch_payment_id")

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """All payments are of the batch's journal and method."""
        for id_ in ids:
            row = self.row(env, id_)
            payments = env["account.payment"]
            for payment in env.database.tables.of["account.payment"].where("batch_payment_id", [id_]):
                if payments.row(env, payment)["journal_id"] != row["journal_id"]:
                    raise UserError(
                        "The journal of the batch payment and of the payments it contains must be the same."
                    )


def _method(env: Env, row: Row) -> int | None:
    methods = env.database.tables.of["account.payment.method"].rows
    return min(methods, default=None)


def _invoices(env: Env, row: Row) -> tuple[int, ...]:
    if env.version >= 18:
        return tuple(row.get("invoice_ids") or ())
    found = bookkeeping.matched_moves(env, row["move_id"]) if row.get("move_id") else []
    return tuple(id_ for id_ in found if env["account.move"].row(env, id_)["move_type"] != "entry")


def _count(env: Env, row: Row) -> int:
    return len(_invoices(env, row))


def _is_reconciled(env: Env, row: Row) -> bool:
    if not row.get("move_id") or row["state"] in {"draft", "cancel", "canceled"}:
        return False
    return all(line["reconciled"] for line in bookkeeping.due_lines(env, row["move_id"]))
