"""A transaction that began earlier and is committed later: what it wrote shows up behind what was read meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.counterparts.odoo.env import Env
from tests.counterparts.odoo.fields import Row
from tests.counterparts.odoo.instance import Instance


class LateTransaction:
    """Begins when it is made. Ids are taken at once, rows are seen only after `commit`, dated at the beginning."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._began = instance.clock()
        self._work: list[Callable[[Env], object]] = []

    def create(self, model: str, values: Row) -> int:
        """A new record; its id is given, but nobody sees it yet."""
        target = self._instance.models[model]
        id_ = target.reserve(self._instance.superuser())
        reserved = {model: [id_]}

        def work(env: Env) -> object:
            return target.create_one(replace(env, reserved=reserved), values)

        self._work.append(work)
        return id_

    def write(self, model: str, ids: Sequence[int], values: Row) -> None:
        """A change that nobody sees yet."""
        self._work.append(lambda env: self._instance.models[model].write_all(env, list(ids), values))

    def call(self, user: int, model: str, method: str, *args: Any, **kwargs: Any) -> None:
        """A call of a user whose effect nobody sees yet."""
        self._work.append(lambda _env: self._instance.call(user, model, method, args, kwargs, self._began))

    def commit(self) -> None:
        """All of it becomes visible, with the write_date of the beginning."""
        for work in self._work:
            work(self._instance.superuser(self._began))
        self._work.clear()
