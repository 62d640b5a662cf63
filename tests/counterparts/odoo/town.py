"""A database with a server in front of it, and the people who work in it: what tests and benchmarks hold on to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from stdnum import iban as iban_check

from tests.counterparts.odoo.fields import Row
from tests.counterparts.odoo.founding import Founded, found
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.late import LateTransaction
from tests.counterparts.odoo.models import bookkeeping
from tests.counterparts.odoo.server import OdooServer


class Town:
    """People at work in Odoo, and the server that shows what they did.

    Attributes:
        keys, users: API key and id of admin, connector, finance and bare.
        company, other_company: the Belgian company in EUR; one in USD in which only the administrator is.
        journals, accounts: ids in the Belgian company, by code.
    """

    def __init__(self, founded: Founded, port: int = 0) -> None:
        self.founded = founded
        self.instance = founded.instance
        self.server = OdooServer(founded.instance, port)
        self.keys = founded.keys
        self.users = founded.users
        self.company = founded.company
        self.other_company = founded.other_company
        self.journals = founded.journals
        self.accounts = founded.accounts

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.instance.name

    def customer(self, name: str, iban: str = "", **values: Any) -> int:
        """A company as customer, with its account."""
        env = self.instance.superuser()
        about = {"country_id": self.founded.countries["BE"], "is_company": True, "customer_rank": 1}
        partner = env["res.partner"].create_one(env, {"name": name, **about, **values})
        if iban:
            env["res.partner.bank"].create_one(env, {"acc_number": iban, "partner_id": partner})
        return partner

    def invoice(
        self,
        partner: int,
        amount: str,
        *,
        issued_on: date | None = None,
        due_on: date | None = None,
        kind: str = "out_invoice",
        currency: str = "EUR",
        is_posted: bool = True,
        **values: Any,
    ) -> int:
        """A customer invoice or (`kind` "out_refund") credit note with one line."""
        env = self.instance.env(self.users["finance"]).sudo()
        issued = issued_on or self.instance.clock().date()
        given: Row = {
            "move_type": kind,
            "partner_id": partner,
            "invoice_date": issued.isoformat(),
            "journal_id": self.journals["INV"],
            "currency_id": self.founded.currencies[currency],
            "invoice_line_ids": [(0, 0, {"name": "Services", "quantity": 1, "price_unit": float(amount)})],
            **values,
        }
        if due_on is not None:
            given["invoice_date_due"] = due_on.isoformat()
        move = env["account.move"].create_one(env, given)
        if is_posted:
            bookkeeping.post(env, move)
        return move

    def edit(self, model: str, id_: int, **values: Any) -> None:
        """A person changes a record."""
        env = self.instance.superuser()
        env[model].write_all(env, [id_], values)

    def delete(self, model: str, id_: int) -> None:
        """A person deletes a record, whatever stands against it."""
        self.instance.tables.drop(model, id_)

    def row(self, model: str, id_: int) -> Row:
        """A record as it is stored."""
        return self.instance.tables.of[model].rows[id_]

    def do(self, login: str, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """A call of a user, without HTTP."""
        return self.instance.call(self.users[login], model, method, args, kwargs, self.instance.clock())

    def late(self) -> LateTransaction:
        """A transaction that begins now and is committed later."""
        return LateTransaction(self.instance)

    def picture(self) -> dict[str, list[Row]]:
        """All rows of all models, comparable."""
        return {name: self.instance.rows(name) for name in self.instance.models}

    def fill(self, customers: int, invoices: int) -> None:
        """Many customers with accounts, and posted invoices spread over them."""
        partners = [self._quick_customer(number) for number in range(customers)]
        today = self.instance.clock().date()
        for number in range(invoices):
            issued = today - timedelta(days=number % 60)
            amount = Decimal(number % 900 + 10) + Decimal(number % 100) / 100
            self.invoice(
                partners[number % customers], str(amount), issued_on=issued, due_on=issued + timedelta(days=30)
            )

    def _quick_customer(self, number: int) -> int:
        name = f"Customer {number:06d}"
        account = f"{number:010d}"
        body = f"{account}{(int(account) % 97) or 97:02d}"
        return self.customer(
            name,
            f"BE{iban_check.calc_check_digits(f'BE00{body}')}{body}",
            email=f"customer{number}@example.org",
            street=f"Main street {number}",
            zip="1000",
            city="Brussels",
            lang="nl_BE" if number % 2 else "fr_BE",
            ref=f"C{number:06d}",
        )


@contextmanager
def odoo(version: int, home: Home = Home.VANILLA, *, clock: Callable[[], datetime], port: int = 0) -> Iterator[Town]:
    """A new database and its server, for as long as the block lasts."""
    town = Town(found(version, home, clock), port)
    with town.server:
        yield town
