"""Which fields a reading asks of Odoo: those of the mapping's paths, and those that choosing needs.

A path may go into other records (`country_id.code`). Those are read a page at a time, by their ids, and put in the
place of the ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from adapters.accounting.odoo.client import ACTIVE_OR_NOT, Domain, OdooClient, Row, integer, integers
from connector.errors import ConfigError
from mappings.engine import Mapping as FieldMapping

CHOSEN = "chosen"
_KEPT_MAX = 5_000
"""Records of one other model that are kept in mind; countries and payment modes are read once."""

Tree: TypeAlias = dict[str, "Tree"]


def chosen_of(mapping: FieldMapping, kind: str) -> set[str]:
    """What a mapping takes from `chosen`, e.g. "email"."""
    paths = (path.split(".") for rule in mapping.rules(kind) for path in rule.paths)
    return {path[1] for path in paths if path[0] == CHOSEN and len(path) > 1}


def paths_of(mapping: FieldMapping, kind: str) -> set[str]:
    """The paths into Odoo of one kind of record. A number in a path counts in a list: Odoo is asked for the list."""
    paths = (path.split(".") for rule in mapping.rules(kind) for path in rule.paths)
    return {".".join(step for step in path if not step.isdecimal()) for path in paths if path[0] != CHOSEN}


class Reader:
    """Reads records of a model with all that the paths name.

    Args:
        paths: of the fields; those that this Odoo does not have are left out.
    """

    def __init__(self, client: OdooClient, model: str, paths: Iterable[str]) -> None:
        self._client = client
        self._model = model
        self._tree: Tree = {}
        for path in paths:
            self._plant(path.split("."))
        self._kept: dict[str, dict[object, Row]] = {}

    def __call__(self, domain: Domain, limit: int | None = None) -> list[Row]:
        """Records that fit a domain, in the order of their ids."""
        return self._read(self._model, self._tree, domain, limit)

    def _plant(self, path: list[str]) -> None:
        if not is_there(self._client, self._model, path):
            return
        tree = self._tree
        for step in path:
            tree = tree.setdefault(step, {})

    def _read(self, model: str, tree: Tree, domain: Domain, limit: int | None = None) -> list[Row]:
        rows = self._client.read(model, sorted(tree), domain, limit=limit)
        fields = self._client.fields(model)
        for name, below in tree.items():
            if below:
                self._put_related(rows, name, fields[name].relation, below)
        return rows

    def _put_related(self, rows: list[Row], name: str, model: str, tree: Tree) -> None:
        """Put records in the place of their ids: of each that a field leads to, or of the one."""
        found = [row[name] for row in rows]
        ids = {integer(there) for there in found if there and not isinstance(there, list)}
        ids.update(*(integers(there) for there in found if isinstance(there, list)))
        related = self._related(model, tree, ids)
        for row in rows:
            there = row[name]
            if isinstance(there, list):
                row[name] = [related[record] for record in there if record in related]
            else:
                row[name] = related.get(there) if there else None

    def _related(self, model: str, tree: Tree, ids: set[int]) -> Mapping[object, Row]:
        kept = self._kept.setdefault(f"{model} {tree}", {})
        if len(kept) > _KEPT_MAX:
            kept.clear()
        missing = sorted(ids - kept.keys())
        if missing:
            # What a record names counts even where it was archived since, e.g. the term of an older invoice.
            archived_too = ACTIVE_OR_NOT if "active" in self._client.fields(model) else ()
            found = self._read(model, tree, [*archived_too, ["id", "in", missing]])
            kept.update({row["id"]: row for row in found})
        return kept


def is_there(client: OdooClient, model: str, path: list[str]) -> bool:
    """Whether this Odoo has the field that a path leads to."""
    for step in path:
        field = client.fields(model).get(step) if model else None
        if field is None:
            return False
        model = field.relation
    return True


def unknown_paths(client: OdooClient, model: str, paths: Iterable[str]) -> list[str]:
    """Those of some paths that lead to no field of this Odoo."""
    return sorted(path for path in paths if not is_there(client, model, path.split(".")))


def check_own_paths(client: OdooClient, model: str, paths: Iterable[str]) -> None:
    """What a company's own mapping names must be there: else its rules would decide on nothing.

    Raises:
        ConfigError: a field is not there.
    """
    if unknown := unknown_paths(client, model, paths):
        raise ConfigError(
            f"The mapping names fields that {model} does not have: {', '.join(unknown)}.",
            where=client.where("mapping"),
            remedy="Correct their technical names (developer mode shows them), or take them out of the mapping.",
        )
