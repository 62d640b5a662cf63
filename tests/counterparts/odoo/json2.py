"""/json/2/<model>/<method> of Odoo 19: a key in the header, arguments by name, an error by its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from tests.counterparts.odoo import exposed
from tests.counterparts.odoo.answers import Answer, json_answer, page
from tests.counterparts.odoo.errors import AccessError, HttpFault, OdooError
from tests.counterparts.odoo.instance import Instance
from tests.counterparts.odoo.rights import DOC

PREFIX = "/json/2/"
DOC_PREFIX = "/doc-bearer/"


def called(path: str) -> str:
    """The model.method of an address, "" if it has none."""
    return path.removeprefix(PREFIX).replace("/", ".") if path.count("/") == 4 else ""


def answer(
    instance: Instance,
    path: str,
    headers: Mapping[str, str | None],
    arguments: Any,
    begin: Callable[[str], datetime],
) -> Answer:
    """One call. `headers` by their names in small letters."""
    if instance.version < 19 or headers.get("x-odoo-database") != instance.name:
        return page(HTTPStatus.NOT_FOUND)
    try:
        user = _user(instance, headers.get("authorization") or "")
        return json_answer(200, _result(instance, user, path, arguments, begin))
    except OdooError as error:
        return json_answer(error.status, error.serialized())


def documentation(instance: Instance, headers: Mapping[str, str | None]) -> Answer:
    """What the client library asks for when it is given positional arguments: closed to nearly all."""
    if instance.version < 19 or headers.get("x-odoo-database") != instance.name:
        return page(HTTPStatus.NOT_FOUND)
    try:
        user = _user(instance, headers.get("authorization") or "")
    except OdooError as error:
        return json_answer(error.status, error.serialized())
    if DOC not in instance.env(user).groups:
        refused = AccessError("This page is only accessible to Technical Documentation users.")
        return json_answer(refused.status, refused.serialized())
    return json_answer(200, {"methods": {}})


def _user(instance: Instance, authorization: str) -> int:
    scheme, _, key = authorization.partition(" ")
    user = instance.user_of_key(key.strip()) if scheme.lower() == "bearer" else None
    if user is None:
        raise HttpFault(HTTPStatus.UNAUTHORIZED, "Unauthorized", "Invalid apikey")
    return user


def _result(instance: Instance, user: int, path: str, arguments: Any, begin: Callable[[str], datetime]) -> Any:
    if path.count("/") != 4:
        raise HttpFault(HTTPStatus.NOT_FOUND, "NotFound", "Did you mean POST /json/2/<model>/<method>?")
    model, method = path.removeprefix(PREFIX).split("/")
    if not isinstance(arguments, dict):
        raise HttpFault(HTTPStatus.BAD_REQUEST, "BadRequest", "could not parse the body, expecting a json object")
    if model not in instance.models:
        raise HttpFault(HTTPStatus.NOT_FOUND, "NotFound", f"the model {model!r} does not exist")
    try:
        found = exposed.find(instance.models[model], method, instance.version)
    except exposed.UnknownMethod as error:
        raise HttpFault(HTTPStatus.NOT_FOUND, "NotFound", error.message) from error
    given = dict(arguments)
    if not exposed.takes_ids(found) and given.pop("ids", None):
        message = f"cannot call {model}.{method} with ids"
        raise HttpFault(HTTPStatus.UNPROCESSABLE_ENTITY, "UnprocessableEntity", message)
    if method == "create" and isinstance(given.get("vals_list"), dict):
        given["vals_list"] = [given["vals_list"]]
    try:
        return instance.call(user, model, method, (), given, begin(f"{model}.{method}"))
    except TypeError as error:
        raise HttpFault(HTTPStatus.UNPROCESSABLE_ENTITY, "UnprocessableEntity", str(error)) from error
