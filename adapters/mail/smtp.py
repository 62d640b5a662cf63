"""The mailer `smtp`: hands mails to a mail server.

A server can't be asked whether it took a mail, so there is no look-up; the Message-ID shows a repeat as one.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from threading import RLock

from pydantic import Field, SecretStr

from adapters.mail.message import build, message_id, sender_of
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome
from connector.ports import AdapterSettings, Mail, Mailer, Probe, Surroundings

_DOT = re.compile(rb"^\.", re.MULTILINE)


class Security(StrEnum):
    """How the connection is kept secret."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class SmtpSettings(AdapterSettings):
    """Settings of the mailer `smtp`."""

    host: str
    port: int = Field(default=587, ge=1, le=65535, description="587 with starttls, 465 with tls.")
    security: Security = Field(default=Security.STARTTLS, description="none only on this machine or in a closed net.")
    username: str = ""
    password: SecretStr = SecretStr("")
    sender: str = Field(description="Name <name@example.org>")
    timeout: int = Field(default=30, ge=1, le=600, description="Seconds.")
    ca_file: Path | None = Field(default=None, description="Certificates to trust, for a server with one of its own.")


class SmtpMailer(Mailer):
    """A mail server. The connection stays open between mails."""

    Settings = SmtpSettings

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        if not isinstance(settings, SmtpSettings):
            raise TypeError(f"{settings!r} are no SmtpSettings")
        self._told = settings
        self._sender = sender_of(settings.sender)
        self._server: smtplib.SMTP | None = None
        self._one_at_a_time = RLock()  # one connection, used by the pass and by the threads of the signing pages

    def message_id(self, key: str) -> str:
        """The Message-ID of this key."""
        return message_id(key, self._sender)

    def send(self, mail: Mail) -> str:
        """Hand the mail over. Once its content has left, a lost answer is an unknown outcome."""
        message = build(mail, self._sender, self.surroundings.clock())
        recipient = message["To"].addresses[0].addr_spec
        content = _DOT.sub(b"..", message.as_bytes())
        with self._one_at_a_time:
            self._hand_over(recipient, content)
        return self.message_id(mail.key)

    def _hand_over(self, recipient: str, content: bytes) -> None:
        server = self._connected()
        try:
            self._offer(server, recipient)
        except OSError as error:
            self._drop()
            raise self._away(error) from error
        try:
            server.send(content + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, answer = server.getreply()
        except OSError as error:
            self._drop()
            raise UnknownOutcome(
                "The mail server did not say whether it took the mail.",
                where=self._where,
                remedy="Look for the Message-ID in the log of the mail server.",
            ) from error
        if code != 250:
            self._refused(code, answer, "the mail", Skippable)

    def _offer(self, server: smtplib.SMTP, recipient: str) -> None:
        """All that comes before the content; nothing has left when this raises."""
        code, answer = server.mail(self._sender.addr_spec)
        if code != 250:
            self._refused(code, answer, f"the sender {self._sender.addr_spec}", NoAccess)
        code, answer = server.rcpt(recipient)
        if code not in (250, 251):
            self._refused(code, answer, "the recipient", Skippable)
        code, answer = server.docmd("DATA")
        if code != 354:
            self._refused(code, answer, "the mail", Skippable)

    def _refused(self, code: int, answer: bytes, what: str, lasting: type[ConnectorError]) -> None:
        """Raise what a refusal means: 4xx may work later, 5xx will not."""
        self._reset()
        said = f"The mail server refused {what}: {code} {_text(answer)}"
        if 400 <= code < 500:
            raise Retriable(said, where=self._where)
        raise lasting(said, where=self._where, remedy="Correct the address, or ask who runs the mail server.")

    def _reset(self) -> None:
        """Have the open connection forget the mail in hand."""
        try:
            if self._server is not None:
                self._server.rset()
        except OSError:
            self._drop()

    # -------------------------------------------------------------------------------- connection

    def _connected(self) -> smtplib.SMTP:
        """The open connection if it still answers, else a new one."""
        if self._server is not None:
            try:
                if self._server.noop()[0] == 250:
                    return self._server
            except OSError:
                pass
            self._drop()
        self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        told = self._told
        server: smtplib.SMTP | None = None
        try:
            if told.security is Security.TLS:
                server = smtplib.SMTP_SSL(told.host, told.port, timeout=told.timeout, context=self._context())
            else:
                server = smtplib.SMTP(told.host, told.port, timeout=told.timeout)
            server.ehlo_or_helo_if_needed()
            if told.security is Security.STARTTLS:
                server.starttls(context=self._context())
                server.ehlo()
            if told.username:
                server.login(told.username, told.password.get_secret_value())
        except OSError as error:
            if server is not None:
                server.close()
            raise self._away(error) from error
        return server

    def _context(self) -> ssl.SSLContext:
        ca_file = self._told.ca_file
        return ssl.create_default_context(cafile=self.surroundings.folder / ca_file if ca_file else None)

    def _away(self, error: OSError) -> ConnectorError:
        """What a failure before the content means; nothing was sent. smtplib's errors are OSErrors as well."""
        where = self._where
        if isinstance(error, ssl.SSLCertVerificationError):
            return NoAccess(
                f"The mail server's certificate can't be trusted: {error.verify_message}.", where=where,
                remedy="Check host, or name the certificate in ca_file.",
            )  # fmt: skip
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return NoAccess(
                f"The mail server can't do this: {error}", where=where, remedy="Check port, security and username."
            )
        if isinstance(error, smtplib.SMTPResponseException):
            said = f"The mail server refused: {error.smtp_code} {_text(error.smtp_error)}"
            if 400 <= error.smtp_code < 500:
                return Retriable(said, where=where)
            return NoAccess(said, where=where, remedy="Check username and password.")
        return Retriable(
            f"The mail server can't be reached ({getattr(error, 'strerror', None) or error}).", where=where,
            remedy="Check host, port and security.",
        )  # fmt: skip

    @property
    def _where(self) -> str:
        return f"{self.name} {self._told.host}:{self._told.port}"

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    # ------------------------------------------------------------------------------------ the rest

    def check(self) -> Iterator[Probe]:
        """Connect and log in; no mail is sent."""
        what = f"{self._where} ({self._told.security})"
        try:
            self._connected()
        except ConnectorError as error:
            yield Probe(what, ok=False, detail=error.what, remedy=error.remedy)
        else:
            yield Probe(what, ok=True, detail="logged in" if self._told.username else "no login")

    def close(self) -> None:
        """Take leave of the server."""
        with self._one_at_a_time:
            if self._server is not None:
                with contextlib.suppress(OSError):
                    self._server.quit()
            self._drop()


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]
