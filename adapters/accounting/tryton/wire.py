"""Tryton's typed JSON: how dates, instants, amounts and bytes travel (trytond's JSON protocol)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

_DATE = ("year", "month", "day")
_TIME = ("hour", "minute", "second", "microsecond")


def dumps(value: object) -> str:
    """Our value as Tryton's JSON."""
    return json.dumps(value, default=_encode)


def loads(text: str | bytes) -> object:
    """Tryton's JSON as values: date, datetime (naive, as the server has it), Decimal, bytes. No binary floats.

    Raises:
        ValueError: the text is not JSON.
    """
    return json.loads(text, object_hook=_decode, parse_float=Decimal)


def header(value: object) -> str:
    """JSON as Tryton takes it in a header or in the address."""
    return base64.urlsafe_b64encode(dumps(value).encode()).decode("ascii")


def _encode(value: object) -> object:
    if isinstance(value, datetime):  # before date, of which it is one
        return {"__class__": "datetime", **{name: getattr(value, name) for name in _DATE + _TIME}}
    if isinstance(value, date):
        return {"__class__": "date", **{name: getattr(value, name) for name in _DATE}}
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, bytes):
        return {"__class__": "bytes", "base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} has no form in Tryton's JSON")


def _decode(found: dict[str, object]) -> object:
    match found.get("__class__"):
        case "date":
            return date(*_integers(found, _DATE))
        case "datetime":
            return datetime(*_integers(found, _DATE + _TIME))  # type: ignore[arg-type]  # noqa: DTZ001
        case "Decimal":
            return Decimal(str(found["decimal"]))
        case "bytes":
            return base64.b64decode(str(found["base64"]))
        case _:
            return found


def _integers(found: Mapping[str, object], names: tuple[str, ...]) -> list[int]:
    return [int(str(found[name])) for name in names]
