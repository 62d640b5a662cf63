"""The key: when it ends, and how a new one takes its place where the server allows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from adapters.accounting.odoo.changes import instant
from adapters.accounting.odoo.client import OdooClient
from adapters.accounting.odoo.faults import Refused
from adapters.accounting.odoo.settings import OdooSettings
from connector.errors import ConnectorError, Fatal, UnknownOutcome
from connector.ports import Administrator, Probe

MODEL = "res.users.apikeys"
WARN_DAYS = 14
NEW_KEY_DAYS = 89  # of at most 90 that Odoo gives a user who is no administrator
_SWITCH = "base.enable_programmatic_api_keys"
_BY_HAND = (
    "Make a new key in Odoo (Preferences, Account Security), put it in the place of the old one, and remove that."
)


def end_of(client: OdooClient, now: datetime) -> Probe:
    """Whether a key of the user ends soon. Odoo tells the names of its keys, not which of them is in use."""
    what = f"{client.name}: end of the key"
    if "expiration_date" not in client.fields(MODEL):
        return Probe(what, ok=True, detail="Keys do not end on this version.")
    rows = client.read(MODEL, ("name", "expiration_date"), [["user_id", "=", client.server.user]])
    ending = sorted((instant(row["expiration_date"]), str(row["name"])) for row in rows if row["expiration_date"])
    ending = [(at, name) for at, name in ending if at > now]
    if not ending:
        return Probe(what, ok=True, detail="No key of this user ends.")
    at, name = ending[0]
    detail = f"The key {name!r} ends on {at.date().isoformat()}."
    if at - now > timedelta(days=WARN_DAYS):
        return Probe(what, ok=True, detail=detail)
    return Probe(what, ok=True, detail=detail, remedy=f"Run `sepa-connector odoo rotate-key`, or: {_BY_HAND}")


def rotate(client: OdooClient, settings: OdooSettings, administrator: Administrator, now: datetime) -> Iterator[Probe]:
    """Have a new key made, try it, put it in its place; the old one ends when the config reads the new one."""
    place = administrator.place_of("key")
    old = settings.key.get_secret_value()
    what, name = f"{client.name}: new key", f"sepa-connector {now.date()}"
    ends = (now + timedelta(days=NEW_KEY_DAYS)).astimezone(UTC)
    try:
        made = _make(client, old, name, ends)
    except UnknownOutcome as error:
        remedy = f"If the user has a new key named {name!r} in Odoo, remove it; then try again."
        yield Probe(what, ok=False, detail=f"{error.what} The old key stays in force.", remedy=remedy)
        return
    except ConnectorError as error:
        yield Probe(what, ok=False, detail=f"{_why_not(error)} The old key stays in force.", remedy=_BY_HAND)
        return
    renewed = client.with_key(made)
    try:
        if renewed.server.user != client.server.user:
            raise Fatal("The new key is of another user.")
        kept = place.keep(made)
    except ConnectorError as error:
        with suppress(ConnectorError):
            client.change(MODEL, "revoke", key=made)
        yield Probe(what, ok=False, detail=f"{error.what} The old key stays in force.", remedy=error.remedy)
    else:
        yield Probe(what, ok=True, detail=f"{kept.detail} It ends on {ends.date()}.", remedy=kept.remedy)
        yield _end_of_old(renewed, old, is_replaced=kept.is_in_force)
    finally:
        renewed.close()


def _make(client: OdooClient, old: str, name: str, ends: datetime) -> str:
    made = client.change(
        MODEL, "generate", key=old, scope="rpc", name=name, expiration_date=ends.strftime("%Y-%m-%d %H:%M:%S")
    )
    if not isinstance(made, str) or not made:
        raise Fatal("Odoo made no key.")
    return made


def _why_not(error: ConnectorError) -> str:
    refused = error.__cause__
    if isinstance(refused, Refused) and refused.is_about_a_missing_method:
        return "This version of Odoo does not make keys over its API."
    if isinstance(refused, Refused) and refused.short_name == "AccessError":
        return (
            "This Odoo does not let its users make keys over its API; an administrator can allow it under Settings, "
            f"Technical, System Parameters: {_SWITCH} = True."
        )
    return error.what


def _end_of_old(renewed: OdooClient, old: str, *, is_replaced: bool) -> Probe:
    what = f"{renewed.name}: old key"
    if not is_replaced:
        return Probe(what, ok=True, detail="It stays valid until somebody removes it in Odoo.")
    try:
        renewed.change(MODEL, "revoke", key=old)
    except ConnectorError as error:
        return Probe(what, ok=False, detail=error.what, remedy="Remove it in Odoo; the new one is in place.")
    return Probe(what, ok=True, detail="It is revoked.")
