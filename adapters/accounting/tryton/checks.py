"""What `check` tries of a Tryton connection, changing nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.accounting.tryton import customers, invoices, mandates, payments
from adapters.accounting.tryton.client import TrytonClient
from adapters.accounting.tryton.settings import TrytonSettings
from connector.errors import ConnectorError
from connector.ports import Probe

VERSION_MIN = (8, 2)  # earlier ones do not tell when a record was changed in one field
RIGHTS: Mapping[str, tuple[str, ...]] = {
    customers.MODEL: ("read",),
    invoices.MODEL: ("read",),
    "account.move.line": ("read",),
    mandates.MODEL: ("read", "create", "write"),
    "bank.account": ("read", "create", "write"),
    payments.JOURNAL: ("read",),
    payments.MODEL: ("read", "create", "write"),
}
_GUIDE = "docs/packages/tryton.md"


def probes(client: TrytonClient, settings: TrytonSettings) -> Iterator[Probe]:
    """Address and version, key and company, rights, journal, login; stops where nothing further can be told."""
    name = client.name
    try:
        yield _version(client)
        company = _company(client)
        yield company
        if not company.ok:
            return
        yield from _rights(client)
        yield from _category(client, settings.category)
    except ConnectorError as error:
        yield Probe(f"{name}: connection", ok=False, detail=error.what, remedy=error.remedy)
        return
    yield _journal(client, settings.journal)
    yield _login(client)


def _version(client: TrytonClient) -> Probe:
    version = client.version()
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    return Probe(
        f"{client.name}: Tryton {version}",
        ok=numbers >= VERSION_MIN,
        remedy="" if numbers >= VERSION_MIN else "Use Tryton 8.2 or later.",
    )


def _company(client: TrytonClient) -> Probe:
    seen = client.read("company.company", ("party.name",))
    names = {row["id"]: _name(row["party"]) for row in seen}
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


def _name(party: object) -> str:
    return str(party.get("name")) if isinstance(party, Mapping) else ""


def _rights(client: TrytonClient) -> Iterator[Probe]:
    found = client.access(list(RIGHTS))
    missing = [
        f"{right} {model}"
        for model, rights in RIGHTS.items()
        for right in rights
        if not found.get(model, {}).get(right)
    ]
    yield Probe(
        f"{client.name}: rights",
        ok=not missing,
        detail=f"Missing: {', '.join(missing)}." if missing else "",
        remedy=f"Give the key's user the groups that {_GUIDE} names." if missing else "",
    )


def _category(client: TrytonClient, name: str) -> Iterator[Probe]:
    if not name:
        return
    found = client.read("party.category", (), [["name", "=", name]], limit=1)
    yield Probe(
        f"{client.name}: category {name}",
        ok=bool(found),
        detail="" if found else "Tryton has no party category of this name: no customer would be read.",
        remedy="" if found else "Correct the category in the config, or leave it out to read all parties.",
    )


def _journal(client: TrytonClient, name: str) -> Probe:
    what = f"{client.name}: payment journal {name}"
    try:
        payments.journal_of(client, name)
    except ConnectorError as error:
        return Probe(what, ok=False, detail=error.what, remedy=error.remedy)
    return Probe(what, ok=True)


def _login(client: TrytonClient) -> Probe:
    what = f"{client.name}: login"
    if not client.has_login:
        return Probe(
            what,
            ok=False,
            detail="Without login and password no payment can be registered.",
            remedy=f"Write both into the config; {_GUIDE} says why.",
        )
    try:
        client.login_works()
    except ConnectorError as error:
        return Probe(what, ok=False, detail=error.what, remedy=error.remedy)
    return Probe(what, ok=True)
