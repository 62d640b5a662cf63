"""Contacts and their bank accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from stdnum import iban
from stdnum.eu import vat

from tests.counterparts.odoo.errors import UserError, ValidationError
from tests.counterparts.odoo.exposed import on_model
from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Model
from tests.counterparts.odoo.models.threads import Thread
from tests.counterparts.odoo.rights import CONTACTS, PORTAL, SETTINGS, TRUST_ACCOUNTS, USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

PICTURES = ("avatar_1920", "avatar_1024", "avatar_512", "avatar_256", "avatar_128")
PICTURE = "PD94bWwgdmVyc2lvbj0nMS4wJz8+" * 150  # about 4 kB each: asking for all fields is dear
COMMERCIAL = ("vat", "company_registry")


class Partners(Thread, Model):
    """res.partner."""

    name = "res.partner"
    description = "Contact"
    order = "complete_name, id desc"
    access: ClassVar[Access] = {USER: "r", PORTAL: "r", CONTACTS: "rwcd"}
    company_rule = "shared"
    indexed = ("parent_id",)

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a contact: `mobile` is gone on 19, which closes `rtc_session_ids`."""
        yield from of("char", "name", "ref", "email", "phone", "street", "street2", "zip", "city", "website")
        yield from of("char", "mobile", until=18)
        yield from of("char", "vat", "company_registry", "tz", "function")
        yield from of("char", "complete_name", "commercial_company_name", "email_normalized", readonly=True)
        yield from of("html", "comment")
        yield from of("boolean", "active", default=True)
        yield from of("boolean", "is_company", "partner_share", "employee")
        yield from of("integer", "customer_rank", "supplier_rank", "color", default=0)
        yield choice("type", "contact", "invoice", "delivery", "other", default="contact")
        yield choice("lang", "en_US", "nl_BE", "fr_BE", "de_DE", "nl_NL", "fr_FR")
        yield choice("company_type", "person", "company", compute=_company_type)
        yield link("parent_id", "res.partner")
        yield link("commercial_partner_id", "res.partner", readonly=True)
        yield link("company_id", "res.company")
        yield link("country_id", "res.country")
        yield link("user_id", "res.users", string="Salesperson")
        yield Field("country_code", "char", "Country Code", compute=_country_code)
        yield Field("category_id", "many2many", "Tags", "res.partner.category")
        yield Field("child_ids", "one2many", "Contact", "res.partner", "parent_id")
        yield Field("bank_ids", "one2many", "Banks", "res.partner.bank", "partner_id")
        yield Field("invoice_ids", "one2many", "Invoices", "account.move", "partner_id", readonly=True)
        yield link("property_payment_term_id", "account.payment.term", company_dependent=True)
        yield choice("trust", "good", "normal", "bad", company_dependent=True)
        yield from of("char", "barcode", company_dependent=True)
        for picture in PICTURES:
            yield Field(picture, "binary", "Avatar", compute=lambda _env, _row: PICTURE)
        yield Field("rtc_session_ids", "text", "RTC Sessions", since=19, groups=SETTINGS, compute=_nothing)
        yield from self.of_threads()
        if home == "oca":
            yield link("customer_payment_mode_id", "account.payment.mode", company_dependent=True)
            yield link("valid_mandate_id", "account.banking.mandate", compute=valid_mandate)
            yield Field("mandate_count", "integer", "Number of Mandates", compute=_mandate_count)

    def display_name(self, env: Env, row: Row) -> str:
        """A person of a company is named after it."""
        return str(row.get("complete_name") or row.get("name") or "")

    def defaults(self, env: Env) -> Row:
        """New contacts speak the language of whoever makes them."""
        return {"lang": env.context.get("lang") or env.user["lang"] or "en_US", **super().defaults(env)}

    def computed(self, env: Env, row: Row) -> Row:
        """Commercial partner and complete name."""
        if row.get("vat") and not _is_vat(env, row["vat"]):
            raise ValidationError(
                f"The VAT number [{row['vat']}] for partner [{row.get('name')}] does not seem to be valid. \n"
                "Note: the expected format is BE0477472701"
            )
        parent = self.row(env, row["parent_id"]) if row.get("parent_id") else None
        if parent is None or row.get("is_company"):
            return {**row, "commercial_partner_id": row["id"], "complete_name": row.get("name")}
        return {
            **row,
            "commercial_partner_id": parent["commercial_partner_id"],
            "complete_name": f"{parent.get('name')}, {row.get('name') or row.get('type')}",
            **{name: parent.get(name) for name in COMMERCIAL},
        }

    def delete_all(self, env: Env, ids: Iterable[int]) -> None:
        """Not once an invoice names it, be it a draft."""
        ids = list(ids)
        if env.database.tables.of["account.move"].where("partner_id", ids):
            raise UserError("The partner cannot be deleted because it is used in Accounting")
        super().delete_all(env, ids)

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """What a company hands down to its contacts rewrites them: they bump too."""
        if names & {*COMMERCIAL, "name", "is_company", "parent_id"} and not created:
            for id_ in ids:
                for child in env.database.tables.of[self.name].where("parent_id", [id_]):
                    renamed = self.computed(env, self.row(env, child))
                    if names & set(COMMERCIAL):
                        renamed |= {"write_date": env.now, "write_uid": env.user_id}
                    self.put(env, renamed)


