"""The HTTP server: a thread on loopback that answers for one database."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from tests.counterparts.odoo import json2, jsonrpc
from tests.counterparts.odoo.answers import Answer, json_answer, page
from tests.counterparts.odoo.errors import serialization_failure, value_error
from tests.counterparts.odoo.instance import Instance
from tests.counterparts.odoo.trouble import Kind, Trouble, Troubles
from tests.counterparts.odoo.wire import Listener


def _nothing(_call: str) -> None:
    """Nobody acts meanwhile."""


class OdooServer:
    """Answers for an instance until it is stopped; a stopped one can be started again on the same port.

    Attributes:
        meanwhile: told of each call ("model.method") right before it is done: a person may act first.
        keeps_alive: whether connections are kept, as a proxy before it would; to be said before it starts.
    """

    def __init__(self, instance: Instance, port: int = 0) -> None:
        self.instance = instance
        self.troubles = Troubles()
        self.meanwhile: Callable[[str], object] = _nothing
        self.requests = 0
        self.keeps_alive = False
        self.port = port
        self._lock = threading.Lock()
        self._http: Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> OdooServer:
        """Begin to answer."""
        self._http = Listener(self.port, self)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="odoo", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answer no more: connections are refused."""
        if self._http is not None and self._thread is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()
            self._http = self._thread = None

    def __enter__(self) -> OdooServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """A restart: nobody answers in between."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def calm(self) -> None:
        """No trouble, and nobody acts."""
        self.troubles.clear()
        self.meanwhile = _nothing

    def answer(self, path: str, headers: dict[str, str | None], body: bytes) -> Answer | None:
        """The answer to one POST; None if the connection is to close without one."""
        self.requests += 1
        try:
            request = json.loads(body or b"{}")
        except ValueError:
            return Answer(400, b"Invalid JSON data", {"Content-Type": "text/html; charset=utf-8"})
        is_json2 = path.startswith(json2.PREFIX)
        call = json2.called(path) if is_json2 else jsonrpc.called(request)
        trouble = self.troubles.strikes(call)
        if trouble is not None and trouble.kind not in {Kind.LOST_ANSWER, Kind.SLOW}:
            return _instead(trouble, request, is_json2)
        with self._lock:
            self.meanwhile(call)
            given = self._given(path, headers, request, is_json2)
        if trouble is not None and trouble.kind is Kind.SLOW:
            time.sleep(trouble.seconds)
        return None if trouble is not None and trouble.kind is Kind.LOST_ANSWER else given

    def _given(self, path: str, headers: dict[str, str | None], request: Any, is_json2: bool) -> Answer:
        if is_json2:
            return json2.answer(self.instance, path, headers, request, self._begin)
        if path == "/jsonrpc":
            return jsonrpc.answer(self.instance, request, self._begin)
        return page(404)

    def _begin(self, _call: str) -> datetime:
        return self.instance.clock()


def _instead(trouble: Trouble, request: Any, is_json2: bool) -> Answer | None:
    """What is answered in place of any work."""
    if trouble.kind is Kind.DROPPED:
        return None
    if trouble.kind is Kind.STATUS:
        return page(trouble.status)
    if trouble.kind is Kind.THROTTLED:
        answer = page(429)
        return Answer(429, answer.body, {**answer.headers, "Retry-After": f"{trouble.seconds:.0f}"})
    error = serialization_failure() if trouble.kind is Kind.SERIALIZATION else value_error("staged")
    if is_json2:
        return json_answer(error.status, error.serialized())
    told = {"code": 200, "message": "Odoo Server Error", "data": error.serialized()}
    return json_answer(200, {"jsonrpc": "2.0", "id": request.get("id"), "error": told})
