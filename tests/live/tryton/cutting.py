"""A network that fails at a chosen moment, for good."""

from __future__ import annotations

from enum import Enum

import httpx2


class Cut(Enum):
    """What becomes of the request at which the network fails."""

    NOT_SENT = "not sent"
    ANSWER_LOST = "answer lost"


class CuttingTransport(httpx2.BaseTransport):
    """Lets `passed` requests through that may change something, fails at the next one and at all that follow.

    Reads in between pass: to be cut there is the same as to be cut before the next change.

    Attributes:
        failed: whether it came to that.
    """

    def __init__(self, passed: int, cut: Cut) -> None:
        self._network = httpx2.HTTPTransport()
        self._left = passed
        self._cut = cut
        self.failed = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Called by the client for each request."""
        if not self.failed and (request.method == "GET" or self._left > 0):
            self._left -= request.method != "GET"
            return self._network.handle_request(request)
        if not self.failed and self._cut is Cut.ANSWER_LOST:
            self._network.handle_request(request).read()
        self.failed = True
        if self._cut is Cut.NOT_SENT:
            raise httpx2.ConnectError("cut before it was sent", request=request)
        raise httpx2.ReadError("cut before the answer", request=request)

    def close(self) -> None:
        """Called by the client."""
        self._network.close()