def _company_type(env: Env, row: Row) -> str:
    return "company" if row.get("is_company") else "person"


def _country_code(env: Env, row: Row) -> Any:
    return env["res.country"].row(env, row["country_id"])["code"] if row.get("country_id") else None


def _nothing(env: Env, row: Row) -> None:
    return None


def _mandates(env: Env, row: Row) -> list[Row]:
    table = env.database.tables.of["account.banking.mandate"]
    found = (table.rows[id_] for id_ in table.where("partner_id", [row["commercial_partner_id"]]))
    return [mandate for mandate in found if mandate["company_id"] in env.companies]


def valid_mandate(env: Env, row: Row) -> Any:
    """The mandate of a partner that may be used in the companies asked for."""
    return next((mandate["id"] for mandate in _mandates(env, row) if mandate["state"] == "valid"), None)


def _mandate_count(env: Env, row: Row) -> int:
    return len(_mandates(env, row))


def _is_vat(env: Env, number: str) -> bool:
    """17 checks VAT numbers of the union; 19 let a wrong one pass in the setup that was measured."""
    return env.version != 17 or not number[:2].isalpha() or bool(vat.is_valid(number))


class BankAccounts(Thread, Model):
    """res.partner.bank. What is done to an account never bumps its partner."""

    name = "res.partner.bank"
    description = "Bank Accounts"
    order = "sequence, id"
    access: ClassVar[Access] = {USER: "r", CONTACTS: "rwcd"}
    company_rule = "shared"
    indexed = ("partner_id", "sanitized_acc_number")

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of an account."""
        yield from of("char", "acc_number", required=True)
        yield from of("char", "sanitized_acc_number", readonly=True)
        yield choice("acc_type", "bank", "iban", compute=_acc_type)
        yield link("partner_id", "res.partner", required=True, string="Account Holder")
        yield from of("char", "acc_holder_name")
        yield from of("boolean", "allow_out_payment")
        yield from of("boolean", "active", default=True)
        yield from of("integer", "sequence", default=10)
        yield link("bank_id", "res.bank")
        yield Field("bank_name", "char", "Name", compute=_of_bank("name"))
        yield Field("bank_bic", "char", "Bank Identifier Code", compute=_of_bank("bic"))
        yield link("company_id", "res.company", readonly=True)
        yield link("currency_id", "res.currency")
        yield from self.of_threads()
        if home == "oca":
            yield Field(
                "mandate_ids", "one2many", "Direct Debit Mandates", "account.banking.mandate", "partner_bank_id"
            )

    def display_name(self, env: Env, row: Row) -> str:
        """The number, with the bank if it is known."""
        bank = _of_bank("name")(env, row)
        return f"{row['acc_number']} - {bank}" if bank else str(row["acc_number"])

    def computed(self, env: Env, row: Row) -> Row:
        """An IBAN is stored in groups of four; anything else as it came, as a plain bank account."""
        number = row.get("acc_number") or ""
        plain = sanitized(number)
        company = env["res.partner"].row(env, row["partner_id"]).get("company_id") if row.get("partner_id") else None
        pretty = " ".join(re.findall(".{1,4}", plain)) if is_iban(plain) else number
        return {**row, "acc_number": pretty, "sanitized_acc_number": plain, "company_id": company}

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """A number stands once for a partner; trusting an account needs a group."""
        if "allow_out_payment" in names and not env.is_superuser and TRUST_ACCOUNTS not in env.groups:
            raise UserError("You do not have the rights to trust or un-trust accounts.")
        table = env.database.tables.of[self.name]
        for id_ in ids:
            row = self.row(env, id_)
            same = table.where("sanitized_acc_number", [row["sanitized_acc_number"]])
            if any(table.rows[other]["partner_id"] == row["partner_id"] for other in same if other != id_):
                raise ValidationError(
                    "The operation cannot be completed: The combination Account Number/Partner must be unique."
                )

    def searched(self, env: Env, name: str, value: Any) -> Any:
        """A number is looked up however it is spaced."""
        if name not in {"acc_number", "sanitized_acc_number"} or not value:
            return value
        return (
            [self._stored_form(name, one) for one in value]
            if isinstance(value, list)
            else (self._stored_form(name, value))
        )

    def delete_all(self, env: Env, ids: Iterable[int]) -> None:
        """17 deletes, unless a mandate points to the account; 18 and 19 only archive."""
        ids = list(ids)
        if env.version >= 18:
            for id_ in ids:
                self.touch(env, id_, active=False)
            return
        for model in {
            "account.banking.mandate",
            "sdd.mandate",
            "account.direct.debit.mandate",
        } & env.database.models.keys():
            table = env.database.tables.of[model]
            if table.where("partner_bank_id", ids):
                raise ValidationError(
                    "The operation cannot be completed: another model requires the record being deleted. If possible, "
                    f"archive it instead.\n\nModel: {env[model].description} ({model})\n"
                    "Constraint: account_banking_mandate_partner_bank_id_fkey"
                )
        super().delete_all(env, ids)

    def _stored_form(self, name: str, number: Any) -> Any:
        plain = sanitized(str(number))
        if name == "sanitized_acc_number" or not is_iban(plain):
            return plain if name == "sanitized_acc_number" else number
        return " ".join(re.findall(".{1,4}", plain))

    @on_model
    def retrieve_acc_type(self, env: Env, acc_number: str) -> str:
        """What kind of number this would be."""
        return "iban" if is_iban(sanitized(acc_number)) else "bank"


def is_iban(number: str) -> bool:
    """Length and check digits as the country has them; what a bank's own number is made of is not looked at."""
    return bool(iban.is_valid(number, check_country=False))


def sanitized(number: str) -> str:
    """A number without signs, in capitals."""
    return re.sub(r"\W+", "", number).upper()


def _acc_type(env: Env, row: Row) -> str:
    return "iban" if is_iban(row["sanitized_acc_number"]) else "bank"


def _of_bank(name: str) -> Any:
    def read(env: Env, row: Row) -> Any:
        return env["res.bank"].row(env, row["bank_id"])[name] if row.get("bank_id") else None

    return read


class Banks(Model):
    """res.bank."""

    name = "res.bank"
    description = "Bank"
    order = "name"
    access: ClassVar[Access] = {USER: "r", CONTACTS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a bank."""
        return [*of("char", "name", required=True), *of("char", "bic"), *of("boolean", "active", default=True)]
