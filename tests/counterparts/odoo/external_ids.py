"""External ids: `load` makes or changes a record by one, `get_external_id` tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.counterparts.odoo.errors import OdooError
from tests.counterparts.odoo.fields import X2MANY

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env
    from tests.counterparts.odoo.models.base import Model

TABLE = "ir.model.data"


def of_records(env: Env, model: str, ids: list[int]) -> dict[int, str]:
    """The first external id of each record."""
    found = dict.fromkeys(ids, "")
    for row in env.database.tables.of[TABLE].rows.values():
        if row["model"] == model and found.get(row["res_id"]) == "":
            found[row["res_id"]] = f"{row['module']}.{row['name']}"
    return found


def record(env: Env, external_id: str) -> tuple[str, int] | None:
    """Model and id behind an external id."""
    module, _, name = external_id.partition(".")
    for row in env.database.tables.of[TABLE].rows.values():
        if (row["module"], row["name"]) == (module, name):
            return row["model"], row["res_id"]
    return None


def name_it(env: Env, external_id: str, model: str, id_: int) -> None:
    """Give a record an external id."""
    module, _, name = external_id.partition(".")
    env[TABLE].create_one(env, {"module": module, "name": name, "model": model, "res_id": id_})


def forget(env: Env, model: str, id_: int) -> None:
    """A record is gone: its external ids go with it."""
    for row in list(env.database.tables.of[TABLE].rows.values()):
        if row["model"] == model and row["res_id"] == id_:
            env.database.tables.drop(TABLE, row["id"])


def load(env: Env, model: Model, fields: list[str], data: list[list[Any]]) -> dict[str, Any]:
    """Import rows, all or none; what is wrong is told in messages, not raised."""
    ids: list[int] = []
    try:
        with env.database.tables.transaction():
            ids.extend(_load_row(env, model, dict(zip(fields, cells, strict=True))) for cells in data)
    except OdooError as error:
        at = len(ids)
        message = {"type": "error", "message": error.message, "rows": {"from": at, "to": at}, "record": at}
        return {"ids": False, "messages": [message], "nextrow": 0}
    return {"ids": ids, "messages": [], "nextrow": 0}


def _load_row(env: Env, model: Model, cells: dict[str, Any]) -> int:
    named = cells.pop("id", None)
    own = cells.pop(".id", None)
    values = {name.partition("/")[0]: _cell(env, model, name, value) for name, value in cells.items()}
    external_id = named and (named if "." in named else f"__import__.{named}")
    known = record(env, external_id) if external_id else None
    id_ = known[1] if known else int(own) if own else None
    if id_ is not None and model.existing(env, id_):
        model.write(env, [id_], values)
        return id_
    made: int = model.create(env, values)
    if external_id:
        name_it(env.sudo(), external_id, model.name, made)
    return made


def _cell(env: Env, model: Model, name: str, value: Any) -> Any:
    """A cell as a value: a link is named by external id (field/id), by id (field/.id) or by name."""
    field_name, _, way = name.partition("/")
    field = model.fields.get(field_name)
    if field is None or not field.relation or value in ("", False, None):
        return value if value != "" else False
    if way == ".id":
        return int(value)
    if way == "id":
        ids = [found[1] for one in str(value).split(",") if (found := record(env, one.strip()))]
    else:
        rows = env.database.tables.of[field.relation].rows.values()
        wanted: set[Any] = set(str(value).split(",")) if field.type in X2MANY else {str(value)}
        ids = [row["id"] for row in rows if env[field.relation].display_name(env, row) in wanted]
    return [(6, 0, ids)] if field.type in X2MANY else next(iter(ids), False)
