"""What is written to x2many fields: commands such as (0, 0, values), (4, id), (6, 0, ids), or plain ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.counterparts.odoo.errors import value_error
from tests.counterparts.odoo.fields import Field, Row

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env
    from tests.counterparts.odoo.models.base import Model

CREATE, UPDATE, DELETE, UNLINK, LINK, CLEAR, SET = range(7)


def commands(value: Any) -> Iterable[tuple[int, int, Any]]:
    """The value as commands; plain ids mean: these and no others."""
    given = list(value or [])
    if all(isinstance(one, int) for one in given):
        return [(SET, 0, given)]
    if not all(isinstance(one, list | tuple) and one for one in given):
        raise value_error(f"Wrong value for an x2many field: {value!r}")
    return [(one[0], one[1] if len(one) > 1 else 0, one[2] if len(one) > 2 else None) for one in given]


def linked_ids(env: Env, field: Field, before: Iterable[int], value: Any) -> tuple[int, ...]:
    """Ids of a many2many after the commands."""
    ids = list(before)
    target = env[field.relation]
    for command, id_, data in commands(value):
        if command == CREATE:
            ids.append(target.create(env, dict(data)))
        elif command == UPDATE:
            target.write(env, [id_], data)
        elif command in (DELETE, UNLINK):
            ids = [one for one in ids if one != id_]
        elif command == LINK:
            ids.append(id_)
        elif command == CLEAR:
            ids = []
        elif command == SET:
            ids = list(data)
    return tuple(target.required(env, list(dict.fromkeys(ids))))


def write_children(env: Env, model: Model, parent: int, values: Mapping[str, Any]) -> None:
    """Carry out the commands for one2many fields, once the parent stands."""
    for name, value in values.items():
        field = model.fields[name]
        if field.type == "one2many" and value:
            for command, id_, data in commands(value):
                _write_child(env, field, parent, command, id_, data)


def _write_child(env: Env, field: Field, parent: int, command: int, id_: int, data: Any) -> None:
    target = env[field.relation]
    if command == CREATE:
        child: Row = {**data, field.inverse: parent}
        target.create(env, child)
    elif command == UPDATE:
        target.write(env, [id_], data)
    elif command == DELETE:
        target.unlink(env, [id_])
    elif command == LINK:
        target.write(env, [id_], {field.inverse: parent})
    elif command in (UNLINK, CLEAR, SET):
        raise value_error(f"Command {command} on {field.name} is not played")
