"""What all models have: search, read, create, write, unlink, their rights, companies and write_date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo import external_ids
from tests.counterparts.odoo.domains import Domain, matching
from tests.counterparts.odoo.errors import AccessError, MissingError, ValidationError, type_error, value_error
from tests.counterparts.odoo.exposed import on_model, on_records, since
from tests.counterparts.odoo.fields import X2MANY, Field, Row, accept, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.ordering import ordered
from tests.counterparts.odoo.reading import read_rows
from tests.counterparts.odoo.relations import linked_ids, write_children
from tests.counterparts.odoo.rights import USER, Access, may, refuse

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

Ids = int | Sequence[int]


class Model:
    """One model; its rows are in the database's table of the same name."""

    name: ClassVar[str]
    description: ClassVar[str]
    order: ClassVar[str] = "id"
    access: ClassVar[Access] = {USER: "r"}
    company_rule: ClassVar[str] = ""
    """"own": only rows of the companies asked for; "shared": rows without a company as well."""
    indexed: ClassVar[tuple[str, ...]] = ()

    def __init__(self, version: int, home: Home) -> None:
        declared = [*self._every_model_has(), *self.declare(home)]
        self.fields: dict[str, Field] = {
            field.name: field for field in declared if field.since <= version <= field.until
        }

    def declare(self, home: Home) -> Iterable[Field]:
        """The fields of this model on all versions; `since` and `until` say where one differs."""
        raise NotImplementedError

    def _every_model_has(self) -> list[Field]:
        return [
            Field("id", "integer", "ID", readonly=True),
            Field("display_name", "char", "Display Name", compute=self.display_name),
            *of("datetime", "create_date", "write_date", readonly=True),
            link("create_uid", "res.users", readonly=True),
            link("write_uid", "res.users", readonly=True),
        ]

    def display_name(self, env: Env, row: Row) -> str:
        """How a record is named in a link."""
        return str(row.get("name") or f"{self.name},{row['id']}")

    # What is asked from outside

    @on_model
    def fields_get(self, env: Env, allfields: Any = None, attributes: Any = None) -> dict[str, dict[str, Any]]:
        """The fields that the user may see."""
        told = {
            name: field.described()
            for name, field in self.fields.items()
            if (not allfields or name in allfields)
            and (env.is_superuser or not field.groups or field.groups in env.groups)
        }
        if not may(env, self.access, "write"):
            for description in told.values():
                description["readonly"] = True
        if attributes:
            return {name: {key: one[key] for key in attributes if key in one} for name, one in told.items()}
        return told

    @on_model
    def search(self, env: Env, domain: Any, offset: Any = 0, limit: Any = None, order: Any = None) -> list[int]:
        """Ids that a domain finds, among those that the user may see."""
        self.check_access(env, "read")
        order = order or self.order
        stops = int(offset or 0) + int(limit) if limit and order.strip().lower() in {"id", "id asc"} else None
        found = self._found(env, domain, stops)
        if stops is None:
            found = ordered(env, self, found, order)
        first = int(offset or 0)
        return found[first : first + int(limit)] if limit else found[first:]

    @on_model
    def search_count(self, env: Env, domain: Any, limit: Any = None) -> int:
        """How many a domain finds."""
        self.check_access(env, "read")
        return len(self._found(env, domain, limit or None))

    @on_model
    def search_read(
        self,
        env: Env,
        domain: Any = None,
        fields: Any = None,
        offset: Any = 0,
        limit: Any = None,
        order: Any = None,
        **read_kwargs: Any,
    ) -> list[dict[str, Any]]:
        """Search and read in one transaction. A keyword that nobody knows is only seen when it comes to reading."""
        ids = self.search(env, domain or [], offset, limit, order)
        unknown = next((name for name in read_kwargs if name != "load"), None)
        if unknown is not None and ids:
            raise type_error(f"BaseModel.read() got an unexpected keyword argument {unknown!r}")
        return self.read(env, ids, fields, **read_kwargs)

    @on_records
    def read(self, env: Env, ids: Ids, fields: Any = None, load: Any = "_classic_read") -> list[dict[str, Any]]:
        """The fields of records; of a record that is gone, nothing."""
        self.check_access(env, "read")
        wanted = self.existing(env, ids)
        self.check_companies(env, wanted, "read")
        names = list(fields) if fields else [name for name in self.fields if name != "id"]
        return read_rows(env, self, wanted, names, classic=load == "_classic_read")

    @on_model
    def create(self, env: Env, vals_list: Any) -> Any:
        """New records. A mapping gives an id, a list gives a list."""
        self.check_access(env, "create")
        several = vals_list if isinstance(vals_list, list) else [vals_list]
        ids = [self.create_one(env, dict(values)) for values in several]
        self.check_companies(env, ids, "create")
        return ids if isinstance(vals_list, list) else ids[0]

    @on_records
    def write(self, env: Env, ids: Ids, vals: Any) -> bool:
        """Change records, all in the same way."""
        self.check_access(env, "write")
        wanted = self.required(env, ids)
        self.check_companies(env, wanted, "write")
        self.write_all(env, wanted, dict(vals))
        self.check_companies(env, wanted, "write")
        return True

    @on_records
    def unlink(self, env: Env, ids: Ids) -> bool:
        """Delete records; of those that are gone, nothing is said."""
        self.check_access(env, "unlink")
        wanted = self.existing(env, ids)
        self.check_companies(env, wanted, "unlink")
        self.delete_all(env, wanted)
        return True

    @on_model
    def check_access_rights(self, env: Env, operation: str, raise_exception: bool = True) -> bool:
        """Whether the user's groups allow an operation on the model."""
        if raise_exception:
            self.check_access(env, operation)
        return may(env, self.access, operation)

    @since(18)
    @on_records
    def has_access(self, env: Env, ids: Ids, operation: str) -> bool:
        """The same from 18 on, for records or (without ids) for the model."""
        return may(env, self.access, operation)

    @on_model
    def load(self, env: Env, fields: Any, data: Any) -> dict[str, Any]:
        """Import rows; a row whose external id is known changes that record."""
        return external_ids.load(env, self, list(fields), list(data))

    @on_records
    def get_external_id(self, env: Env, ids: Ids) -> dict[int, str]:
        """The external id of each record, "" if it has none."""
        return external_ids.of_records(env, self.name, id_list(ids))

    # What models do among themselves

    def create_one(self, env: Env, values: Row) -> int:
        """Insert one record: defaults, links, children, then what the model checks."""
        given = {**self.defaults(env), **values}
        now = {"create_date": env.now, "write_date": env.now, "create_uid": env.user_id, "write_uid": env.user_id}
        id_ = env.reserved[self.name].pop(0) if env.reserved.get(self.name) else self.reserve(env)
        blank = dict.fromkeys(name for name, field in self.fields.items() if field.stored)
        row: Row = {**blank, **self.stored(env, {}, given), **now, "id": id_}
        for field in self.fields.values():
            if field.required and row.get(field.name) in (None, ""):
                raise self.missing_field(field)
        self.put(env, self.computed(env, row))
        write_children(env, self, id_, given)
        self.changed(env, [id_], set(given), created=True)
        return id_

    def write_all(self, env: Env, ids: Iterable[int], values: Row) -> None:
        """Change records that exist, and bump them even if nothing is new."""
        ids = list(ids)
        for id_ in ids:
            before = self.row(env, id_)
            row = {**before, **self.stored(env, before, values), "write_date": env.now, "write_uid": env.user_id}
            self.put(env, self.computed(env, row))
            write_children(env, self, id_, values)
        self.changed(env, ids, set(values), created=False)

    def delete_all(self, env: Env, ids: Iterable[int]) -> None:
        """Delete records that exist."""
        for id_ in ids:
            env.database.tables.drop(self.name, id_)
            external_ids.forget(env, self.name, id_)

    def defaults(self, env: Env) -> Row:
        """Values of a new record that nobody gave."""
        values = {field.name: field.default for field in self.fields.values() if field.default is not None}
        prefix = "default_"
        asked = {name.removeprefix(prefix): value for name, value in env.context.items() if name.startswith(prefix)}
        return values | {name: value for name, value in asked.items() if name in self.fields}

    def computed(self, env: Env, row: Row) -> Row:
        """A row with its stored computed fields brought up to date, before it is put."""
        return row

    def changed(self, env: Env, ids: list[int], names: set[str], *, created: bool) -> None:
        """Constraints, and what follows elsewhere, after rows were put."""

    def searched(self, env: Env, name: str, value: Any) -> Any:
        """The right side of a term as this model wants it."""
        return value

    def stored(self, env: Env, before: Row, values: Mapping[str, Any]) -> Row:
        """Values from outside as they are stored.

        Raises:
            ServerFault: there is no such field, or the value does not fit.
            ValidationError: a link leads nowhere.
        """
        taken: Row = {}
        for name, value in values.items():
            field = self.fields.get(name)
            if field is None:
                raise value_error(f"Invalid field {name!r} on model {self.name!r}")
            if not field.stored or name in {"id", "create_date", "write_date", "create_uid", "write_uid"}:
                continue
            new = self._linked(env, field, before, value) if field.relation else accept(field, value, self.name)
            taken[name] = {**(before.get(name) or {}), env.company: new} if field.company_dependent else new
        return taken

    def _linked(self, env: Env, field: Field, before: Row, value: Any) -> Any:
        if field.type in X2MANY:
            return linked_ids(env, field, before.get(field.name) or (), value)
        if value is None or value is False:
            return None
        if not isinstance(value, int) or value not in env.database.tables.of[field.relation].rows:
            raise ValidationError(
                "The operation cannot be completed: another model requires the record being deleted. If possible, "
                f"archive it instead.\n\nModel: {self.description} ({self.name})\nConstraint: {field.name}_fkey"
            )
        return value

    def reserve(self, env: Env) -> int:
        """The next id."""
        return env.database.tables.of[self.name].reserve()

    def put(self, env: Env, row: Row) -> None:
        """Insert or replace a row as it is."""
        env.database.tables.put(self.name, row)

    def touch(self, env: Env, id_: int, **values: Any) -> None:
        """Set stored values of a row and bump it."""
        self.put(env, {**self.row(env, id_), **values, "write_date": env.now, "write_uid": env.user_id})

    def row(self, env: Env, id_: int) -> Row:
        """A row that exists."""
        return env.database.tables.of[self.name].rows[id_]

    def existing(self, env: Env, ids: Ids) -> list[int]:
        """Those of the ids that exist, each once."""
        rows = env.database.tables.of[self.name].rows
        return [id_ for id_ in dict.fromkeys(id_list(ids)) if id_ in rows]

    def required(self, env: Env, ids: Ids) -> list[int]:
        """The ids, all of which must exist."""
        found = self.existing(env, ids)
        if missing := set(id_list(ids)) - set(found):
            raise MissingError(
                "Record does not exist or has been deleted.\n"
                f"(Record: {self.name}({min(missing)},), User: {env.user_id})"
            )
        return found

    def visible(self, env: Env, ids: Iterable[int]) -> list[int]:
        """Those of the ids that are not archived, unless the context asks for them too."""
        if "active" not in self.fields or not env.context.get("active_test", True):
            return list(ids)
        return [id_ for id_ in ids if self.row(env, id_).get("active")]

    def check_access(self, env: Env, operation: str) -> None:
        """Refuse what no group of the user allows, and companies that are not the user's."""
        if not may(env, self.access, operation):
            raise refuse(self.name, self.description, self.access, operation)
        assert env.companies

    def check_companies(self, env: Env, ids: Iterable[int], operation: str) -> None:
        """Refuse records of companies that are not asked for."""
        if self.company_rule and not env.is_superuser:
            hidden = [id_ for id_ in ids if not self._of_companies(env, self.row(env, id_))]
            if hidden:
                raise AccessError(
                    f"Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, {env.user['login']} "
                    f"(id={env.user_id}) doesn't have '{operation}' access to:\n- {self.description} ({self.name})\n\n"
                    "If you really, really need access, perhaps you can win over your friendly administrator with a "
                    "batch of freshly baked cookies."
                )

    def missing_field(self, field: Field) -> ValidationError:
        """A required field is empty."""
        return ValidationError(
            "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n- Delete: another "
            "model requires the record being deleted. If possible, archive it instead.\n\n"
            f"Model: {self.description} ({self.name})\nField: {field.described()['string']} ({field.name})\n"
        )

    def _found(self, env: Env, domain: Domain, enough: int | None) -> list[int]:
        if not self.company_rule or env.is_superuser:
            return matching(env, self, domain, enough)
        companies: list[int | bool] = list(env.companies)
        if self.company_rule == "shared":
            companies.append(False)
        field = "id" if self.name == "res.company" else "company_id" if "company_id" in self.fields else "company_ids"
        return matching(env, self, [*(domain or []), (field, "in", companies)], enough)

    def _of_companies(self, env: Env, row: Row) -> bool:
        company = row["id"] if self.name == "res.company" else row.get("company_id")
        return company in env.companies or (company is None and self.company_rule == "shared")


def id_list(ids: Ids) -> list[int]:
    """One id or several, as a list."""
    return [ids] if isinstance(ids, int) else list(ids)
