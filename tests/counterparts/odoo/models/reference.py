"""Models that the others point to: countries, currencies, languages, tags, external ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo import external_ids
from tests.counterparts.odoo.errors import value_error
from tests.counterparts.odoo.exposed import on_model
from tests.counterparts.odoo.fields import Field, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Model
from tests.counterparts.odoo.rights import ACCESS_RIGHTS, CONTACTS, PORTAL, SETTINGS, USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env


class Countries(Model):
    """res.country."""

    name = "res.country"
    description = "Country"
    order = "name"
    access: ClassVar[Access] = {USER: "r", PORTAL: "r", SETTINGS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a country."""
        return [*of("char", "name", required=True), Field("code", "char", "Country Code", size=2)]


class Currencies(Model):
    """res.currency."""

    name = "res.currency"
    description = "Currency"
    order = "active desc, name"
    access: ClassVar[Access] = {USER: "r", PORTAL: "r", SETTINGS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a currency; its name is the ISO code."""
        return [
            *of("char", "name", "symbol", required=True),
            *of("boolean", "active", default=True),
            *of("integer", "decimal_places", default=2),
        ]


class Languages(Model):
    """res.lang."""

    name = "res.lang"
    description = "Languages"
    order = "active desc, name"
    access: ClassVar[Access] = {USER: "r", PORTAL: "r", SETTINGS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a language."""
        return [*of("char", "name", "code", "iso_code", required=True), *of("boolean", "active", default=True)]


class Tags(Model):
    """res.partner.category: the tags of contacts."""

    name = "res.partner.category"
    description = "Partner Tags"
    order = "name"
    access: ClassVar[Access] = {USER: "r", CONTACTS: "rwcd"}
    indexed = ("parent_id",)

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a tag."""
        yield from of("char", "name", required=True)
        yield from of("boolean", "active", default=True)
        yield from of("integer", "color")
        yield link("parent_id", "res.partner.category")


class ExternalIds(Model):
    """ir.model.data: closed to all but Access Rights, while `load` and `get_external_id` use it for everybody."""

    name = "ir.model.data"
    description = "Model Data"
    order = "module, model, name"
    access: ClassVar[Access] = {ACCESS_RIGHTS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of an external id."""
        yield from of("char", "name", "model", required=True)
        yield from of("char", "module", default="")
        yield Field("res_id", "many2one_reference", "Record ID")
        yield from of("boolean", "noupdate")

    @on_model
    def check_object_reference(
        self, env: Env, module: str, xml_id: str, raise_on_access_error: bool = False
    ) -> tuple[Any, ...]:
        """Model and id behind an external id, for any user who may see the record."""
        found = external_ids.record(env, f"{module}.{xml_id}")
        if found is None:
            raise value_error(f"External ID not found in the system: {module}.{xml_id}")
        return found
