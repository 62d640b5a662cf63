"""HTTP on the wire: one connection for one request, as Odoo's own server does it.

Or kept alive, as it is where a proxy stands before Odoo: Odoo Online, Odoo.sh, and nginx as Odoo's guide sets it up.
"""

from __future__ import annotations

import contextlib
from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.counterparts.odoo import json2
from tests.counterparts.odoo.answers import Answer, json_answer, page

if TYPE_CHECKING:
    from tests.counterparts.odoo.server import OdooServer

BODY_BYTES_MAX = 128 * 1024 * 1024  # what Odoo takes by default


class Listener(ThreadingHTTPServer):
    """Listens on loopback for one server."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, port: int, odoo: OdooServer) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.odoo = odoo
        self.keeps_alive = odoo.keeps_alive


class Handler(BaseHTTPRequestHandler):
    """Reads a request, writes its answer."""

    server: Listener
    timeout = 30
    disable_nagle_algorithm = True  # as a proxy does: no part of an answer is held back

    def setup(self) -> None:
        """Only behind a proxy is a connection kept."""
        if self.server.keeps_alive:
            self.protocol_version = "HTTP/1.1"
        super().setup()

    def do_POST(self) -> None:
        """A call."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_BYTES_MAX:
            self._send(page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            self.close_connection = True  # the request was not read
            return
        self._send(self.server.odoo.answer(urlsplit(self.path).path, self._headers(), self.rfile.read(length)))

    def do_GET(self) -> None:
        """The page that says that it lives, the client library's look for documentation, and our own count."""
        path = urlsplit(self.path).path
        if path == "/web/health":
            self._send(json_answer(200, {"status": "pass"}))
        elif path.startswith(json2.DOC_PREFIX):
            self._send(json2.documentation(self.server.odoo.instance, self._headers()))
        elif path == "/counterpart/calls":
            self._send(json_answer(200, dict(self.server.odoo.instance.calls)))
        else:
            self._send(page(HTTPStatus.NOT_FOUND))

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header, by the clock that was given."""
        return format_datetime(self.server.odoo.instance.clock().astimezone(UTC), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Nothing: a test reads no log of the other side."""

    def _headers(self) -> dict[str, str | None]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _send(self, answer: Answer | None) -> None:
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(answer.body)
