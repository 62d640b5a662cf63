"""SMTP: a mail server on loopback that keeps what it is given."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass
class SmtpServer:
    """A mail server of one test.

    Attributes:
        messages: what was accepted, oldest first.
        recipients: whom each message was for, by the envelope.
        refusal: if set, the answer to every further message, e.g. "451 Try again later".
    """

    host: str = HOST
    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusal: str = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd, by this name, for each message."""
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(email.message_from_bytes(content, policy=email.policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 Kept"


class _AnyPort(Controller):
    """A controller that lets the system choose the port, which no other process can then take."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A running mail server that keeps messages."""
    kept = SmtpServer()
    controller = _AnyPort(kept, hostname=HOST, port=0)
    controller.start()
    kept.port = controller.port
    yield kept
    controller.stop()
