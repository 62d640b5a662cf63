"""The wizards: register a payment, reverse an entry. Their records are gone when a person has done."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo.errors import UserError
from tests.counterparts.odoo.exposed import on_records
from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models import bookkeeping
from tests.counterparts.odoo.models.base import Ids, Model
from tests.counterparts.odoo.models.payments import Payments
from tests.counterparts.odoo.rights import BILLING, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env


class RegisterPayment(Model):
    """account.payment.register: made with the invoices in the context."""

    name = "account.payment.register"
    description = "Register Payment"
    access: ClassVar[Access] = {BILLING: "rwc"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of the wizard."""
        yield from of("date", "payment_date")
        yield from of("monetary", "amount")
        yield from of("char", "communication")
        yield from of("boolean", "group_payment")
        yield link("journal_id", "account.journal")
        yield link("currency_id", "res.currency")
        yield link("partner_bank_id", "res.partner.bank")
        yield link("payment_method_line_id", "account.payment.method.line")
        yield choice("payment_difference_handling", "open", "reconcile", default="open")
        yield Field("line_ids", "many2many", "Journal items", "account.move.line", readonly=True)

    def defaults(self, env: Env) -> Row:
        """The open lines of the invoices that the context names."""
        model, ids = env.context.get("active_model"), env.context.get("active_ids") or []
        if model not in {"account.move", "account.move.line"}:
            raise UserError(
                "The register payment wizard should only be called on account.move or account.move.line records."
            )
        lines = env["account.move.line"]
        if model == "account.move":
            env[model].check_companies(env, env[model].required(env, ids), "read")
            due = [line for id_ in ids for line in bookkeeping.due_lines(env, id_)]
        else:
            due = [lines.row(env, id_) for id_ in lines.required(env, ids)]
        moves = [env["account.move"].row(env, line["move_id"]) for line in due]
        if any(move["state"] != "posted" for move in moves):
            raise UserError("You can only register payment for posted journal entries.")
        due = [line for line in due if line["amount_residual_currency"]]
        if not due:
            raise UserError(
                "There's nothing left to pay for the selected journal items, so no payment registration is necessary. "
                "You've got your finances under control like a boss!"
                if env.version >= 19
                else "You can't register a payment because there is nothing left to pay on the selected journal items."
            )
        if len({move["company_id"] for move in moves}) > 1:
            raise UserError("You can't create payments for entries belonging to different companies.")
        return {
            **super().defaults(env),
            "line_ids": [line["id"] for line in due],
            "payment_date": env.now.date().isoformat(),
            "currency_id": moves[0]["currency_id"],
        }

    @on_records
    def action_create_payments(self, env: Env, ids: Ids) -> dict[str, Any]:
        """Make the payments, post them and match them. The answer is an action that shows them."""
        env["account.payment"].check_access(env, "create")
        (wizard_id,) = self.required(env, ids)
        wizard = self.row(env, wizard_id)
        moves = [env["account.move.line"].row(env, line)["move_id"] for line in wizard["line_ids"]]
        invoices = list(dict.fromkeys(moves))
        groups = [invoices] if wizard.get("group_payment") else [[id_] for id_ in invoices]
        by_hand = len(groups) == 1
        made = [self._pay(env, wizard, group, by_hand) for group in groups]
        shown: dict[str, Any] = {
            "name": "Payments",
            "type": "ir.actions.act_window",
            "res_model": "account.payment",
            "context": {"create": False},
        }
        if len(made) == 1:
            return {**shown, "view_mode": "form", "res_id": made[0]}
        listed = "tree,form" if env.version < 18 else "list,form"
        return {**shown, "view_mode": listed, "domain": [["id", "in", made]]}

    def _pay(self, env: Env, wizard: Row, invoices: list[int], by_hand: bool) -> int:
        rows = [env["account.move"].row(env, id_) for id_ in invoices]
        left = sum(
            (row["amount_residual"] * (-1 if row["move_type"] == "out_refund" else 1) for row in rows), Decimal(0)
        )
        amount = wizard["amount"] if by_hand and wizard.get("amount") is not None else abs(left)
        names = " ".join(row["payment_reference"] or row["name"] for row in rows)
        memo = wizard.get("communication") if by_hand and wizard.get("communication") else names
        payments = env.the(Payments)
        payment = payments.create_one(
            env,
            {
                "date": wizard["payment_date"],
                "amount": amount,
                "journal_id": wizard.get("journal_id") or bookkeeping.journal(env, "bank"),
                "currency_id": wizard["currency_id"],
                "partner_id": rows[0]["commercial_partner_id"],
                "payment_type": "inbound" if left > 0 else "outbound",
                "payment_method_line_id": wizard.get("payment_method_line_id"),
                "ref" if env.version < 18 else "memo": memo,
            },
        )
        payments.action_post(env, [payment])
        payments.settle(env, payment, invoices)
        return payment


