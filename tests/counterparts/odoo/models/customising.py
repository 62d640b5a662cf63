"""What an administrator changes: custom fields and views. Other users see none of it but the installed modules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from lxml import etree

from tests.counterparts.odoo.errors import ValidationError, value_error
from tests.counterparts.odoo.fields import Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Model
from tests.counterparts.odoo.rights import ACCESS_RIGHTS, SETTINGS, USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

TYPES = ("char", "text", "html", "selection", "date", "datetime", "boolean", "integer", "float", "many2one", "binary")


class IrModels(Model):
    """ir.model: closed to plain users."""

    name = "ir.model"
    description = "Models"
    order = "model"
    access: ClassVar[Access] = {ACCESS_RIGHTS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a model."""
        return of("char", "name", "model", required=True)


class IrFields(Model):
    """ir.model.fields: a new one named x_... is there at once, without a restart."""

    name = "ir.model.fields"
    description = "Fields"
    order = "name, id"
    access: ClassVar[Access] = {ACCESS_RIGHTS: "rwcd"}
    indexed = ("model_id",)

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a field."""
        yield from of("char", "name", required=True)
        yield from of("char", "field_description", "relation", "help")
        yield from of("char", "model", readonly=True)
        yield link("model_id", "ir.model", required=True)
        yield choice("ttype", *TYPES, "monetary", "one2many", "many2many", "many2one_reference", required=True)
        yield choice("state", "base", "manual", default="manual", readonly=True)
        yield from of("integer", "size")
        yield from of("boolean", "required", "copied", "store", "index", "readonly", "tracking")
        yield Field("selection_ids", "one2many", "Selection Options", "ir.model.fields.selection", "field_id")

    def computed(self, env: Env, row: Row) -> Row:
        """The name of the model; custom fields have names of their own."""
        model = env["ir.model"].row(env, row["model_id"])["model"] if row.get("model_id") else None
        if not re.fullmatch(r"x_[a-z0-9_]+", row["name"]) and row.get("state") == "manual":
            raise ValidationError("Custom fields must have a name that starts with 'x_'!")
        return {**row, "model": model}

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """Make the field."""
        table = env.database.tables.of[self.name]
        for id_ in ids:
            row = self.row(env, id_)
            others = (table.rows[other] for other in table.where("model_id", [row["model_id"]]) if other != id_)
            if any(other["name"] == row["name"] for other in others):
                raise ValidationError("Field names must be unique per model.")
            if row["ttype"] not in TYPES:
                raise value_error(f"A custom field of type {row['ttype']} is not played")
            env[row["model"]].fields[row["name"]] = self._field(env, row)

    def delete_all(self, env: Env, ids: Iterable[int]) -> None:
        """The field goes, and what stood in it."""
        ids = list(ids)
        for id_ in ids:
            row = self.row(env, id_)
            env[row["model"]].fields.pop(row["name"], None)
        super().delete_all(env, ids)

    def _field(self, env: Env, row: Row) -> Field:
        options = env.database.tables.of["ir.model.fields.selection"]
        pairs = tuple(
            (options.rows[id_]["value"], options.rows[id_]["name"]) for id_ in options.where("field_id", [row["id"]])
        )
        return Field(
            row["name"],
            row["ttype"],
            row.get("field_description") or "",
            relation=row.get("relation") or "",
            selection=pairs,
            size=row.get("size") or 0,
            required=bool(row.get("required")),
        )


class IrFieldSelections(Model):
    """ir.model.fields.selection: the values of a custom selection."""

    name = "ir.model.fields.selection"
    description = "Fields Selection"
    order = "sequence, id"
    access: ClassVar[Access] = {ACCESS_RIGHTS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a value."""
        yield from of("char", "value", "name", required=True)
        yield from of("integer", "sequence", default=1000)
        yield link("field_id", "ir.model.fields", required=True)


class Views(Model):
    """ir.ui.view: only that the markup is well formed and extends a known view is checked."""

    name = "ir.ui.view"
    description = "View"
    order = "priority, name, id"
    access: ClassVar[Access] = {SETTINGS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a view."""
        yield from of("char", "name", required=True)
        yield from of("char", "model")
        yield from of("text", "arch", "arch_db", "arch_base")
        yield choice("type", "list", "tree", "form", "search", "kanban", "qweb")
        yield choice("mode", "primary", "extension", default="primary")
        yield from of("integer", "priority", default=16)
        yield from of("boolean", "active", default=True)
        yield link("inherit_id", "ir.ui.view")

    def computed(self, env: Env, row: Row) -> Row:
        """The markup must be XML; groups in searches can't be expanded on 19."""
        arch = next((row[name] for name in ("arch", "arch_db", "arch_base") if row.get(name)), None)
        if not arch:
            raise ValidationError("Missing view architecture.")
        try:
            root = etree.fromstring(arch.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            raise ValidationError(f"Invalid view {row['name']} definition: {error}") from error
        if env.version >= 19 and root.xpath("//group[@expand]"):
            raise ValidationError(f"Invalid view {row['name']} definition")
        return {**row, "arch": arch, "arch_db": arch, "arch_base": arch}


class Modules(Model):
    """ir.module.module: what is installed."""

    name = "ir.module.module"
    description = "Module"
    order = "name"
    access: ClassVar[Access] = {USER: "r", SETTINGS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a module."""
        yield from of("char", "name", required=True)
        yield from of("char", "shortdesc", "latest_version")
        yield Field("installed_version", "char", "Latest Version", compute=_version)
        yield choice("state", "uninstalled", "installed", "to upgrade", default="installed")


def _version(env: Env, row: Row) -> Any:
    return row.get("latest_version")
