"""What `check` tries of an Odoo connection, changing nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from adapters.accounting.odoo import batches, customers, invoices, key, mandates, payments, remarks, returns
from adapters.accounting.odoo.client import OdooClient
from adapters.accounting.odoo.fields import unknown_paths
from adapters.accounting.odoo.settings import OdooSettings
from connector.errors import ConnectorError, NoAccess
from connector.ports import Probe

_CONTACTS = 'the group "Contact Creation"'
_INVOICING = 'the group "Invoicing" (in older versions "Billing")'
_MANDATES = 'the group that may write mandates; for OCA\'s "Payments" (Accounting / Payments)'
_INTERNAL = "the right of an internal user"

RIGHTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (customers.MODEL, ("read", "write"), _CONTACTS),
    (customers.BANK, ("read", "create", "write"), _CONTACTS),
    (invoices.MODEL, ("read", "write", "create"), _INVOICING),
    (invoices.LINE, ("read",), _INVOICING),
    (payments.JOURNAL, ("read",), _INVOICING),
    (payments.MODEL, ("read", "create", "write"), _INVOICING),
    (payments.WIZARD, ("create",), _INVOICING),
    (returns.REVERSAL, ("create",), _INVOICING),
    ("mail.message", ("read", "create"), _INTERNAL),
    ("ir.attachment", ("read", "create"), _INTERNAL),
    (remarks.ACTIVITY, ("read", "create", "write"), _INTERNAL),
)
"""Model, what the connector does with it, and what gives the right."""


def probes(
    client: OdooClient, settings: OdooSettings, own_paths: Mapping[str, set[str]], now: datetime
) -> Iterator[Probe]:
    """Address, version and key, company, rights, mandates, journal; stops where nothing further can be told.

    Args:
        own_paths: what the company's own mapping names, by model.
    """
    try:
        server = client.server
        version = ".".join(map(str, server.version))
        yield Probe(f"{client.name}: Odoo {version}", ok=True, detail=f"over {server.protocol.value}")
        company = _company(client)
        yield company
        if not company.ok:
            return
        yield from _rights(client)
        yield key.end_of(client, now)
    except ConnectorError as error:
        yield Probe(f"{client.name}: connection", ok=False, detail=error.what, remedy=error.remedy)
        return
    yield _tried(client, "mandates", lambda: mandates.home_of(client).name)
    if client.may(payments.JOURNAL, "read"):  # else its right was told as missing
        yield _tried(client, f"journal {settings.journal}", lambda: str(payments.journal_of(client, settings.journal)))
    if settings.batch_payments:
        yield _tried(client, "batch payments", lambda: _batches(client))
    if settings.responsible and not remarks.user_of(client, settings.responsible):
        yield Probe(
            f"{client.name}: responsible user", ok=False, detail=f"Nobody has the login {settings.responsible!r}.",
            remedy="Correct `responsible` in the config; it is a login, not a name.",
        )  # fmt: skip
    if settings.fee_account and (fault := returns.fee_fault(client, settings)):
        yield Probe(f"{client.name}: fees", ok=False, detail=fault.what, remedy=fault.remedy)
    yield from _mapping(client, own_paths)


def _company(client: OdooClient) -> Probe:
    seen = client.ask(
        "res.company", "search_read", context={"allowed_company_ids": []}, domain=[], fields=["name"], order="id"
    )
    assert isinstance(seen, list)
    names = {row["id"]: str(row["name"]) for row in seen}
    what = f"{client.name}: company {client.company}"
    if client.company in names:
        return Probe(what, ok=True, detail=names[client.company])
    listed = ", ".join(f"{number} {name}" for number, name in names.items()) or "none"
    return Probe(
        what,
        ok=False,
        detail=f"The key sees: {listed}.",
        remedy="Write one of these into the config, or give the key's user the company.",
    )


def _rights(client: OdooClient) -> Iterator[Probe]:
    needed = list(RIGHTS)
    try:
        home = mandates.home_of(client)
        if home.model != customers.MODEL:
            needed.append((home.model, ("read", "create", "write"), _MANDATES))
    except ConnectorError:
        pass  # told by a probe of its own
    is_whole = True
    for model, operations, group in needed:
        missing = [operation for operation in operations if not client.may(model, operation)]
        if missing:
            is_whole = False
            yield Probe(
                f"{client.name}: right to {', '.join(missing)} {model}", ok=False, detail="It is missing.",
                remedy=f"Give the key's user {group}.",
            )  # fmt: skip
    if is_whole:
        yield Probe(f"{client.name}: rights", ok=True, detail=f"on {len(needed)} models")


def _batches(client: OdooClient) -> str:
    batches.check_there(client)
    missing = [operation for operation in ("read", "create", "write") if not client.may(batches.MODEL, operation)]
    if missing:
        raise NoAccess(
            f"The right to {', '.join(missing)} {batches.MODEL} is missing.",
            remedy=f"Give the key's user {_INVOICING}.",
        )
    return batches.MODEL


def _mapping(client: OdooClient, own_paths: Mapping[str, set[str]]) -> Iterator[Probe]:
    for model, paths in own_paths.items():
        if unknown := unknown_paths(client, model, paths):
            yield Probe(
                f"{client.name}: mapping", ok=False, detail=f"{model} has no {', '.join(unknown)}.",
                remedy="Correct the technical names in your mapping; developer mode shows them.",
            )  # fmt: skip


def _tried(client: OdooClient, what: str, find: Callable[[], str]) -> Probe:
    try:
        return Probe(f"{client.name}: {what}", ok=True, detail=find())
    except ConnectorError as error:
        return Probe(f"{client.name}: {what}", ok=False, detail=error.what, remedy=error.remedy)
