"""Rows as they are read: each field's value in the shape that goes over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tests.counterparts.odoo.domains import getter
from tests.counterparts.odoo.errors import AccessError, value_error
from tests.counterparts.odoo.fields import Field, Row, shown

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env
    from tests.counterparts.odoo.models.base import Model

Show = Callable[[Row], Any]


def read_rows(env: Env, model: Model, ids: Iterable[int], names: Sequence[str], classic: bool) -> list[dict[str, Any]]:
    """The records that exist, with `id` and the fields asked for.

    Raises:
        ServerFault: the model has no such field on this version.
        AccessError: a field is closed to the user.
    """
    shows = [(name, _show(env, model, name, classic)) for name in dict.fromkeys(["id", *names])]
    rows = env.database.tables.of[model.name].rows
    return [{name: show(row) for name, show in shows} for id_ in ids if (row := rows.get(id_)) is not None]


def _show(env: Env, model: Model, name: str, classic: bool) -> Show:
    field = model.fields.get(name)
    if field is None:
        raise value_error(f"Invalid field {name!r} on model {model.name!r}")
    if field.groups and not env.is_superuser and field.groups not in env.groups:
        raise AccessError(
            f'You do not have enough rights to access the field "{name}" on {model.description} ({model.name}). '
            f"Please contact your system administrator.\n\nOperation: read"
        )
    get = getter(env, model, field)
    if field.type == "many2one" and classic:
        return _pair(env, field, get)
    if field.type == "one2many":
        return lambda row: list(env[field.relation].visible(env, get(row)))
    if field.type == "many2many":
        return lambda row: list(get(row) or ())
    if field.type == "binary" and (env.context.get("bin_size") or env.context.get(f"bin_size_{name}")):
        return lambda row: size_text(get(row))
    if field.compute is None and field.type in {"char", "selection", "boolean", "html", "text", "date"}:
        return lambda row: get(row) or False
    return lambda row: shown(field, get(row))


def _pair(env: Env, field: Field, get: Callable[[Row], Any]) -> Show:
    """A many2one as [id, name]; names are kept for the call."""
    target = env[field.relation]
    rows = env.database.tables.of[field.relation].rows
    names: dict[int, str] = {}

    def show(row: Row) -> Any:
        id_ = get(row)
        if not id_:
            return False
        if id_ not in names:
            names[id_] = target.display_name(env, rows[id_])
        return [id_, names[id_]]

    return show


def size_text(content: str | None) -> Any:
    """What comes in place of a binary with `bin_size` in the context, e.g. "4.88 Mb"."""
    if not content:
        return False
    size = len(content) * 3 / 4 - content[-2:].count("=")
    for unit in ("bytes", "Kb", "Mb"):
        if size < 1024 or unit == "Mb":
            return f"{size:.2f} {unit}"
        size /= 1024
    return False
