"""The calls that the rooms of this adapter make, with a budget, typed errors, and the company in every context.

Reads are tried again a few times; calls that change something are sent once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import httpx2

from adapters.accounting.calls import read_attempts
from adapters.accounting.odoo import faults
from adapters.accounting.odoo.faults import Refused
from adapters.accounting.odoo.opening import Server, open_server
from adapters.accounting.odoo.settings import OdooSettings
from adapters.accounting.odoo.wire import Call
from connector.errors import ConnectorError

Row = dict[str, object]
"""A record, or the values of one, by field."""
Domain = Sequence[object]
_Answer = TypeVar("_Answer")

ACTIVE_OR_NOT: Domain = [["active", "in", [True, False]]]


class Field(NamedTuple):
    """A field of a model. `relation` is the model that it leads to, "" if none."""

    type: str
    relation: str


class OdooClient:
    """One company of one database, seen by one user.

    Every method raises the errors of connector/errors.py as the ports demand.

    Attributes:
        changes_sent: how many calls that change something have been sent so far.
        calls_sent: how many calls in all.
    """

    def __init__(
        self,
        settings: OdooSettings,
        name: str,
        *,
        transport: httpx2.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """For tests: `transport` in place of the network, `pause` of waiting, `ticks` of the seconds that go by."""
        self.name = name
        self.company = settings.company
        self.changes_sent = 0
        self.calls_sent = 0
        self._settings = settings
        self._transport = transport
        self._pause = pause
        self._ticks = ticks
        self._free_at = 0.0
        self._server: Server | None = None
        self._http: httpx2.Client | None = None
        self._fields: dict[str, Mapping[str, Field]] = {}
        self._references: dict[str, int] = {}

    @property
    def server(self) -> Server:
        """Version, protocol and user; found out with the first call."""
        if self._server is None:
            http = self._http = httpx2.Client(timeout=self._settings.timeout_seconds, transport=self._transport)
            self._server = read_attempts(self._pause)(lambda: open_server(self._settings, self.name, http))
        return self._server

    def with_key(self, key: str) -> OdooClient:
        """The same company, seen with another key."""
        settings = self._settings.model_validate({**self._settings.model_dump(), "key": key})
        return OdooClient(settings, self.name, transport=self._transport, pause=self._pause)

    def close(self) -> None:
        """Let go of connections; a later call would open new ones."""
        if self._http:
            self._http.close()
        self._http = self._server = None

    # ------------------------------------------------------------------------------------------------ reading

    def read(
        self,
        model: str,
        fields: Sequence[str],
        domain: Domain = (),
        *,
        limit: int | None = None,
        order: str = "id",
    ) -> list[Row]:
        """Records of a model that fit a domain. A record that another one leads to is given by its id."""
        found = self.ask(
            model, "search_read", domain=list(domain), fields=list(fields), order=order, limit=limit, load=""
        )
        if not isinstance(found, list):
            raise faults.of_other_content(changes=False, where=self.where(model))
        return found

    def ids(self, model: str, domain: Domain, *, limit: int) -> list[int]:
        """Ids of the first records that fit a domain."""
        found = self.ask(model, "search", domain=list(domain), order="id", limit=limit)
        if not isinstance(found, list):
            raise faults.of_other_content(changes=False, where=self.where(model))
        return found

    def count(self, model: str, domain: Domain) -> int:
        """How many records fit a domain."""
        return int(str(self.ask(model, "search_count", domain=list(domain))))

    def fields(self, model: str) -> Mapping[str, Field]:
        """The fields of a model that the user sees; none if the model is not there."""
        if model not in self._fields:
            try:
                found = self.ask(model, "fields_get", attributes=["type", "relation"])
            except ConnectorError as error:
                if not isinstance(error.__cause__, Refused) or not error.__cause__.is_about_a_missing_model:
                    raise
                found = {}
            assert isinstance(found, dict)
            self._fields[model] = {
                name: Field(str(about["type"]), str(about.get("relation") or "")) for name, about in found.items()
            }
        return self._fields[model]

    def may(self, model: str, operation: str) -> bool:
        """Whether the user may read, create, write or unlink records of a model."""
        if self.server.version >= (18, 0):
            return bool(self.ask(model, "has_access", [], operation=operation))
        return bool(self.ask(model, "check_access_rights", operation=operation, raise_exception=False))

    def reference(self, name: str) -> int:
        """Id of a record that a module brings along, e.g. "mail.mt_note"."""
        if name not in self._references:
            module, _, record = name.partition(".")
            found = self.ask("ir.model.data", "check_object_reference", module=module, xml_id=record)
            assert isinstance(found, list)
            self._references[name] = integer(found[1])
        return self._references[name]

    def ask(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        *,
        context: Row | None = None,
        **arguments: object,
    ) -> object:
        """Call a method that changes nothing."""
        call = Call(model, method, None if ids is None else list(ids), arguments)
        return read_attempts(self._pause)(lambda: self._exchange(call, changes=False, context=context))

    # ----------------------------------------------------------------------------------------------- changing

    def create(self, model: str, rows: Sequence[Row]) -> list[int]:
        """Make records, all or none. Returns their ids."""
        found = self.change(model, "create", vals_list=list(rows))
        made = found if isinstance(found, list) else [found]
        if len(made) != len(rows):
            raise faults.of_other_content(changes=True, where=self.where(model))
        return [integer(record) for record in made]

    def write(self, model: str, ids: Sequence[int], values: Mapping[str, object]) -> None:
        """Write the same values to records."""
        self.change(model, "write", ids, vals=dict(values))

    def load(self, model: str, columns: Sequence[str], rows: Mapping[int, Sequence[object]]) -> bool:
        """Write different values to many records at once, by id. False if one did not take them: then none did."""
        data = [[str(record), *(_cell(value) for value in row)] for record, row in rows.items()]
        found = self.change(model, "load", fields=[".id", *columns], data=data)
        return isinstance(found, dict) and bool(found.get("ids"))

    def change(
        self,
        model: str,
        method: str,
        ids: Sequence[int] | None = None,
        *,
        context: Row | None = None,
        **arguments: object,
    ) -> object:
        """Call a method that changes something."""
        call = Call(model, method, None if ids is None else list(ids), arguments)
        return self._exchange(call, changes=True, context=context)

    def where(self, about: str) -> str:
        """The place that an error names."""
        return f"{self.name}: {about}"

    # ------------------------------------------------------------------------------------------------ sending

    def _exchange(self, call: Call, *, changes: bool, context: Row | None = None) -> object:
        server, where = self.server, self.where(call.model)
        self._keep_to_the_budget()
        self.calls_sent += 1
        self.changes_sent += changes
        company = {"allowed_company_ids": [self.company]}
        arguments = {**call.arguments, "context": {**company, **(context or {})}}
        try:
            return server.transport.send(call._replace(arguments=arguments))
        except Refused as refused:
            raise faults.of_refusal(refused, changes=changes, where=where) from refused
        except httpx2.TransportError as error:
            raise faults.of_silence(error, changes=changes, where=where) from error
        except ValueError as error:
            raise faults.of_other_content(changes=changes, where=where) from error

    def _keep_to_the_budget(self) -> None:
        """Wait until the next call is allowed."""
        if not self._settings.calls_per_second:
            return
        now = self._ticks()
        if now < self._free_at:
            self._pause(self._free_at - now)
        self._free_at = max(now, self._free_at) + 1 / self._settings.calls_per_second


def integer(value: object) -> int:
    """An id as Odoo gives it."""
    assert isinstance(value, int)
    return value


def integers(value: object) -> list[int]:
    """The ids that a field leads to: none, one or several."""
    if isinstance(value, list):
        return [integer(record) for record in value]
    return [integer(value)] if value else []


def _cell(value: object) -> object:
    """A value as `load` reads it: no value is empty text."""
    return "" if value in (None, False) else value
