"""The errors of an Odoo server, as they go over the wire."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

_TRACEBACK = """Traceback (most recent call last):
  File "/opt/odoo/odoo/http.py", line 1788, in _serve_db
    return service_model.retrying(self._serve_ir_http, self.env)
  File "/opt/odoo/odoo/service/model.py", line 156, in retrying
    result = func()
{name}: {message}
"""


class OdooError(Exception):
    """An error of the server; `name` is the Python class that the other side is told, `status` that of json2."""

    name = "odoo.exceptions.UserError"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @property
    def message(self) -> str:
        """What a person is told."""
        return str(self.args[0]) if self.args else ""

    def serialized(self) -> dict[str, Any]:
        """The body of json2, and `data` of JSON-RPC. The traceback carries paths of the server, and data."""
        return {
            "name": self.name,
            "message": self.message,
            "arguments": list(self.args),
            "context": {},
            "debug": _TRACEBACK.format(name=self.name, message=self.message),
        }


class UserError(OdooError):
    """What a user asked for can't be done."""


class ValidationError(OdooError):
    """A constraint does not hold."""

    name = "odoo.exceptions.ValidationError"


class AccessError(OdooError):
    """The user may not do that."""

    name = "odoo.exceptions.AccessError"
    status = HTTPStatus.FORBIDDEN


class AccessDenied(OdooError):
    """Wrong login, password or key."""

    name = "odoo.exceptions.AccessDenied"
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__("Access Denied")


class MissingError(OdooError):
    """A record is gone."""

    name = "odoo.exceptions.MissingError"
    status = HTTPStatus.NOT_FOUND


class ServerFault(OdooError):
    """Any other exception inside the server, e.g. `builtins.ValueError`."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class HttpFault(OdooError):
    """What the router of json2 refuses: no such model, no such method, wrong arguments, no key."""

    def __init__(self, status: HTTPStatus, name: str, message: str) -> None:
        super().__init__(message, status.value)
        self.status = status
        self.name = f"werkzeug.exceptions.{name}"


def value_error(message: str) -> ServerFault:
    """A `ValueError` that nobody caught."""
    return ServerFault("builtins.ValueError", message)


def type_error(message: str) -> ServerFault:
    """A `TypeError` that nobody caught."""
    return ServerFault("builtins.TypeError", message)


def serialization_failure() -> ServerFault:
    """Two transactions changed one row, and the server gave up retrying."""
    message = "could not serialize access due to concurrent update\n"
    return ServerFault("psycopg2.errors.SerializationFailure", message)
