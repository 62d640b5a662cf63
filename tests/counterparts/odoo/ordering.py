"""The order of search results."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.counterparts.odoo.domains import getter
from tests.counterparts.odoo.errors import UserError, value_error
from tests.counterparts.odoo.fields import Row

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env
    from tests.counterparts.odoo.models.base import Model

TERM = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*", re.IGNORECASE)


def ordered(env: Env, model: Model, ids: list[int], order: str) -> list[int]:
    """Ids (which come in order of id) in the order asked for; ties stay in order of id.

    Raises:
        UserError: the order can't be read.
        ServerFault: it names no field.
    """
    rows = env.database.tables.of[model.name].rows
    for term in reversed(order.split(",")):
        read = TERM.fullmatch(term)
        if read is None:
            raise UserError(f'Invalid "order" specified ({order}). It should be a comma-separated list of fields.')
        name, direction = read.group(1), (read.group(2) or "asc").lower()
        if name not in model.fields:
            raise value_error(f"Invalid field {name!r} on model {model.name!r}")
        if name == "id" and direction == "asc":
            ids = sorted(ids)
            continue
        key = _key(env, model, name)
        ids = sorted(ids, key=lambda id_: key(rows[id_]), reverse=direction == "desc")
    return ids


def _key(env: Env, model: Model, name: str) -> Callable[[Row], tuple[bool, Any]]:
    """Missing values come last, and first when descending, as in PostgreSQL."""
    field = model.fields[name]
    get = getter(env, model, field)
    if field.type != "many2one":
        return lambda row: ((value := get(row)) is None, 0 if value is None else value)
    target = env[field.relation]
    others = env.database.tables.of[field.relation].rows

    def by_name(row: Row) -> tuple[bool, Any]:
        id_ = get(row)
        return (id_ is None, "" if id_ is None else target.display_name(env, others[id_]))

    return by_name
