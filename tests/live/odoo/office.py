"""The office: people who work in Odoo, over its JSON-RPC interface and never through the adapter.

An administrator makes what is given, a finance person changes it, and both look at what the connector has written.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import httpx2

from tests.live.odoo.environment import OdooServer

Row = Mapping[str, Any]
TIMEOUT_SECONDS = 60
CENT = Decimal("0.01")
MANDATE = "account.banking.mandate"


class RefusedByOdoo(Exception):
    """What Odoo answered instead of doing it."""


@dataclass(frozen=True)
class InvoiceInOdoo:
    """An invoice as it stands: payment state and what is still to be paid."""

    number: str
    state: str
    payment_state: str
    to_pay: Decimal


@dataclass(frozen=True)
class PaymentInOdoo:
    """A payment; its state is in the words of its version."""

    id: int
    key: str
    amount: Decimal
    paid_on: date
    state: str
    journal: str


@dataclass(frozen=True)
class MandateInOdoo:
    """A mandate as users see it: in a record of its own, or in fields of the contact."""

    reference: str
    iban: str
    signed_on: date
    valid: bool


@dataclass(frozen=True)
class BankJournal:
    """Where payments are registered."""

    name: str
    code: str


@dataclass(frozen=True)
class Fees:
    """Where the bank's fees go: a journal and two accounts, by their codes."""

    journal: str
    account: str
    counter_account: str


@dataclass(frozen=True)
class ActivityInOdoo:
    """Something that a user has to do."""

    title: str
    text: str
    user: int


