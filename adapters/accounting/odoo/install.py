"""`odoo install`: what an administrator makes once, so that finance users see mandates and planned collections.

Fields on the contact (unless a module keeps mandates), fields on the invoice, and with them a page on the contact, list
columns and filters. Safe to repeat: what is there stays, views are brought up to date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from html import escape
from typing import NamedTuple

from adapters.accounting.odoo import custom, remarks
from adapters.accounting.odoo.client import OdooClient
from adapters.accounting.odoo.mandates import OF_MODULES
from adapters.accounting.odoo.settings import OdooSettings
from adapters.accounting.odoo.texts import text
from connector.errors import ConnectorError
from connector.model.customer import Language
from connector.ports import Administrator, Probe, Question

CONTACT, INVOICE = "res.partner", "account.move"
LOGIN = Question("ODOO_ADMIN_LOGIN", "Login of an administrator of Odoo")
KEY = Question("ODOO_ADMIN_KEY", "API key of that administrator (used once, not kept)", secret=True)


class NewField(NamedTuple):
    """A field that is made. `label` is a key of texts.yaml; `options` are keys and labels of a selection."""

    model: str
    name: str
    type: str
    label: str
    options: Mapping[str, str] = {}
    size: int = 0


class View(NamedTuple):
    """What is added to a view of Odoo: an inheriting view with one xpath."""

    name: str
    model: str
    inherits: str
    xpath: str
    position: str
    content: Callable[[Language], str]


_STATES = {state: f"state.{state}" for state in custom.STATES.values()}
_SCHEMES = {"CORE": "", "B2B": ""}
CONTACT_FIELDS = (
    NewField(CONTACT, custom.REFERENCE, "char", "field.mandate", size=35),
    NewField(CONTACT, custom.STATE, "selection", "field.state", _STATES),
    NewField(CONTACT, custom.SIGNED_ON, "date", "field.signed_on"),
    NewField(CONTACT, custom.SCHEME, "selection", "field.scheme", _SCHEMES),
    NewField(CONTACT, custom.IBAN, "char", "field.iban"),
    NewField(CONTACT, custom.LAST_USED_ON, "date", "field.last_used_on"),
    NewField(CONTACT, custom.WRITTEN, "char", "field.written"),
)
INVOICE_FIELDS = (
    NewField(INVOICE, remarks.MANDATE, "char", "field.mandate", size=35),
    NewField(INVOICE, remarks.COLLECTION_DATE, "date", "field.collection_date"),
)


def _page(language: Language) -> str:
    inside = "".join(f'<field name="{field.name}"/>' for field in CONTACT_FIELDS if field.name != custom.WRITTEN)
    return f'<page name="x_sepa" string="{_said(language, "field.mandate")}"><group>{inside}</group></page>'


def _with_mandate(language: Language) -> str:
    domain = f"[('{custom.REFERENCE}','!=',False)]"
    return f'<filter name="x_sepa" string="{_said(language, "filter.with_mandate")}" domain="{domain}"/><separator/>'


def _planned(language: Language) -> str:
    domain = f"[('{remarks.COLLECTION_DATE}','!=',False)]"
    return f'<filter name="x_sepa" string="{_said(language, "filter.planned")}" domain="{domain}"/>'


def _where_filled(field: NewField) -> str:
    return f'<field name="{field.name}" readonly="1" invisible="not {field.name}"/>'


CONTACT_VIEWS = (
    View("contact_form", CONTACT, "base.view_partner_form", "//notebook", "inside", _page),
    View(
        "contact_list", CONTACT, "base.view_partner_tree", "//field[@name='email']", "after",
        lambda _: f'<field name="{custom.REFERENCE}" optional="show"/><field name="{custom.STATE}" optional="show"/>',
    ),
    View(
        "contact_search", CONTACT, "base.view_res_partner_filter", "//filter[@name='inactive']", "before",
        _with_mandate,
    ),
)  # fmt: skip
INVOICE_VIEWS = (
    View(
        "invoice_form", INVOICE, "account.view_move_form", "//field[@name='payment_reference']", "after",
        lambda _: "".join(map(_where_filled, INVOICE_FIELDS)),
    ),
    View(
        "invoice_list", INVOICE, "account.view_out_invoice_tree", "//field[@name='invoice_date_due']", "after",
        lambda _: f'<field name="{remarks.COLLECTION_DATE}" optional="show"/>',
    ),
    View("invoice_search", INVOICE, "account.view_account_invoice_filter", "//search", "inside", _planned),
)  # fmt: skip


def install(settings: OdooSettings, name: str, administrator: Administrator) -> Iterator[Probe]:
    """Make what is missing, as an administrator of Odoo, whose key is used this once and not kept."""
    client = OdooClient(_as_administrator(settings, administrator), name)
    try:
        yield from _install(client, settings.language or client.server.language or Language.ENGLISH)
    finally:
        client.close()


def _install(client: OdooClient, language: Language) -> Iterator[Probe]:
    module = next((kind.name for kind in OF_MODULES if client.fields(kind.model)), "")
    if module:
        yield Probe(f"{client.name}: contact", ok=True, detail=f"Needs no fields: mandates are kept as {module}.")
    fields, views = list(INVOICE_FIELDS), list(INVOICE_VIEWS)
    if not module:
        fields, views = [*CONTACT_FIELDS, *fields], [*CONTACT_VIEWS, *views]
    for field in fields:
        yield _told(client, f"field {field.name} of {field.model}", partial(_make, client, language, field))
    for view in views:
        yield _told(client, f"view {view.name}", partial(_add, client, language, view))


def _told(client: OdooClient, what: str, do: Callable[[], str]) -> Probe:
    try:
        return Probe(f"{client.name}: {what}", ok=True, detail=do())
    except ConnectorError as error:
        return Probe(f"{client.name}: {what}", ok=False, detail=error.what, remedy=error.remedy)


def _make(client: OdooClient, language: Language, field: NewField) -> str:
    if client.ids("ir.model.fields", [["model", "=", field.model], ["name", "=", field.name]], limit=1):
        return "is there"
    values: dict[str, object] = {
        "name": field.name,
        "model_id": client.ids("ir.model", [["model", "=", field.model]], limit=1)[0],
        "ttype": field.type,
        "field_description": text(language, field.label),
        "copied": False,
    }
    if field.size:
        values["size"] = field.size
    if field.options:
        values["selection_ids"] = [
            [0, 0, {"value": option, "name": text(language, label) if label else option, "sequence": number}]
            for number, (option, label) in enumerate(field.options.items())
        ]
    client.create("ir.model.fields", [values])
    return "made"


def _add(client: OdooClient, language: Language, view: View) -> str:
    arch = f'<xpath expr="{view.xpath}" position="{view.position}">{view.content(language)}</xpath>'
    if client.server.version < (17, 0):  # there this attribute takes no expression, and empty fields are seen
        arch = re.sub(r' invisible="[^"]*"', "", arch)
    name = f"sepa_connector.{view.name}"
    found = client.read("ir.ui.view", ("arch",), [["name", "=", name]], limit=1)
    if found:
        client.write("ir.ui.view", [int(str(found[0]["id"]))], {"arch": arch})
        return "brought up to date"
    values = {"name": name, "model": view.model, "mode": "extension", "arch": arch}
    client.create("ir.ui.view", [{**values, "inherit_id": client.reference(view.inherits)}])
    return "made"


def _said(language: Language, key: str) -> str:
    return escape(text(language, key), quote=True)


def _as_administrator(settings: OdooSettings, administrator: Administrator) -> OdooSettings:
    told = {"login": administrator.ask(LOGIN), "key": administrator.ask(KEY)}
    return settings.model_validate({**settings.model_dump(), **told})
