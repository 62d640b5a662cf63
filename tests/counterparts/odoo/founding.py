"""What a database has when it is new: countries, currencies, two companies, journals, users and their keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.counterparts.odoo import external_ids
from tests.counterparts.odoo.env import Env
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.instance import Instance
from tests.counterparts.odoo.models.catalogue import MODULES, MODULES_BY_HOME
from tests.counterparts.odoo.models.people import KEY_DAYS_MAX, ApiKeys
from tests.counterparts.odoo.rights import ADVISER, BILLING, CONTACTS, IMPLIED, OCA_PAYMENT, SETTINGS, USER

COUNTRIES = {"BE": "Belgium", "NL": "Netherlands", "FR": "France", "DE": "Germany", "US": "United States"}
LANGUAGES = {
    "en_US": "English (US)",
    "nl_BE": "Dutch (BE) / Nederlands (BE)",
    "fr_BE": "French (BE) / Français (BE)",
    "de_DE": "German / Deutsch",
    "nl_NL": "Dutch / Nederlands",
    "fr_FR": "French / Français",
}
VIEWS = {
    "base.view_partner_form": ("res.partner", "form"),
    "base.view_partner_tree": ("res.partner", "list"),
    "base.view_res_partner_filter": ("res.partner", "search"),
    "account.view_move_form": ("account.move", "form"),
    "account.view_out_invoice_tree": ("account.move", "list"),
    "account.view_account_invoice_filter": ("account.move", "search"),
}
JOURNALS = (
    ("Customer Invoices", "INV", "sale"),
    ("Bank", "BNK1", "bank"),
    ("Miscellaneous Operations", "MISC", "general"),
)
ACCOUNTS = (
    ("400000", "Customers", "asset_receivable"),
    ("440000", "Suppliers", "liability_payable"),
    ("550001", "Bank", "asset_cash"),
    ("550002", "Outstanding Receipts", "asset_current"),
    ("650000", "Bank charges", "expense"),
    ("700000", "Sales", "income"),
)
OWN_IBAN = "BE68539007547034"


@dataclass
class Founded:
    """A new database, and the ids in it that tests name.

    Attributes:
        keys: an API key of each user, by login.
        users: ids by login: admin, connector, finance, bare.
        company, other_company: the Belgian one in EUR, and one in USD in which only the administrator is.
    """

    instance: Instance
    keys: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    currencies: dict[str, int] = field(default_factory=dict)
    countries: dict[str, int] = field(default_factory=dict)
    journals: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    company: int = 0
    other_company: int = 0


def found(version: int, home: Home, clock: Callable[[], datetime]) -> Founded:
    """A new database with its users."""
    made = Founded(Instance(version, home, clock))
    _superuser(made)
    env = made.instance.superuser()
    _geography(made, env)
    made.company = _company(made, env, "BE Company CoA", "BE", "EUR", 1)
    made.other_company = _company(made, env, "My Company (San Francisco)", "US", "USD", 2)
    _ledger(made, env)
    _named_records(made, env)
    _users(made, env, home)
    return made


def _superuser(made: Founded) -> None:
    """User 1, who does all this, stands before there is anything for him to be part of."""
    env = made.instance.superuser()
    stamps = {"create_date": env.now, "write_date": env.now, "create_uid": 1, "write_uid": 1}
    users = env["res.users"]
    users.put(
        env,
        {"id": users.reserve(env), "login": "__system__", "active": False, "groups": (), **stamps}
        | {
            "company_ids": (1,),
            "company_id": 1,
            "lang": "en_US",
            "tz": None,
            "partner_id": 1,
        },
    )
    partners = env["res.partner"]
    system = {"id": partners.reserve(env), "name": "OdooBot", "complete_name": "OdooBot", "active": False, **stamps}
    partners.put(env, {**system, "commercial_partner_id": 1, "email": "odoobot@example.org"})
    env["res.company"].put(env, {"id": 1, "name": "BE Company CoA", "partner_id": 1, **stamps})


def _geography(made: Founded, env: Env) -> None:
    for code, name in COUNTRIES.items():
        made.countries[code] = env["res.country"].create_one(env, {"name": name, "code": code})
    for code, symbol, rate in (("EUR", "€", Decimal(1)), ("USD", "$", Decimal("1.10"))):
        id_ = env["res.currency"].create_one(env, {"name": code, "symbol": symbol})
        env["res.currency"].touch(env, id_, rate=rate)
        made.currencies[code] = id_
    for code, name in LANGUAGES.items():
        env["res.lang"].create_one(env, {"code": code, "name": name, "iso_code": code[:2]})


def _company(made: Founded, env: Env, name: str, country: str, currency: str, sequence: int) -> int:
    where = made.countries[country]
    partner = env["res.partner"].create_one(env, {"name": name, "is_company": True, "country_id": where})
    values: dict[str, Any] = {"name": name, "partner_id": partner, "currency_id": made.currencies[currency]}
    values |= {"sequence": sequence, "country_id": where, "email": "finance@example.org"}
    companies = env["res.company"]
    if sequence == 1:
        companies.reserve(env)
        companies.write_all(env, [1], {**values, "active": True})
        env["res.partner.bank"].create_one(env, {"acc_number": OWN_IBAN, "partner_id": partner})
        return 1
    return companies.create_one(env, values)


def _ledger(made: Founded, env: Env) -> None:
    """Journals and accounts of both companies; those of the Belgian one are named in `made`."""
    for company in (made.other_company, made.company):
        for code, name, kind in ACCOUNTS:
            values = {"code": code, "name": name, "account_type": kind}
            made.accounts[code] = env["account.account"].create_one(env, values)
            env["account.account"].touch(env, made.accounts[code], company_id=company)
        for name, code, kind in JOURNALS:
            journal = {"name": name, "code": code, "type": kind, "company_id": company}
            made.journals[code] = env["account.journal"].create_one(env, journal)
    manual = {"name": "Manual Payment", "code": "manual", "payment_type": "inbound"}
    env["account.payment.method"].create_one(env, manual)
    method = {"name": "Manual Payment", "code": "manual", "journal_id": made.journals["BNK1"]}
    env["account.payment.method.line"].create_one(env, method)
    for title, days in (("Immediate Payment", (0,)), ("30 Days", (30,)), ("30% Now, Balance 60 Days", (0, 60))):
        shares = (30, 70) if len(days) == 2 else (100,)
        lines = [(0, 0, {"value_amount": share, "nb_days": day}) for share, day in zip(shares, days, strict=True)]
        env["account.payment.term"].create_one(env, {"name": title, "line_ids": lines})


def _named_records(made: Founded, env: Env) -> None:
    """What is known by external id, and what the database tells about itself."""
    todo = env["mail.activity.type"].create_one(env, {"name": "To-Do"})
    external_ids.name_it(env, "mail.mail_activity_data_todo", "mail.activity.type", todo)
    for name, label, internal in (("mt_comment", "Discussions", False), ("mt_note", "Note", True)):
        subtype = env["mail.message.subtype"].create_one(env, {"name": label, "internal": internal})
        external_ids.name_it(env, f"mail.{name}", "mail.message.subtype", subtype)
    for external_id, (model, kind) in VIEWS.items():
        values = {"name": external_id, "model": model, "type": kind, "arch": f"<{kind}/>"}
        external_ids.name_it(env, external_id, "ir.ui.view", env["ir.ui.view"].create_one(env, values))
    for described in made.instance.models.values():
        id_ = env["ir.model"].create_one(env, {"name": described.description, "model": described.name})
        external_ids.name_it(env, f"base.model_{described.name.replace('.', '_')}", "ir.model", id_)
    for module in (*MODULES, *MODULES_BY_HOME[made.instance.home]):
        values = {"name": module, "latest_version": f"{made.instance.version}.0.1.0"}
        env["ir.module.module"].create_one(env, values)


def _users(made: Founded, env: Env, home: Home) -> None:
    for full_name in IMPLIED:
        group = env["res.groups"].create_one(env, {"name": full_name.split(".")[1], "full_name": full_name})
        external_ids.name_it(env, full_name, "res.groups", group)
    least = (USER, BILLING, CONTACTS, *((OCA_PAYMENT,) if home is Home.OCA else ()))
    add_user(made, "admin", (SETTINGS, ADVISER, CONTACTS, OCA_PAYMENT), (made.company, made.other_company))
    add_user(made, "connector", least, (made.company,))
    add_user(made, "finance", (*least, ADVISER), (made.company,))
    add_user(made, "bare", (USER,), (made.company,))


def add_user(made: Founded, login: str, groups: tuple[str, ...], companies: tuple[int, ...], email: str = "") -> int:
    """A user with partner, password (login followed by "-local") and API key."""
    env = made.instance.superuser()
    rows = made.instance.rows("res.groups")
    about = {"name": login.capitalize(), "email": email or f"{login}@example.org"}
    values = {"login": login, "partner_id": env["res.partner"].create_one(env, about)}
    values |= {"company_id": companies[0], "company_ids": list(companies), "lang": "en_US"}
    users = env["res.users"]
    id_ = users.create_one(env, values)
    users.put(env, {**users.row(env, id_), "groups": tuple(row["id"] for row in rows if row["full_name"] in groups)})
    made.users[login] = id_
    made.instance.passwords[id_] = f"{login}-local"
    ends = None if SETTINGS in groups else (env.now.date() + timedelta(days=KEY_DAYS_MAX - 1)).isoformat()
    as_user = made.instance.env(id_)
    made.keys[login] = env.the(ApiKeys).make(as_user, "made by hand", "rpc", ends)
    return id_
