"""What one call runs in: the database, the user, the context, and the start of the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from tests.counterparts.odoo.errors import AccessError
from tests.counterparts.odoo.fields import Row
from tests.counterparts.odoo.rights import with_implied

if TYPE_CHECKING:
    from tests.counterparts.odoo.instance import Instance
    from tests.counterparts.odoo.models.base import Model

SUPERUSER = 1
Kind = TypeVar("Kind", bound="Model")


@dataclass(frozen=True)
class Env:
    """The surroundings of a call.

    Attributes:
        now: start of the transaction, naive UTC: the write_date of all that it writes.
        is_superuser: rights and companies are not asked.
        reserved: ids taken from the sequences before, by model (a transaction that began earlier).
    """

    database: Instance
    user_id: int
    now: datetime
    context: Mapping[str, Any] = field(default_factory=dict)
    is_superuser: bool = False
    reserved: Mapping[str, list[int]] = field(default_factory=dict)

    def __getitem__(self, model: str) -> Model:
        return self.database.models[model]

    def the(self, kind: type[Kind]) -> Kind:
        """A model by its class."""
        model = self.database.models[kind.name]
        assert isinstance(model, kind)
        return model

    @property
    def version(self) -> int:
        """17 or 19."""
        return self.database.version

    @property
    def user(self) -> Row:
        """The row of the user."""
        return self.database.tables.of["res.users"].rows[self.user_id]

    def sudo(self) -> Env:
        """The same without asking for rights."""
        return replace(self, is_superuser=True)

    def with_context(self, **more: Any) -> Env:
        """The same with more in the context."""
        return replace(self, context={**self.context, **more})

    @cached_property
    def groups(self) -> frozenset[str]:
        """Groups of the user, those that they imply included."""
        groups = self.database.tables.of["res.groups"].rows
        return with_implied({groups[id_]["full_name"] for id_ in self.user["groups"] or ()})

    @cached_property
    def companies(self) -> tuple[int, ...]:
        """Companies that are asked for, else all of the user; the first is the current one.

        Raises:
            AccessError: the context names one in which the user is not.
        """
        own = self.user["company_ids"] or ()
        asked = tuple(self.context.get("allowed_company_ids") or ())
        if not asked:
            return (self.user["company_id"], *(id_ for id_ in own if id_ != self.user["company_id"]))
        if not self.is_superuser and not set(asked) <= set(own):
            raise AccessError("Access to unauthorized or invalid companies.")
        return asked

    @property
    def company(self) -> int:
        """The current company."""
        return self.companies[0]
