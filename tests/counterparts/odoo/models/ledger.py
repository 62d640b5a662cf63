"""Accounts, journals, payment terms and payment methods: read by the connector, made by others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Model
from tests.counterparts.odoo.rights import ADVISER, BILLING, BOOKS_READ_ONLY, CONTACTS, OCA_PAYMENT, USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env


class Accounts(Model):
    """account.account."""

    name = "account.account"
    description = "Account"
    order = "code, id"
    access: ClassVar[Access] = {USER: "r", ADVISER: "rwcd"}
    company_rule = "own"

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of an account: one company until 17, several since."""
        yield from of("char", "code", "name", required=True)
        yield choice(
            "account_type",
            "asset_receivable",
            "asset_cash",
            "asset_current",
            "liability_payable",
            "income",
            "expense",
            required=True,
        )
        yield from of("boolean", "reconcile", "deprecated")
        yield link("company_id", "res.company", until=17)
        yield Field("company_ids", "many2many", "Companies", "res.company", since=18, compute=_companies)

    def display_name(self, env: Env, row: Row) -> str:
        """Code and name."""
        return f"{row['code']} {row['name']}"


def _companies(env: Env, row: Row) -> tuple[int, ...]:
    return (row["company_id"],)


class Journals(Model):
    """account.journal."""

    name = "account.journal"
    description = "Journal"
    order = "sequence, type, code"
    access: ClassVar[Access] = {BOOKS_READ_ONLY: "r", BILLING: "r", ADVISER: "rwcd"}
    company_rule = "own"

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a journal."""
        yield from of("char", "name", "code", required=True)
        yield choice("type", "sale", "purchase", "cash", "bank", "general", required=True)
        yield from of("boolean", "active", default=True)
        yield from of("integer", "sequence", default=10)
        yield link("company_id", "res.company", required=True)
        yield link("currency_id", "res.currency")
        yield link("default_account_id", "account.account")
        yield link("bank_account_id", "res.partner.bank")
        yield Field(
            "inbound_payment_method_line_ids",
            "one2many",
            "Inbound Payment Methods",
            "account.payment.method.line",
            "journal_id",
        )


class PaymentMethodLines(Model):
    """account.payment.method.line: a way in which a journal takes money in."""

    name = "account.payment.method.line"
    description = "Payment Methods"
    order = "sequence, id"
    access: ClassVar[Access] = {USER: "r", BILLING: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a payment method of a journal."""
        yield from of("char", "name", "code", required=True)
        yield choice("payment_type", "inbound", "outbound", default="inbound")
        yield from of("integer", "sequence", default=10)
        yield link("journal_id", "account.journal")
        yield link("payment_account_id", "account.account")


class PaymentMethods(Model):
    """account.payment.method: what a payment mode or a method of a journal rests on."""

    name = "account.payment.method"
    description = "Payment Methods"
    access: ClassVar[Access] = {BOOKS_READ_ONLY: "r", BILLING: "r", ADVISER: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a payment method."""
        yield from of("char", "name", "code", required=True)
        yield choice("payment_type", "inbound", "outbound", required=True)


class PaymentTerms(Model):
    """account.payment.term."""

    name = "account.payment.term"
    description = "Payment Terms"
    order = "sequence, id"
    access: ClassVar[Access] = {USER: "r", ADVISER: "rwcd"}
    company_rule = "shared"

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a term."""
        yield from of("char", "name", required=True)
        yield from of("boolean", "active", default=True)
        yield from of("integer", "sequence", default=10)
        yield link("company_id", "res.company")
        yield Field("line_ids", "one2many", "Terms", "account.payment.term.line", "payment_id")


class PaymentTermLines(Model):
    """account.payment.term.line: a share that falls due some days after the invoice date."""

    name = "account.payment.term.line"
    description = "Payment Terms Line"
    access: ClassVar[Access] = {USER: "r", ADVISER: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a share."""
        yield choice("value", "percent", "fixed", default="percent")
        yield from of("float", "value_amount")
        yield from of("integer", "nb_days")
        yield link("payment_id", "account.payment.term", required=True)


class PaymentModes(Model):
    """account.payment.mode of OCA."""

    name = "account.payment.mode"
    description = "Payment Modes"
    order = "name"
    access: ClassVar[Access] = {USER: "r", CONTACTS: "r", OCA_PAYMENT: "rwcd"}
    company_rule = "own"

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a payment mode."""
        yield from of("char", "name", required=True)
        yield from of("boolean", "active", default=True)
        yield from of("boolean", "mandate_required")
        yield link("payment_method_id", "account.payment.method")
        yield Field("payment_method_code", "char", "Code", compute=_method_code)
        yield link("company_id", "res.company", required=True)
        yield choice("payment_type", "inbound", "outbound", default="inbound")


def _method_code(env: Env, row: Row) -> Any:
    method = row.get("payment_method_id")
    return env["account.payment.method"].row(env, method)["code"] if method else None
