"""One database of an Odoo server: its models, its rows, its users, and the calls made to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.counterparts.odoo import exposed
from tests.counterparts.odoo.env import SUPERUSER, Env
from tests.counterparts.odoo.errors import AccessDenied
from tests.counterparts.odoo.fields import Field, Row
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Model
from tests.counterparts.odoo.models.catalogue import models_of
from tests.counterparts.odoo.models.people import ApiKeys
from tests.counterparts.odoo.tables import Table, Tables

VERSIONS = (17, 18, 19)
Reserved = Mapping[str, list[int]]


@dataclass(frozen=True)
class Saved:
    """What was in a database at one time."""

    tables: Mapping[str, Table]
    fields: Mapping[str, Mapping[str, Field]]
    passwords: Mapping[int, str]
    numbers: Counter[str]


class Instance:
    """A database.

    Attributes:
        calls: how often each model.method was called.
        has_accounting_app: paid invoices say in_payment, as with Enterprise's accounting.
        programmatic_keys: plain users may make and end API keys by RPC (19).
    """

    def __init__(self, version: int, home: Home, clock: Callable[[], datetime], name: str = "books") -> None:
        if version not in VERSIONS:
            raise ValueError(f"Odoo {version} is not played, only {VERSIONS}")
        self.version = version
        self.home = home
        self.clock = clock
        self.name = name
        self.models: dict[str, Model] = {model.name: model for model in models_of(version, home)}
        self.tables = Tables()
        self.calls: Counter[str] = Counter()
        self.passwords: dict[int, str] = {}
        self.has_accounting_app = False
        self.programmatic_keys = False
        self._numbers: Counter[str] = Counter()
        self._make_tables()

    def env(self, user: int, context: Mapping[str, Any] | None = None, at: datetime | None = None) -> Env:
        """Surroundings for a call of a user that begins now, or began at an instant."""
        return Env(self, user, _naive(at or self.clock()), dict(context or {}))

    def superuser(self, at: datetime | None = None, reserved: Reserved | None = None) -> Env:
        """Surroundings in which nothing is forbidden."""
        return Env(self, SUPERUSER, _naive(at or self.clock()), {}, is_superuser=True, reserved=reserved or {})

    def call(
        self, user: int, model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any], at: datetime
    ) -> Any:
        """One call of a user in one transaction, which is as nothing if it fails.

        Raises:
            OdooError: as the server would.
            TypeError: the arguments do not fit the method.
        """
        given = dict(kwargs)
        env = self.env(user, given.pop("context", None), at)
        found = exposed.find(self.models[model], method, self.version)
        if exposed.takes_ids(found):
            ids = args[0] if args else given.pop("ids", ())
            args = [ids, *args[1:]]
        call = exposed.bind(found, env, tuple(args), given)
        self.calls[f"{model}.{method}"] += 1
        with self.tables.transaction():
            return call()

    def user_of_login(self, login: str, secret: str) -> int | None:
        """The user with this login, if the secret is their password or a key of theirs."""
        for row in self.tables.of["res.users"].rows.values():
            if row["login"] == login and row["active"]:
                id_: int = row["id"]
                return id_ if self.knows(id_, secret) else None
        return None

    def knows(self, user: int, secret: str) -> bool:
        """Whether a secret is the user's password or a key that has not ended."""
        return bool(secret) and (self.passwords.get(user) == secret or self.user_of_key(secret) == user)

    def user_of_key(self, key: str, at: datetime | None = None) -> int | None:
        """The user whose key this is, if it has not ended."""
        env = self.superuser(at)
        owner = env.the(ApiKeys).owner(env, key)
        return owner if owner is not None and self.tables.of["res.users"].rows[owner]["active"] else None

    def check(self, user: int, secret: str) -> None:
        """Refuse a wrong secret."""
        if user not in self.tables.of["res.users"].rows or not self.knows(user, secret):
            raise AccessDenied

    def model_id(self, model: str) -> int:
        """The id of a model in ir.model."""
        rows = self.tables.of["ir.model"].rows.values()
        return int(next(row["id"] for row in rows if row["model"] == model))

    def next_number(self, sequence: str) -> int:
        """The next number of a sequence; gaps stay when a transaction fails."""
        self._numbers[sequence] += 1
        return self._numbers[sequence]

    def rows(self, model: str) -> list[Row]:
        """All rows of a model as they are stored, for tests."""
        table = self.tables.of[model]
        return [table.rows[id_] for id_ in table.ids]

    def saved(self) -> Saved:
        """All that is in the database now."""
        return Saved(
            {name: table.copy() for name, table in self.tables.of.items()},
            {name: dict(model.fields) for name, model in self.models.items()},
            dict(self.passwords),
            Counter(self._numbers),
        )

    def restore(self, saved: Saved) -> None:
        """Be again as when it was saved."""
        self.tables.of = {name: table.copy() for name, table in saved.tables.items()}
        for name, fields in saved.fields.items():
            self.models[name].fields = dict(fields)
        self.passwords, self._numbers, self.calls = dict(saved.passwords), Counter(saved.numbers), Counter()
        self.has_accounting_app = self.programmatic_keys = False

    def _make_tables(self) -> None:
        indexed: dict[str, set[str]] = {name: set(model.indexed) for name, model in self.models.items()}
        for model in self.models.values():
            for field in model.fields.values():
                if field.type == "one2many" and field.inverse:
                    indexed[field.relation].add(field.inverse)
        for name, columns in indexed.items():
            self.tables.of[name] = Table(sorted(columns))


def _naive(instant: datetime) -> datetime:
    """As it is stored: UTC without saying so."""
    return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
