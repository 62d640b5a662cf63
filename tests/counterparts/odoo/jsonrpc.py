"""The services `common` and `object` over /jsonrpc: always 200, with a result or an error in the body."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tests.counterparts.odoo.answers import Answer, json_answer
from tests.counterparts.odoo.errors import OdooError, ServerFault, UserError, type_error
from tests.counterparts.odoo.instance import Instance

BY_POSITION = {"create": "vals_list", "write": "vals"}
"""Until 18 each model has a name of its own for these, so they go by their place."""
LEVELS = {17: "17.0", 18: "18.0", 19: "19.0"}


def answer(instance: Instance, request: Any, begin: Callable[[str], datetime]) -> Answer:
    """One JSON-RPC call; `begin` is told what is called and gives the start of the transaction."""
    if not isinstance(request, dict) or not isinstance(request.get("params"), dict):
        return Answer(400, b"Invalid JSON-RPC data", {"Content-Type": "text/html; charset=utf-8"})
    told: dict[str, Any] = {"jsonrpc": "2.0", "id": request.get("id")}
    try:
        result = _dispatch(instance, request["params"], begin)
    except OdooError as error:
        told["error"] = {
            "code": 200 if instance.version < 19 else 0,
            "message": "Odoo Server Error",
            "data": error.serialized(),
        }
    else:
        if result is not None:
            told["result"] = result
    return json_answer(200, told)


def called(request: Any) -> str:
    """The model.method that a request is about, "" if it is about none."""
    try:
        params = request["params"]
        return f"{params['args'][3]}.{params['args'][4]}" if params["service"] == "object" else ""
    except (KeyError, IndexError, TypeError):
        return ""


def _dispatch(instance: Instance, params: dict[str, Any], begin: Callable[[str], datetime]) -> Any:
    service, method, args = params.get("service"), params.get("method"), params.get("args") or []
    if service == "common":
        return _common(instance, str(method), args)
    if service == "object":
        return _object(instance, str(method), args, begin)
    raise ServerFault("builtins.KeyError", f"{service!r}")


def _common(instance: Instance, method: str, args: Sequence[Any]) -> Any:
    if method == "version":
        return {
            "server_version": LEVELS[instance.version],
            "server_version_info": [instance.version, 0, 0, "final", 0, ""],
            "server_serie": LEVELS[instance.version],
            "protocol_version": 1,
        }
    if method not in {"login", "authenticate"}:
        raise ServerFault("builtins.Exception", f"Method not found: {method}")
    _check_database(instance, args)
    login, password = args[1], args[2]
    return instance.user_of_login(login, password) or False


def _object(instance: Instance, method: str, args: Sequence[Any], begin: Callable[[str], datetime]) -> Any:
    if method not in {"execute", "execute_kw"}:
        raise ServerFault("builtins.NameError", f"Method not available {method}")
    _check_database(instance, args)
    if len(args) < 5:
        raise type_error("execute_kw() missing required positional arguments")
    user, password, model, name = int(args[1]), args[2], args[3], args[4]
    instance.check(user, password)
    positional: Sequence[Any] = args[5:]
    keywords: dict[str, Any] = {}
    if method == "execute_kw":
        positional = args[5] if len(args) > 5 else []
        keywords = args[6] if len(args) > 6 else {}
    if model not in instance.models:
        raise UserError(f"Object {model} doesn't exist")
    if instance.version < 19 and (given := BY_POSITION.get(name)) in (keywords or {}):
        raise type_error(f"{name}() got an unexpected keyword argument '{given}'")
    try:
        return instance.call(user, model, name, positional, keywords or {}, begin(f"{model}.{name}"))
    except TypeError as error:
        raise type_error(f"{model}.{name}: {error}") from error


def _check_database(instance: Instance, args: Sequence[Any]) -> None:
    if not args or args[0] != instance.name:
        name = args[0] if args else ""
        message = f'connection to server failed: FATAL:  database "{name}" does not exist\n'
        raise ServerFault("psycopg2.OperationalError", message)
