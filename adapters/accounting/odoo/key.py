"""The key: when it ends, and how a new one takes its place where the server allows it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.accounting.odoo.changes import instant
from adapters.accounting.odoo.client import OdooClient
from adapters.accounting.odoo.faults import Refused
from adapters.accounting.odoo.settings import OdooSettings
from connector.errors import ConfigError, ConnectorError
from connector.ports import Probe

MODEL = "res.users.apikeys"
WARN_DAYS = 14
NEW_KEY_DAYS = 89  # of at most 90 that Odoo gives a user who is no administrator
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


def rotate(client: OdooClient, settings: OdooSettings, folder: Path, now: datetime) -> Iterator[Probe]:
    """Have a new key made, put it into its file, try it, and revoke the old one."""
    what = f"{client.name}: new key"
    if settings.key_file is None:
        raise ConfigError(
            "The config does not name a file for the key.",
            where=client.name,
            remedy="Write the key into a file, `key: file:odoo-key` and `key_file: odoo-key` into the config.",
        )
    path = folder / settings.key_file
    old = settings.key.get_secret_value()
    if not path.is_file() or path.read_text(encoding="utf-8").strip() != old:
        raise ConfigError(
            f"The file {settings.key_file} does not hold the key in use.",
            where=client.name,
            remedy="Let `key` read from it: `key: file:...` with the same path as `key_file`.",
        )
    ends = (now + timedelta(days=NEW_KEY_DAYS)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    try:
        made = client.change(
            MODEL, "generate", key=old, scope="rpc", name=f"sepa-connector {now.date()}", expiration_date=ends
        )
    except ConnectorError as error:
        if not isinstance(error.__cause__, Refused) or not error.__cause__.is_about_a_missing_method:
            raise
        yield Probe(what, ok=False, detail="This server does not let keys be made over its API.", remedy=_BY_HAND)
        return
    if not isinstance(made, str) or not made:
        yield Probe(what, ok=False, detail="Odoo made no key.", remedy=_BY_HAND)
        return
    _replace(path, made)
    yield Probe(what, ok=True, detail=f"It stands in {settings.key_file} and ends on {ends[:10]}.")
    renewed = OdooClient(settings.model_validate({**settings.model_dump(), "key": made}), client.name)
    try:
        renewed.change(MODEL, "revoke", key=old)
        yield Probe(f"{client.name}: old key", ok=True, detail="It is revoked.")
    except ConnectorError as error:
        yield Probe(
            f"{client.name}: old key", ok=False, detail=error.what, remedy="Remove it in Odoo; the new one is in place."
        )
    finally:
        renewed.close()


def _replace(path: Path, key: str) -> None:
    """The file holds the old key or the new one whole, for its owner's eyes."""
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