class ReverseEntry(Model):
    """account.move.reversal: a credit note in draft for an invoice, a posted counter-entry for any other entry."""

    name = "account.move.reversal"
    description = "Account Move Reversal"
    access: ClassVar[Access] = {BILLING: "rwc"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of the wizard."""
        yield Field("move_ids", "many2many", "Journal Entry", "account.move")
        yield from of("date", "date")
        yield from of("char", "reason")
        yield link("journal_id", "account.journal")

    def defaults(self, env: Env) -> Row:
        """The entries that the context names, reversed today."""
        named = env.context.get("active_ids") if env.context.get("active_model") == "account.move" else None
        return {**super().defaults(env), "date": env.now.date().isoformat(), "move_ids": named or []}

    @on_records
    def refund_moves(self, env: Env, ids: Ids) -> dict[str, Any]:
        """Make the reversal. The answer is an action that shows it."""
        return self._reverse(env, ids)

    @on_records
    def reverse_moves(self, env: Env, ids: Ids, is_modify: bool = False) -> dict[str, Any]:
        """The same."""
        return self._reverse(env, ids)

    def _reverse(self, env: Env, ids: Ids) -> dict[str, Any]:
        env["account.move"].check_access(env, "create")
        (wizard_id,) = self.required(env, ids)
        wizard = self.row(env, wizard_id)
        made = [self._counter(env, wizard, env["account.move"].row(env, id_)) for id_ in wizard["move_ids"] or ()]
        shown: dict[str, Any] = {"name": "Reverse Moves", "type": "ir.actions.act_window", "res_model": "account.move"}
        return shown | ({"res_id": made[0]} if len(made) == 1 else {"domain": [["id", "in", made]]})

    def _counter(self, env: Env, wizard: Row, move: Row) -> int:
        moves, table = env["account.move"], env.database.tables.of["account.move.line"]
        lines = [table.rows[id_] for id_ in table.where("move_id", [move["id"]])]
        kept = ("partner_id", "currency_id", "invoice_user_id")
        about: Row = {name: move.get(name) for name in kept}
        about |= {"journal_id": wizard.get("journal_id") or move["journal_id"], "date": wizard["date"]}
        about["ref"] = ", ".join(filter(None, [f"Reversal of: {move['name']}", wizard.get("reason")]))
        if move["move_type"] == "out_invoice":
            priced = [line for line in lines if line.get("price_unit") is not None]
            copied = [{name: line[name] for name in ("name", "price_unit", "quantity")} for line in priced]
            about |= {"move_type": "out_refund", "invoice_date": wizard["date"]}
            about["line_ids"] = [(0, 0, line) for line in copied]
            made = moves.create_one(env, about)
            moves.put(env, {**moves.row(env, made), "reversed_entry_id": move["id"]})
            return made
        made = moves.create_one(env, {**about, "move_type": "entry"})
        entry = {**moves.row(env, made), "reversed_entry_id": move["id"]}
        moves.put(env, entry)
        for line in lines:
            same = {name: line[name] for name in ("account_id", "display_type", "name")}
            bookkeeping.put_due_line(env, entry, -line["amount_currency"], line["date_maturity"], **same)
        bookkeeping.post(env, made)
        bookkeeping.unmatch(env, move["id"])
        bookkeeping.match(env, made, move["id"])
        return made
