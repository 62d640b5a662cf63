"""odoo-client-lib over connections of our own: kept alive, with our time-outs, answers that tell what went wrong.

The library opens a connection for every call, waits for ever over JSON-RPC and 60 seconds over JSON-2, and puts the
server's traceback into its errors. So its connector (JSON-RPC) and its model (JSON-2) get a `Post` to send with; what
it knows of both protocols stays its own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import httpx2
from odoolib.json2 import Json2Connection, Json2Connector, JsonModel  # type: ignore[import-untyped]
from odoolib.rpc import Connection, JsonRPCConnector  # type: ignore[import-untyped]

from adapters.accounting.odoo.faults import Refused

# At its level "debug" the library logs the arguments of every call, the key among them.
logging.getLogger("odoolib").setLevel(logging.WARNING)


_VALUES = {"create": "vals_list", "write": "vals"}
"""Up to Odoo 18 models call this argument as they please: over JSON-RPC it goes by its position."""


class Call(NamedTuple):
    """One call of a method of a model.

    Attributes:
        ids: the records; None for a method of the model as a whole.
    """

    model: str
    method: str
    ids: list[int] | None
    arguments: Mapping[str, object]


class Transport(Protocol):
    """One of the two protocols."""

    def send(self, call: Call) -> object:
        """The answer of a call.

        Raises:
            Refused: an error was answered.
            httpx2.TransportError: nothing was answered.
            ValueError: something else than JSON was answered.
        """


class Post:
    """POST of JSON over one pool of connections."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def __call__(self, url: str, body: object, headers: Mapping[str, str] | None = None) -> Any:
        content = json.dumps(body, default=_encode)
        told = {"Content-Type": "application/json", **(headers or {})}
        answer = self._client.post(url, content=content, headers=told)
        if answer.status_code != 200:
            raise _refused(answer)
        return json.loads(answer.content, parse_float=Decimal)


class _JsonRpcConnector(JsonRPCConnector):  # type: ignore[misc]
    """The library's connector, sending with our connections."""

    def __init__(self, url: str, post: Post) -> None:
        self.url = f"{url}/jsonrpc"
        self._post = post

    def send(self, service_name: str, method: str, *args: object) -> object:
        params = {"service": service_name, "method": method, "args": args}
        answer = self._post(self.url, {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1})
        if not isinstance(answer, dict):
            raise ValueError("no JSON-RPC")
        if error := answer.get("error"):
            data = error.get("data") or {}
            raise Refused(str(data.get("name") or error.get("message")), str(data.get("message") or ""), 200)
        return answer.get("result")


class JsonRpc:
    """JSON-RPC: Odoo 16 to 21."""

    def __init__(self, url: str, post: Post, database: str, login: str, key: str) -> None:
        self._connection = Connection(_JsonRpcConnector(url, post), database, login, key)

    def version(self) -> list[object]:
        """The server's version as a list, e.g. [17, 0, 0, "final", 0, ""]."""
        answer = self._connection.get_service("common").version()
        return list(answer["server_version_info"]) if isinstance(answer, dict) else []

    def log_in(self) -> bool:
        """Find the user of login and key. False if they are refused."""
        common = self._connection.get_service("common")
        user = common.login(self._connection.database, self._connection.login, self._connection.password)
        self._connection.user_id = user or None
        return bool(user)

    def send(self, call: Call) -> object:
        """Make one call and return what the server answers, as JSON has it."""
        # The library's own `search_read` of this protocol makes two calls; what stands behind it makes one.
        method: Callable[..., object] = self._connection.get_model(call.model).__getattr__(call.method)
        named = dict(call.arguments)
        positional: list[object] = [] if call.ids is None else [call.ids]
        if (values := _VALUES.get(call.method)) is not None:
            positional.append(named.pop(values))
        return method(*positional, **named)


class _Json2Model(JsonModel):  # type: ignore[misc]
    """The library's model, sending with our connections. Keyword arguments only."""

    connection: Any

    def __getattr__(self, method: str) -> Callable[..., object]:
        def send(**arguments: object) -> object:
            answer: object = self.connection.post(self._url(method), arguments, self.connection.bearer_header)
            return answer

        return send


class Json2:
    """JSON-2: Odoo 19 and later."""

    def __init__(self, url: str, post: Post, database: str, key: str) -> None:
        connector = Json2Connector("")
        connector.url = f"{url}/json/2/"
        self._connection = Json2Connection(connector, database, key)
        self._connection.post = post

    def send(self, call: Call) -> object:
        """Make one call and return what the server answers, as JSON has it."""
        records = {} if call.ids is None else {"ids": call.ids}
        method = _Json2Model(self._connection, call.model).__getattr__(call.method)
        return method(**records, **call.arguments)


def _encode(value: object) -> str | float:
    """Dates travel as text. Amounts as numbers: Odoo reckons with them before a field has read them.

    JSON has one kind of number and Odoo reads it as a binary fraction: two decimals come out there as they went in.
    """
    if isinstance(value, Decimal):
        return float(value)
    isoformat = getattr(value, "isoformat", None)
    if isoformat is None:
        raise TypeError(f"{type(value).__name__} has no form in Odoo's JSON")
    return str(isoformat())


def _refused(answer: httpx2.Response) -> Refused:
    wait = answer.headers.get("Retry-After", "")
    retry_after = int(wait) if wait.isdecimal() else None
    try:
        told = json.loads(answer.content)
    except ValueError:
        told = None
    if isinstance(told, dict) and isinstance(told.get("name"), str):
        return Refused(told["name"], str(told.get("message") or ""), answer.status_code, retry_after)
    return Refused("", "", answer.status_code, retry_after)
