"""Who answers at the address: which version of Odoo, over which protocol, and as which user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2

from adapters.accounting.odoo import faults
from adapters.accounting.odoo.faults import Refused
from adapters.accounting.odoo.settings import OdooSettings, Protocol
from adapters.accounting.odoo.wire import Call, Json2, JsonRpc, Post, Transport
from connector.errors import NoAccess
from connector.model.customer import Language

VERSION_MIN = (16, 0)
JSON2_SINCE = (19, 0)

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Server:
    """An Odoo server that has let us in.

    Attributes:
        version: major and minor, e.g. (17, 0).
        user: id of the key's user.
        language: of that user, if it is one of ours.
    """

    version: tuple[int, int]
    protocol: Protocol
    transport: Transport
    user: int
    language: Language | None


def open_server(settings: OdooSettings, name: str, http: httpx2.Client) -> Server:
    """Find out version and protocol, and log in.

    Raises:
        Retriable: nobody answers.
        NoAccess: no Odoo, one that is too old, or one that refuses the key.
    """
    where = f"{name}: connection"
    post = Post(http)
    key = settings.key.get_secret_value()
    json_rpc = JsonRpc(settings.url, post, settings.database, settings.login, key)
    version = _version(settings, http, json_rpc, where)
    if version < VERSION_MIN:
        raise NoAccess(
            f"This is Odoo {version[0]}.{version[1]}.",
            where=where,
            remedy="Use Odoo 16 or later: earlier is not known.",
        )
    protocol = settings.protocol
    if protocol is Protocol.AUTO:
        protocol = Protocol.JSON2 if version >= JSON2_SINCE else Protocol.JSONRPC
    transport: Transport
    if protocol is Protocol.JSON2:
        transport = Json2(settings.url, post, settings.database, key)
    else:
        if not settings.login:
            raise NoAccess(
                "JSON-RPC needs a login.", where=where, remedy="Write the login of the key's user as `login`."
            )
        if not _told(json_rpc.log_in, where):
            raise faults.key_refused(where)
        transport = json_rpc
    context = _told(lambda: transport.send(Call("res.users", "context_get", None, {})), where)
    if not isinstance(context, dict) or not isinstance(context.get("uid"), int):
        raise faults.of_other_content(changes=False, where=where)
    return Server(version, protocol, transport, context["uid"], _language(str(context.get("lang") or "")))


def _version(settings: OdooSettings, http: httpx2.Client, json_rpc: JsonRpc, where: str) -> tuple[int, int]:
    """Newer servers tell it at an address of its own, older ones over JSON-RPC."""
    answer = _told(lambda: http.get(f"{settings.url}/web/version"), where)
    told: Any = None
    if answer.status_code == 200:
        try:
            told = answer.json().get("version_info")
        except (ValueError, AttributeError):
            told = None
    if told is None:
        told = _told(json_rpc.version, where)
    match told:
        case [int(major), int(minor), *_]:
            return major, minor
        case [str(major), int(minor), *_] if "~" in major:  # Odoo Online between two releases: "saas~18", 2
            return int(major.partition("~")[2] or 0), minor
    raise faults.of_other_content(changes=False, where=where)


def _told(ask: Callable[[], _Answer], where: str) -> _Answer:
    """An answer, or the error of ours that its absence means."""
    try:
        return ask()
    except Refused as refused:
        raise faults.of_refusal(refused, changes=False, where=where) from refused
    except httpx2.TransportError as error:
        raise faults.of_silence(error, changes=False, where=where) from error
    except ValueError as error:
        raise faults.of_other_content(changes=False, where=where) from error


def _language(code: str) -> Language | None:
    short = code[:2]
    return Language(short) if short in {language.value for language in Language} else None