class Office:
    """One person at work in one company."""

    def __init__(self, server: OdooServer, login: str, password: str, company: int | None = None) -> None:
        self._http = httpx2.Client(base_url=server.url, timeout=TIMEOUT_SECONDS)
        self._numbers = itertools.count(1)
        self._models: dict[str, bool] = {}
        self._database, self._password = server.database, password
        self.version = int(self._ask("common", "version")["server_version_info"][0])
        self.user: int = self._ask("common", "authenticate", server.database, login, password, {})
        assert self.user, f"Odoo does not know {login} or the password."
        self.company = company or self.company_of(login)

    def company_of(self, login: str) -> int:
        """The company that a user works in."""
        (user,) = self.rows("res.users", [("login", "=", login)], "company_id")
        company: int = user["company_id"][0]
        return company

    def close(self) -> None:
        """Go home."""
        self._http.close()

    # ------------------------------------------------------------------------------------------------ the interface

    def call(self, model: str, method: str, *arguments: object, **named: object) -> Any:
        """Call a method of a model, in this company and in English."""
        context: dict[str, object] = {"lang": "en_US"}
        if hasattr(self, "company"):
            context["allowed_company_ids"] = [self.company]
        extra = named.pop("context", {})
        assert isinstance(extra, dict)
        return self._ask(
            "object",
            "execute_kw",
            *(self._database, self.user, self._password),
            *(model, method, arguments, {**named, "context": context | extra}),
        )

    def rows(self, model: str, domain: Sequence[object], *fields: str, **options: object) -> list[Row]:
        """Records that fit, with these fields, oldest first; archived ones too."""
        named = {"fields": list(fields), "order": "id", "context": {"active_test": False}, **options}
        found: list[Row] = self.call(model, "search_read", list(domain), **named)
        return found

    def has(self, model: str) -> bool:
        """Whether this database knows a model."""
        if model not in self._models:
            self._models[model] = bool(self.rows("ir.model", [("model", "=", model)], "model"))
        return self._models[model]

    def _ask(self, service: str, method: str, *arguments: object) -> Any:
        parameters = {"service": service, "method": method, "args": arguments}
        question = {"jsonrpc": "2.0", "method": "call", "id": next(self._numbers), "params": parameters}
        answer = self._http.post("/jsonrpc", json=question).raise_for_status().json()
        if error := answer.get("error"):
            raise RefusedByOdoo(f"{service} {method} {arguments[3:5]}: {error['data']['message']}")
        return answer.get("result")  # nothing is answered with nothing

    # ----------------------------------------------------------------------------------------------- what is given

    @cached_property
    def bank(self) -> BankJournal:
        """The company's bank journal."""
        journal = self._journal("bank")
        return BankJournal(journal["name"], journal["code"])

    @cached_property
    def fees(self) -> Fees:
        """Costs, and the account of the bank."""
        charged = self.rows("account.account", [("account_type", "=", "expense")], "code", limit=1)[0]
        (bank,) = self.rows("account.account", [("id", "=", self._journal("bank")["default_account_id"][0])], "code")
        return Fees(self._journal("general")["code"], charged["code"], bank["code"])

    def _journal(self, kind: str) -> Row:
        domain = [("type", "=", kind), ("company_id", "=", self.company)]
        return self.rows("account.journal", domain, "name", "code", "default_account_id", limit=1)[0]

    def make_customer(self, name: str, **facts: object) -> int:
        """A contact that invoices can be made for."""
        (belgium,) = self.call("res.country", "search", [("code", "=", "BE")])
        place = {"street": "Kerkstraat 1", "zip": "2000", "city": "Antwerpen", "country_id": belgium}
        made: int = self.call("res.partner", "create", {"name": name, "customer_rank": 1, **place, **facts})
        return made

    def make_tag(self, name: str) -> int:
        """A tag that contacts can bear."""
        made: int = self.call("res.partner.category", "create", {"name": name})
        return made

    def make_invoice(self, customer: int, amount: str, due_on: date, **facts: object) -> int:
        """A posted invoice of one line without taxes."""
        line = {"name": "Energy", "quantity": 1, "price_unit": _number(amount), "tax_ids": [(6, 0, [])]}
        invoice = {
            "move_type": "out_invoice",
            "partner_id": customer,
            "invoice_date": due_on.replace(day=1).isoformat(),
            "invoice_date_due": due_on.isoformat(),
            "invoice_line_ids": [(0, 0, line)],
            **facts,
        }
        made: int = self.call("account.move", "create", invoice)
        self.call("account.move", "action_post", [made])
        return made

    def make_account(self, customer: int, iban: str) -> int:
        """A bank account of a contact."""
        made: int = self.call("res.partner.bank", "create", {"partner_id": customer, "acc_number": iban})
        return made

    def make_draft(self, customer: int) -> int:
        """An invoice that is not posted yet."""
        made: int = self.call("account.move", "create", {"move_type": "out_invoice", "partner_id": customer})
        return made

    # ---------------------------------------------------------------------------------------------- what users do

    def change(self, model: str, record: int, **values: object) -> None:
        """Write into a record."""
        self.call(model, "write", [record], values)

    def cancel_mandate(self, customer: int) -> None:
        """The customer's mandate ends, as users end it."""
        if self.has(MANDATE):
            self.call(MANDATE, "cancel", self.call(MANDATE, "search", [("partner_id", "=", customer)]))
        else:
            self.change("res.partner", customer, x_sepa_state="cancelled")

    def change_iban(self, customer: int, old: str, new: str) -> None:
        """Another account number, where users see the mandate's."""
        if self.has(MANDATE):
            (account,) = self.call(
                "res.partner.bank", "search", [("partner_id", "=", customer), ("acc_number", "=", old)]
            )
            self.change("res.partner.bank", account, acc_number=new)
        else:
            self.change("res.partner", customer, x_sepa_iban=new)

    def receive_money(self, invoice: int, amount: str = "") -> None:
        """The customer pays by transfer: all, or a part."""
        there = {"active_model": "account.move", "active_ids": [invoice]}
        values = {"amount": _number(amount)} if amount else {}
        wizard = self.call("account.payment.register", "create", values, context=there)
        self.call("account.payment.register", "action_create_payments", [wizard], context=there)

    def credit(self, invoice: int, amount: str) -> None:
        """A credit note on an invoice, set off against it."""
        (row,) = self.rows("account.move", [("id", "=", invoice)], "partner_id", "invoice_date_due")
        due_on = date.fromisoformat(row["invoice_date_due"])
        note = self.make_invoice(row["partner_id"][0], amount, due_on, move_type="out_refund")
        owed = [("move_id", "in", [invoice, note]), ("account_id.account_type", "=", "asset_receivable")]
        lines = self.call("account.move.line", "search", [*owed, ("reconciled", "=", False)])
        self.call("account.move.line", "reconcile", lines)

    def currency(self, code: str) -> int:
        """A currency, in use from now on."""
        (row,) = self.rows("res.currency", [("name", "=", code)], "active")
        if not row["active"]:
            self.change("res.currency", row["id"], active=True)
        found: int = row["id"]
        return found

    def close_activities(self, model: str, record: int) -> None:
        """What was to be done about a record is done."""
        domain = [("res_model", "=", model), ("res_id", "=", record)]
        self.call("mail.activity", "action_feedback", self.call("mail.activity", "search", domain))

    def delete_customer(self, customer: int) -> None:
        """A contact without posted invoices disappears."""
        self.call("res.partner", "unlink", [customer])

    # --------------------------------------------------------------------------------------- what has come of it

    def now(self) -> datetime:
        """The server's clock, as its latest record tells it; close enough to live by."""
        (newest,) = self.rows("res.partner", [], "create_date", order="id desc", limit=1)
        return datetime.fromisoformat(newest["create_date"]).replace(tzinfo=UTC)

    def newest(self, model: str) -> int:
        """The greatest id of a model: a name made with it is not in use yet."""
        newest: int = self.rows(model, [], "id", order="id desc", limit=1)[0]["id"]
        return newest

    def latest_changes(self) -> dict[str, str]:
        """The newest change of every model that the connector writes to, by model."""
        models = ["res.partner", "res.partner.bank", "account.move", "account.payment", "ir.attachment"]
        models += ["mail.message", "mail.activity", *([MANDATE] if self.has(MANDATE) else [])]
        newest = {model: self.rows(model, [], "write_date", order="write_date desc", limit=1) for model in models}
        return {model: rows[0]["write_date"] if rows else "" for model, rows in newest.items()}

    def invoice(self, invoice: int) -> InvoiceInOdoo:
        """How an invoice stands."""
        (row,) = self.rows("account.move", [("id", "=", invoice)], "name", "state", "payment_state", "amount_residual")
        return InvoiceInOdoo(row["name"], row["state"], row["payment_state"], _money(row["amount_residual"]))

    def mandates(self, customer: int) -> list[MandateInOdoo]:
        """Mandates of a contact, oldest first."""
        if self.has(MANDATE):
            fields = ("unique_mandate_reference", "partner_bank_id", "signature_date", "state")
            rows = self.rows(MANDATE, [("partner_id", "=", customer)], *fields)
            return [self._mandate(*(row[name] for name in fields)) for row in rows]
        fields = ("x_sepa_mandate", "x_sepa_iban", "x_sepa_signed_on", "x_sepa_state")
        rows = self.rows("res.partner", [("id", "=", customer), (fields[0], "!=", False)], *fields)
        return [self._mandate(*(row[name] for name in fields)) for row in rows]

    def _mandate(self, reference: str, account: str | list[Any], signed_on: str, state: str) -> MandateInOdoo:
        if isinstance(account, list):
            (row,) = self.rows("res.partner.bank", [("id", "=", account[0])], "sanitized_acc_number")
            account = row["sanitized_acc_number"]
        return MandateInOdoo(reference, str(account), date.fromisoformat(signed_on), state in ("valid", "active"))

    def documents(self, customer: int) -> list[str]:
        """Names of the files on the contact and its mandates."""
        records = {"res.partner": [customer]}
        if self.has(MANDATE):
            records[MANDATE] = self.call(MANDATE, "search", [("partner_id", "=", customer)])
        return [
            row["name"]
            for model, ids in records.items()
            for row in self.rows("ir.attachment", [("res_model", "=", model), ("res_id", "in", ids)], "name")
        ]

    def plans(self, invoice: int) -> list[date]:
        """The date on which the invoice will be collected, where users see it."""
        (row,) = self.rows("account.move", [("id", "=", invoice)], "x_sepa_collection_date")
        return [date.fromisoformat(row["x_sepa_collection_date"])] if row["x_sepa_collection_date"] else []

    @property
    def groups_field(self) -> str:
        """Where a user carries the groups."""
        return "group_ids" if self.version >= 19 else "groups_id"

    @property
    def key_field(self) -> str:
        """Where a payment carries its text."""
        return "memo" if self.version >= 18 else "ref"

    def payments(self, *keys: str) -> list[PaymentInOdoo]:
        """Payments with these keys."""
        fields = (self.key_field, "amount", "date", "state", "journal_id")
        return [
            PaymentInOdoo(
                id=row["id"],
                key=row[self.key_field],
                amount=_money(row["amount"]),
                paid_on=date.fromisoformat(row["date"]),
                state=row["state"],
                journal=row["journal_id"][1],
            )
            for row in self.rows("account.payment", [(self.key_field, "in", list(keys))], *fields)
        ]

    def payments_of(self, customer: int) -> list[PaymentInOdoo]:
        """All payments of a contact."""
        rows = self.rows("account.payment", [("partner_id", "=", customer)], self.key_field)
        return self.payments(*(row[self.key_field] for row in rows if row[self.key_field]))

    def notes(self, model: str, record: int) -> list[str]:
        """What people read in the chatter, oldest first."""
        domain = [("model", "=", model), ("res_id", "=", record), ("message_type", "!=", "user_notification")]
        return [row["body"] for row in self.rows("mail.message", domain, "body") if row["body"]]

    def activities(self, model: str, record: int) -> list[ActivityInOdoo]:
        """What is still to be done about a record."""
        domain = [("res_model", "=", model), ("res_id", "=", record)]
        found = self.rows("mail.activity", domain, "summary", "note", "user_id", context={"active_test": True})
        return [ActivityInOdoo(row["summary"] or "", row["note"] or "", row["user_id"][0]) for row in found]

    def ibans(self, customer: int) -> list[str]:
        """Accounts of a contact that are in use."""
        found = self.rows(
            "res.partner.bank", [("partner_id", "=", customer), ("active", "=", True)], "sanitized_acc_number"
        )
        return [row["sanitized_acc_number"] for row in found]

    def entries(self, text: str) -> list[list[tuple[str, Decimal]]]:
        """Lines (account's code, debit or -credit) of posted journal entries whose reference holds a text.

        A payment's own entry and its reversal are not among them.
        """
        domain = [("ref", "ilike", text), ("move_type", "=", "entry"), ("state", "=", "posted")]
        own = {row["move_id"][0] for row in self.rows("account.payment", [("move_id", "!=", False)], "move_id")}
        entries = [
            row["id"]
            for row in self.rows("account.move", domain, "reversed_entry_id")
            if row["id"] not in own and not row["reversed_entry_id"]
        ]
        return [
            [(line["account_id"][1].split()[0], _money(line["balance"])) for line in self._lines_of(entry)]
            for entry in entries
        ]

    def _lines_of(self, entry: int) -> list[Row]:
        return self.rows("account.move.line", [("move_id", "=", entry)], "account_id", "balance")


def _number(amount: str) -> float:
    """An amount as JSON has it."""
    return float(Decimal(amount))


def _money(amount: float) -> Decimal:
    """What JSON-RPC gives as a float, as the cents that it means."""
    return Decimal(str(amount)).quantize(CENT)
