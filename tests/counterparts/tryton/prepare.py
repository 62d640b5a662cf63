"""Make and fill a Tryton database. Runs inside Tryton's own environment, in two steps:

    prepare.py modules CONFIG NAME      an empty database with the modules activated (slow, worth keeping)
    prepare.py books CONFIG NAME FILE   company, accounts, journals, customers, invoices, the connector's key

FILE describes the books as JSON (see server.py); beside it `prepared.json` gets the ids that Tryton gave.
"""

# mypy: ignore-errors
from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

MODULES = ["account_invoice", "account_payment_clearing", "account_payment_sepa"]
GROUPS = ["account.group_account", "account_payment.group_payment", "bank.group_bank_admin"]
RATES = {"EUR": Decimal(1), "USD": Decimal("1.10")}


def activate_modules(config_file: Path, name: str) -> None:
    """Make the database and activate the modules, as `trytond-admin` does."""
    from trytond import commandline, config

    config.update_etc(str(config_file))
    from trytond.admin import run

    wanted = ["-d", name, "--email", "admin@example.org", "--activate-dependencies", "-u", *MODULES]
    run(commandline.get_parser_admin().parse_args(["-c", str(config_file), *wanted]))


class Books:
    """The company's books while they are being filled."""

    def __init__(self, description: dict, config) -> None:
        from proteus import Model

        self.get = Model.get
        self.config = config
        self.description = description
        self.languages = {lang.code: lang for lang in self.get("ir.lang").find([])}
        self.countries = {}
        self.categories = {}
        self.parties = {}

    def open(self) -> None:
        """Company, currencies, chart of accounts, fiscal years."""
        from trytond.modules.account.tests.tools import create_chart, get_accounts
        from trytond.modules.company.tests.tools import create_company, get_company

        party = self.get("party.party")(name=self.description["company"])
        party.save()
        self.currencies = {code: self.currency(code, rate) for code, rate in RATES.items()}
        create_company(party, self.currencies["EUR"])
        self.company = get_company()
        create_chart(self.company)
        self.accounts = get_accounts(self.company)
        days = [invoice["issued_on"] for invoice in self.description["invoices"]] + [self.description["today"]]
        for year in range(int(min(days)[:4]), int(self.description["today"][:4]) + 2):
            self.fiscal_year(year)

    def currency(self, code: str, rate: Decimal):
        currency = self.get("currency.currency")(name=code, symbol=code, code=code, rounding=Decimal("0.01"))
        currency.rates.new(date=date(2000, 1, 1), rate=rate)
        currency.save()
        return currency

    def fiscal_year(self, year: int) -> None:
        from trytond.modules.account.tests.tools import create_fiscalyear
        from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences

        fiscal_year = create_fiscalyear(self.company, today=(date(year, 1, 1), date(year, 12, 31)))
        fiscal_year.name = str(year)
        fiscal_year.start_date, fiscal_year.end_date = date(year, 1, 1), date(year, 12, 31)
        set_fiscalyear_invoice_sequences(fiscal_year)
        fiscal_year.invoice_sequences[0].out_invoice_sequence.prefix = f"{year}-"
        fiscal_year.invoice_sequences[0].out_invoice_sequence.save()
        fiscal_year.save()
        fiscal_year.click("create_period")

    def payment_journals(self) -> None:
        """One journal with a clearing account, as the connector needs, and one without."""
        cash = self.accounts["cash"]
        clearing = self.get("account.account")(name="SEPA in transit", parent=cash.parent, type=cash.type)
        clearing.reconcile = True
        clearing.deferral = True
        clearing.save()
        (ledger,) = self.get("account.journal").find([("code", "=", "REV")])
        journal = self.get("account.payment.journal")
        common = {"process_method": "manual", "currency": self.currencies["EUR"], "company": self.company}
        journal(name="SEPA", clearing_account=clearing, clearing_journal=ledger, **common).save()
        journal(name="Bare", **common).save()

    def customers(self) -> None:
        """All customers in one call."""
        rows = self.description["customers"]
        proxy = self.get("party.party")._proxy
        ids = proxy.create([self.party_values(row) for row in rows], self.config.context)
        self.parties = {row["id"]: id_ for row, id_ in zip(rows, ids, strict=True)}
        accounts = [
            {
                "owners": [("add", [self.parties[row["id"]]])],
                "numbers": [("create", [{"type": "iban", "number": row["iban"]}])],
            }
            for row in rows
            if row.get("iban")
        ]
        if accounts:
            self.get("bank.account")._proxy.create(accounts, self.config.context)
        (journal,) = self.get("account.payment.journal").find([("name", "=", "SEPA")])
        for row in rows:
            if row.get("direct_debit"):
                reception = {"party": self.parties[row["id"]], "journal": journal.id}
                self.get("party.party.reception_direct_debit")._proxy.create([reception], self.config.context)

    def party_values(self, row: dict) -> dict:
        address = row.get("address", {})
        values = {
            "name": row["name"],
            "code": row["id"],
            "addresses": [
                (
                    "create",
                    [
                        {
                            "street_unstructured": address.get("street"),
                            "postal_code": address.get("postcode"),
                            "city": address.get("town"),
                            "country": self.country(address.get("country")),
                        }
                    ],
                )
            ],
        }
        if row.get("language"):
            values["lang"] = self.languages[row["language"]].id
        if row.get("category"):
            values["categories"] = [("add", [self.category(row["category"])])]
        if row.get("vat_number"):
            values["identifiers"] = [("create", [{"type": "eu_vat", "code": row["vat_number"]}])]
        if row.get("email"):
            values["contact_mechanisms"] = [("create", [{"type": "email", "value": row["email"]}])]
        return values

    def category(self, name: str) -> int:
        if name not in self.categories:
            category = self.get("party.category")(name=name)
            category.save()
            self.categories[name] = category.id
        return self.categories[name]

    def country(self, code: str | None) -> int | None:
        if not code:
            return None
        if code not in self.countries:
            country = self.get("country.country")(name=code, code=code)
            country.save()
            self.countries[code] = country.id
        return self.countries[code]

    def invoices(self) -> list[dict]:
        """Invoices and credit notes (negative amounts), posted in the order of their dates."""
        self.config.skip_warning = True  # Tryton asks whether a due date in the past is meant; it is
        make = self.get("account.invoice")
        party = self.get("party.party")
        rows = self.description["invoices"]
        made = {}
        for number, row in enumerate(rows):
            invoice = make(type="out", party=party(self.parties[row["customer"]]))
            invoice.currency = self.currencies[row.get("currency", "EUR")]
            invoice.invoice_date = date.fromisoformat(row["issued_on"])
            invoice.payment_term_date = date.fromisoformat(row["due_on"])
            invoice.payment_term = self.payment_term(row["parts"]) if row["parts"] > 1 else None
            line = invoice.lines.new()
            line.account = self.accounts["revenue"]
            line.description = row.get("about", "Services")
            line.quantity = 1 if Decimal(row["amount"]) >= 0 else -1
            line.unit_price = abs(Decimal(row["amount"]))
            invoice.save()
            made[number] = invoice
        by_day = defaultdict(list)
        for number, row in enumerate(rows):
            by_day[row["issued_on"]].append(made[number])
        for day in sorted(by_day):
            make.click(by_day[day], "post")
        return [{"id": made[number].id, "number": made[number].number} for number in range(len(rows))]

    def payment_term(self, parts: int):
        """Due in equal parts, 30 days apart."""
        term = self.get("account.invoice.payment_term")(name=f"In {parts} parts")
        for part in range(parts):
            is_last = part == parts - 1
            line = term.lines.new(type="remainder" if is_last else "percent_on_total")
            if not is_last:
                line.ratio = Decimal(1) / parts
            line.relativedeltas.new(days=30 * part)
        term.save()
        return term

    def administrator(self, password: str) -> None:
        """Give the administrator a password of these books: a person can look with Tryton's own client."""
        (user,) = self.get("res.user").find([("login", "=", "admin")])
        user.password = password
        user.save()

    def user_key(self, password: str) -> str:
        """A user for the connector with the rights that docs/packages/tryton.md names, and its validated key."""
        data = self.get("ir.model.data")
        user = self.get("res.user")(name="SEPA Connector", login="connector", password=password)
        for group in GROUPS:
            user.groups.append(self.get("res.group")(data.get_id(group, self.config.context)))
        user.companies.append(self.get("company.company")(self.company.id))
        user.company = user.companies[0]
        user.save()
        application = self.get("res.user.application")(user=user, application="rest")
        application.save()
        assert application.state == "validated", "what an administrator makes is validated at once"
        return application.key


def fill_books(config_file: Path, name: str, description_file: Path) -> None:
    """Fill a database whose modules are activated."""
    from proteus import config

    description = json.loads(description_file.read_text(encoding="utf-8"))
    books = Books(description, config.set_trytond(name, config_file=str(config_file)))
    books.administrator(description["password"])
    books.open()
    books.payment_journals()
    books.customers()
    prepared = {
        "company": books.company.id,
        "customers": books.parties,
        "invoices": books.invoices(),
        "key": books.user_key(description["password"]),
    }
    description_file.with_name("prepared.json").write_text(json.dumps(prepared), encoding="utf-8")


if __name__ == "__main__":
    step, config_argument, database_name, *rest = sys.argv[1:]
    if step == "modules":
        activate_modules(Path(config_argument), database_name)
    else:
        fill_books(Path(config_argument), database_name, Path(rest[0]))
