"""Tryton over HTTP: its REST interface, and its wizards, which REST leaves out.

Reads are tried again a few times; calls that change something are sent once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import httpx2

from adapters.accounting.calls import read_attempts
from adapters.accounting.tryton import faults, wire
from adapters.accounting.tryton.settings import TrytonSettings
from connector.errors import NoAccess

Row = Mapping[str, object]
Domain = Sequence[object]


class Order(NamedTuple):
    """One key to sort by."""

    field: str
    direction: str = "ASC"


class TrytonClient:
    """One company of one database, seen by one user.

    Every method raises the errors of connector/errors.py as connector/ports demands.

    Attributes:
        changes_sent: how many calls that change something have been sent so far.
    """

    def __init__(self, settings: TrytonSettings, name: str, transport: httpx2.BaseTransport | None = None) -> None:
        self.name = name
        self.company = settings.company
        self.changes_sent = 0
        self._session: str | None = None
        self._settings = settings
        self._transport = transport
        self._connected: httpx2.Client | None = None

    @property
    def has_login(self) -> bool:
        """Whether wizards can be run."""
        return bool(self._settings.login and self._settings.password)

    def close(self) -> None:
        """Let go of connections; a later call would open new ones."""
        if self._connected:
            self._connected.close()
            self._connected = None

    @property
    def _http(self) -> httpx2.Client:
        if self._connected is None:
            self._connected = httpx2.Client(
                base_url=self._settings.url,
                timeout=self._settings.timeout_seconds,
                transport=self._transport,
                headers={"Accept": "application/json", "Content-Type": "application/json"},
            )
        return self._connected

    # ------------------------------------------------------------------------------------------------ reading

    def read(
        self,
        model: str,
        fields: Sequence[str],
        domain: Domain = (),
        *,
        order: Sequence[Order] = (Order("id"),),
        limit: int | None = None,
    ) -> list[Row]:
        """Records of a model that fit a domain. A field may be a path: `lang.code`, `addresses.city`."""
        query: list[tuple[str, str | int | float | bool | None]] = [("f", field) for field in fields]
        query += [("d", wire.header(list(domain))), ("o", wire.header([list(key) for key in order]))]
        if limit is not None:
            query.append(("s", str(limit)))
        found = self._read("GET", self._rest(model), model, params=query)
        if not isinstance(found, list):
            raise faults.of_other_content(self.where(model), changes=False)
        return found

    def count(self, model: str, domain: Domain) -> int:
        """How many records fit a domain."""
        found = self._read("POST", self._rest(f"{model}/search_count"), model, body={"domain": list(domain)})
        return int(str(found))

    def access(self, models: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        """Rights of the key's user per model: read, write, create, delete."""
        model = "ir.model.access"
        found = self._read("POST", self._rest(f"{model}/get_access"), model, body={"models": list(models)})
        assert isinstance(found, dict)
        return found

    def version(self) -> str:
        """The server's series, e.g. "8.2". Asked without the key."""
        body = {"id": 0, "method": "common.server.version", "params": []}
        found = self._read("POST", "/rpc/", "version", body=body)
        return str(found.get("result", "")) if isinstance(found, dict) else str(found)

    def login_works(self) -> None:
        """Try login and password. Raises `NoAccess` if they are refused."""
        self._call("model.res.user.get_preferences", [True], {}, changes=False)

    # ----------------------------------------------------------------------------------------------- changing

    def create(self, model: str, values: Row) -> int:
        """Make a record. Returns its id."""
        found = self._send("POST", self._rest(model), model, body=values)
        if not isinstance(found, dict) or not isinstance(found.get("id"), int):
            raise faults.of_other_content(self.where(model), changes=True)
        made: int = found["id"]
        return made

    def update(self, model: str, record: int, values: Row) -> None:
        """Write fields of a record."""
        self._send("PUT", self._rest(f"{model}/{record}"), f"{model} {record}", body=values)

    def press(self, model: str, record: int, button: str, *, clearing_date: date | None = None) -> None:
        """Press a button of a record, e.g. `validate_mandate`."""
        context = {"clearing_date": clearing_date} if clearing_date else {}
        self._send("POST", self._rest(f"{model}/{record}/{button}"), f"{model} {record}", body={}, context=context)

    def run_wizard(self, wizard: str, state: str, model: str, records: Sequence[int]) -> None:
        """Run one state of a wizard over records. Needs login and password."""
        context = {"active_model": model, "active_ids": list(records), "active_id": records[0], "model": model}
        started = self._call(f"wizard.{wizard}.create", [], context, changes=False)
        session = started[0] if isinstance(started, list) else None
        self._call(f"wizard.{wizard}.execute", [session, {}, state], context, changes=True)
        self._call(f"wizard.{wizard}.delete", [session], context, changes=False)

    # ------------------------------------------------------------------------------------------------ sending

    def _call(self, method: str, parameters: Sequence[object], context: Row, *, changes: bool) -> object:
        """Call Tryton's RPC as the user of the login: the only door to wizards."""
        given = [*parameters, {"company": self.company, **context}]
        was_open = self._session is not None
        answer = self._rpc(method, given, session=self._session or self._log_in(method), changes=changes)
        if answer.status_code == 401 and was_open:
            # A session ends after some idle minutes, and is refused before anything is done.
            answer = self._rpc(method, given, session=self._log_in(method), changes=changes)
        return self._result(answer, method, changes=changes)

    def _log_in(self, method: str) -> str:
        if not self._settings.login or self._settings.password is None:
            raise NoAccess(
                "Tryton's wizards can't be run with the key alone.",
                where=self.where(method),
                remedy="Write login and password of the key's user into the config.",
            )
        given = [self._settings.login, {"password": self._settings.password.get_secret_value()}]
        found = self._result(self._rpc("common.db.login", given, session=None, changes=False), method, changes=False)
        user, token = found[:2] if isinstance(found, list) else (None, None)
        self._session = base64.b64encode(f"{self._settings.login}:{user}:{token}".encode()).decode("ascii")
        return self._session

    def _rpc(self, method: str, parameters: Sequence[object], *, session: str | None, changes: bool) -> httpx2.Response:
        body = wire.dumps({"id": 0, "method": method, "params": parameters})
        headers = {"Authorization": f"Session {session}"} if session else {}
        request = self._http.build_request("POST", f"/{self._settings.database}/rpc/", content=body, headers=headers)
        return self._answer(request, method, changes=changes)

    def _result(self, answer: httpx2.Response, method: str, *, changes: bool) -> object:
        found = self._content(answer, method, changes=changes)
        if isinstance(found, dict) and (error := found.get("error")):
            raise faults.of_rpc_error(error, changes=changes, where=self.where(method))
        return found.get("result") if isinstance(found, dict) else found

    def _read(
        self,
        method: str,
        path: str,
        about: str,
        *,
        params: Sequence[tuple[str, str | int | float | bool | None]] = (),
        body: object = None,
    ) -> object:
        request = self._http.build_request(
            method,
            path,
            params=list(params),
            content=None if body is None else wire.dumps(body),
            headers=self._headers({}),
        )
        for attempt in read_attempts():
            with attempt:
                return self._exchange(request, about, changes=False)
        raise AssertionError("the last attempt returns or raises")

    def _send(self, method: str, path: str, about: str, *, body: object, context: Row | None = None) -> object:
        request = self._http.build_request(method, path, content=wire.dumps(body), headers=self._headers(context or {}))
        return self._exchange(request, about, changes=True)

    def _exchange(self, request: httpx2.Request, about: str, *, changes: bool) -> object:
        return self._content(self._answer(request, about, changes=changes), about, changes=changes)

    def _answer(self, request: httpx2.Request, about: str, *, changes: bool) -> httpx2.Response:
        self.changes_sent += changes
        try:
            return self._http.send(request)
        except httpx2.TransportError as error:
            raise faults.of_silence(error, changes=changes, where=self.where(about)) from error

    def _content(self, answer: httpx2.Response, about: str, *, changes: bool) -> object:
        if not answer.is_success:
            raise faults.of_answer(answer, changes=changes, where=self.where(about))
        if answer.status_code == 204:
            return None
        try:
            return wire.loads(answer.content)
        except ValueError as error:
            raise faults.of_other_content(self.where(about), changes=changes) from error

    def _headers(self, context: Row) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._settings.key.get_secret_value()}",
            "X-Tryton-Context": wire.header({"company": self.company, **context}),
        }

    def _rest(self, path: str) -> str:
        return f"/{self._settings.database}/rest/model/{path}"

    def where(self, about: str) -> str:
        """The place that an error names."""
        return f"{self.name}: {about}"
