"""Users, groups, companies, and API keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo.errors import AccessError, UserError, ValidationError
from tests.counterparts.odoo.exposed import on_model, on_records, since
from tests.counterparts.odoo.fields import Field, Row, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Ids, Model, id_list
from tests.counterparts.odoo.rights import ACCESS_RIGHTS, PORTAL, SETTINGS, USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

KEY_DAYS_MAX = 90
KEYS_MAX = 10


class Users(Model):
    """res.users; the groups are `groups_id` on 17 and `group_ids` on 19."""

    name = "res.users"
    description = "User"
    order = "name, login"
    access: ClassVar[Access] = {USER: "r", PORTAL: "r", ACCESS_RIGHTS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a user; those of its partner are read through."""
        yield Field("groups_id", "many2many", "Groups", "res.groups", until=18, compute=_groups)
        yield Field("group_ids", "many2many", "Groups", "res.groups", since=19, compute=_groups)
        yield from of("char", "login", required=True)
        yield from of("boolean", "active", default=True)
        yield from of("char", "tz", "lang")
        yield link("partner_id", "res.partner", required=True)
        yield link("company_id", "res.company", required=True)
        yield Field("company_ids", "many2many", "Companies", "res.company")
        yield Field("name", "char", "Name", compute=_of_partner("name"))
        yield Field("email", "char", "Email", compute=_of_partner("email"))

    def display_name(self, env: Env, row: Row) -> str:
        """The name of the partner."""
        return str(_of_partner("name")(env, row))

    @on_model
    def context_get(self, env: Env) -> dict[str, Any]:
        """Language and time zone of the user."""
        return {"lang": env.user["lang"] or "en_US", "tz": env.user["tz"] or False, "uid": env.user_id}

    @on_records
    def has_group(self, env: Env, ids: Ids, group_ext_id: str) -> bool:
        """Whether the user is in a group, named by its external id."""
        return group_ext_id in env.groups


def _groups(env: Env, row: Row) -> Any:
    return row["groups"]


def _of_partner(name: str) -> Any:
    def read(env: Env, row: Row) -> Any:
        return env["res.partner"].row(env, row["partner_id"]).get(name)

    return read


class Groups(Model):
    """res.groups."""

    name = "res.groups"
    description = "Access Groups"
    access: ClassVar[Access] = {USER: "r", ACCESS_RIGHTS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a group."""
        return of("char", "name", "full_name", required=True)


class Companies(Model):
    """res.company."""

    name = "res.company"
    description = "Companies"
    order = "sequence, name"
    access: ClassVar[Access] = {USER: "r", PORTAL: "r", ACCESS_RIGHTS: "rwcd"}
    company_rule = "own"

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a company."""
        yield from of("char", "name", required=True)
        yield from of("char", "email", "vat")
        yield from of("integer", "sequence")
        yield from of("boolean", "active", default=True)
        yield link("partner_id", "res.partner", required=True)
        yield link("currency_id", "res.currency", required=True)
        yield link("parent_id", "res.company")
        yield link("country_id", "res.country")


class ApiKeys(Model):
    """res.users.apikeys: for ever on 17, with an end on 19; the key itself is never read again."""

    name = "res.users.apikeys"
    description = "Users API Keys"
    access: ClassVar[Access] = {USER: "r", PORTAL: "r"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a key."""
        yield from of("char", "name", required=True)
        yield from of("char", "scope")
        yield link("user_id", "res.users", required=True)
        yield Field("expiration_date", "datetime", "Expiration Date", since=18)

    @since(19)
    @on_model
    def generate(self, env: Env, key: str, scope: Any, name: str, expiration_date: Any) -> str:
        """A new key in exchange for one that is still good, where the server allows it."""
        self._check_programmatic(env)
        if env.database.user_of_key(key, env.now) != env.user_id:
            raise AccessError("The provided API key is invalid or does not belong to the current user.")
        if expiration_date and not isinstance(expiration_date, str):
            raise ValidationError(f"Expected singleton date, got {expiration_date!r}")
        held = [row for row in env.database.tables.of[self.name].rows.values() if row["user_id"] == env.user_id]
        if len(held) >= KEYS_MAX:
            raise UserError(f"Limit of {KEYS_MAX} API keys is reached for programmatic creation")
        return self.make(env, name, scope or None, str(expiration_date)[:10] if expiration_date else None)

    @since(19)
    @on_model
    def revoke(self, env: Env, key: str) -> None:
        """End a key."""
        self._check_programmatic(env)
        for row in list(env.database.tables.of[self.name].rows.values()):
            if row["secret"] == _hashed(key):
                self.delete_all(env, [row["id"]])
                return
        raise AccessError("The provided API key is invalid.")

    def make(self, env: Env, name: str, scope: str | None, ends_on: str | None) -> str:
        """A new key of the user; on 19 with an end, unless the user is an administrator; on 17 for ever."""
        if env.version < 18:
            ends_on = None
        if env.version == 19 and SETTINGS not in env.groups:
            if ends_on is None:
                raise UserError("The API key must have an expiration date")
            if date.fromisoformat(ends_on) > env.now.date() + timedelta(days=KEY_DAYS_MAX):
                raise ValidationError(f"You cannot exceed {KEY_DAYS_MAX} days.")
        id_ = self.reserve(env)
        key = hashlib.sha1(f"{env.user['login']}/{name}/{id_}".encode()).hexdigest()
        row: Row = {"id": id_, "name": name, "scope": scope, "user_id": env.user_id, "secret": _hashed(key)}
        self.put(env, {**row, "create_date": env.now, "expiration_date": ends_on and datetime.fromisoformat(ends_on)})
        return key

    def owner(self, env: Env, key: str) -> int | None:
        """The user of a key that has not ended."""
        for row in env.database.tables.of[self.name].rows.values():
            if row["secret"] == _hashed(key):
                ends = row.get("expiration_date")
                return row["user_id"] if ends is None or ends >= env.now else None
        return None

    @on_records
    def remove(self, env: Env, ids: Ids) -> Any:
        """The button of a person: it asks for the password, which RPC can't answer."""
        self.required(env, id_list(ids))
        raise UserError("This method can only be accessed over HTTP")

    def _check_programmatic(self, env: Env) -> None:
        if SETTINGS not in env.groups and not env.database.programmatic_keys:
            raise AccessError("Programmatic API keys are not enabled")


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
