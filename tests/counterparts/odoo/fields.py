"""Fields of a model: what they are, what they accept, and how their values go over the wire.

Inside, a missing value is None, an amount a Decimal, a datetime naive UTC with microseconds, a date its ISO text, a
many2one an id, a many2many a tuple of ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tests.counterparts.odoo.errors import value_error

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

Row = dict[str, Any]
Compute = Callable[["Env", Row], Any]

SECONDS = "%Y-%m-%d %H:%M:%S"
TEXTS = frozenset({"char", "text", "html", "selection"})
AMOUNTS = frozenset({"float", "monetary"})
X2MANY = frozenset({"one2many", "many2many"})
INSTANT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?")
UTC_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        since, until: the versions that have it.
        groups: the group without which it can't be read.
        compute: gives the value of a field that is not stored.
        inverse: of a one2many: the field that points back.
    """

    name: str
    type: str
    string: str = ""
    relation: str = ""
    inverse: str = ""
    selection: tuple[tuple[str, str], ...] = ()
    size: int = 0
    required: bool = False
    readonly: bool = False
    company_dependent: bool = False
    since: int = 0
    until: int = 99
    groups: str = ""
    default: Any = None
    compute: Compute | None = None

    @property
    def stored(self) -> bool:
        """Whether it has a column."""
        return self.compute is None and self.type != "one2many"

    def described(self) -> dict[str, Any]:
        """What `fields_get` says of it."""
        told: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "string": self.string or self.name.removesuffix("_id").replace("_", " ").capitalize(),
            "readonly": self.readonly or self.compute is not None,
            "required": self.required,
            "store": self.stored,
            "searchable": True,
            "sortable": self.stored,
            "company_dependent": self.company_dependent,
        }
        if self.relation:
            told |= {"relation": self.relation, "domain": []}
        if self.inverse:
            told["relation_field"] = self.inverse
        if self.type == "selection":
            told["selection"] = [list(pair) for pair in self.selection]
        if self.size:
            told["size"] = self.size
        return told


def of(type_: str, *names: str, **more: Any) -> list[Field]:
    """Several fields of one type."""
    return [Field(name, type_, **more) for name in names]


def choice(name: str, *values: str, **more: Any) -> Field:
    """A selection whose labels are its values, capitalised."""
    pairs = tuple((value, value.replace("_", " ").capitalize()) for value in values)
    return Field(name, "selection", selection=pairs, **more)


def link(name: str, relation: str, **more: Any) -> Field:
    """A many2one."""
    return Field(name, "many2one", relation=relation, **more)


def accept(field: Field, value: Any, model: str) -> Any:
    """A value from outside as it is stored. Links and x2many are checked by the model.

    Raises:
        ServerFault: the value does not fit, in the words of the server.
    """
    if value is None or value is False:
        return False if field.type == "boolean" else None
    convert = _ACCEPTS.get(field.type)
    return convert(field, value, model) if convert else value


def _text(field: Field, value: Any, model: str) -> Any:
    text = str(value)
    return (text[: field.size] if field.size else text) or None


def _selection(field: Field, value: Any, model: str) -> Any:
    if value not in {key for key, _ in field.selection}:
        raise value_error(f"Wrong value for {model}.{field.name}: {value!r}")
    return value


def _amount(field: Field, value: Any, model: str) -> Any:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise value_error(f"could not convert string to float: {value!r}") from error


def _whole(field: Field, value: Any, model: str) -> Any:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise value_error(f"invalid literal for int() with base 10: {value!r}") from error


def _date(field: Field, value: Any, model: str) -> Any:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError as error:
        raise value_error(f"time data {value!r} does not match format '%Y-%m-%d'") from error


def _instant(field: Field, value: Any, model: str) -> Any:
    return parse_strictly(str(value))


_ACCEPTS: dict[str, Callable[[Field, Any, str], Any]] = {
    "char": _text,
    "text": _text,
    "html": _text,
    "selection": _selection,
    "float": _amount,
    "monetary": _amount,
    "integer": _whole,
    "many2one_reference": _whole,
    "boolean": lambda _field, value, _model: bool(value),
    "date": _date,
    "datetime": _instant,
}


def parse_strictly(text: str) -> datetime:
    """'YYYY-MM-DD HH:MM:SS' or a date; an offset or fractions are a ValueError (19 in domains, all in values)."""
    try:
        if INSTANT.fullmatch(text) is None:
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise value_error(f"time data {text!r} does not match format {SECONDS!r}") from error


def parse_as_postgresql(text: str) -> datetime:
    """As a timestamp without time zone is read: an offset is dropped, not applied (17 in domains)."""
    try:
        return datetime.fromisoformat(UTC_OFFSET.sub("", text.strip()) if len(text) > 10 else text)
    except ValueError as error:
        raise value_error(f"invalid input syntax for type timestamp: {text!r}") from error


def shown(field: Field, value: Any) -> Any:
    """A value as it goes over the wire; links are shown by the reader."""
    if value is None:
        return 0 if field.type in {"integer", "many2one_reference"} else 0.0 if field.type in AMOUNTS else False
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.strftime(SECONDS)
    if isinstance(value, tuple):
        return list(value)
    return value
