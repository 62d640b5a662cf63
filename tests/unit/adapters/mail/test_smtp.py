"""What answers of a mail server mean, on a server that is told line by line what to say."""

from __future__ import annotations

import asyncio
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.mail.smtp import Security, SmtpMailer, SmtpSettings
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome
from connector.ports import Mail, Surroundings

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
MAIL = Mail(key="k", to="zoe@example.org", subject="s", text="t")
HANG_UP = ""


@dataclass
class Scripted:
    """A mail server whose answers are given; HANG_UP closes the line instead of answering."""

    answers: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    port: int = 0

    def answer(self, command: str) -> str:
        usual = {"": "220 hello", "DATA": "354 go on", ".": "250 kept", "QUIT": "221 bye"}
        return self.answers.get(command, usual.get(command, "250 ok"))


class _Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Scripted = self.server.scripted  # type: ignore[attr-defined]
        if not self._say(server.answer("")):
            return
        while line := self.rfile.readline():
            command = line.split()[0].decode().upper()
            server.commands.append(command)
            if not self._say(server.answer(command)):
                return
            if command == "DATA" and server.answer("DATA").startswith("354"):
                content = b""
                while not content.endswith(b"\r\n.\r\n"):
                    content += self.rfile.readline()
                server.contents.append(content)
                if not self._say(server.answer(".")):
                    return

    def _say(self, answer: str) -> bool:
        if answer != HANG_UP:
            self.wfile.write(answer.encode() + b"\r\n")
        return answer != HANG_UP


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    script = Scripted()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Line) as server:
        server.daemon_threads = True
        server.scripted = script  # type: ignore[attr-defined]
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield script
        server.shutdown()
        thread.join()


@pytest.fixture
def mailer(scripted: Scripted) -> Iterator[SmtpMailer]:
    mailer = mailer_at(scripted.port)
    yield mailer
    mailer.close()


def mailer_at(port: int, folder: Path = Path("unused"), **settings: object) -> SmtpMailer:
    told = {"host": "127.0.0.1", "port": port, "security": Security.NONE, "sender": "f@creditor.example", "timeout": 5}
    return SmtpMailer(SmtpSettings.model_validate({**told, **settings}), Surroundings("post", lambda: NOW, folder))


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("", "421 busy", Retriable),
        ("", "554 go away", NoAccess),
        ("", HANG_UP, Retriable),
        ("EHLO", HANG_UP, Retriable),
        ("MAIL", "451 later", Retriable),
        ("MAIL", "550 who are you", NoAccess),
        ("MAIL", HANG_UP, Retriable),
        ("RCPT", "450 greylisted", Retriable),
        ("RCPT", "550 no such user", Skippable),
        ("RCPT", HANG_UP, Retriable),
        ("DATA", "451 later", Retriable),
        ("DATA", "554 no", Skippable),
        ("DATA", HANG_UP, Retriable),
        (".", "452 disk full", Retriable),
        (".", "554 spam", Skippable),
        (".", HANG_UP, UnknownOutcome),
    ],
)
def test_what_an_answer_means(
    mailer: SmtpMailer, scripted: Scripted, command: str, answer: str, error: type[ConnectorError]
) -> None:
    scripted.answers[command] = answer
    with pytest.raises(ConnectorError) as caught:
        mailer.send(MAIL)
    assert type(caught.value) is error
    assert "127.0.0.1" in caught.value.where


def test_the_next_mail_goes_out_after_a_refused_one(mailer: SmtpMailer, scripted: Scripted) -> None:
    scripted.answers["RCPT"] = "550 no such user"
    with pytest.raises(Skippable):
        mailer.send(MAIL)
    del scripted.answers["RCPT"]
    assert mailer.send(MAIL)
    assert len(scripted.contents) == 1
    assert scripted.commands.count("EHLO") == 1


def test_a_line_that_went_dead_between_mails_is_opened_again(mailer: SmtpMailer, scripted: Scripted) -> None:
    mailer.send(MAIL)
    scripted.answers["NOOP"] = HANG_UP
    mailer.send(MAIL)
    assert len(scripted.contents) == 2
    assert scripted.commands.count("EHLO") == 2


def test_a_dot_alone_on_a_line_does_not_end_the_mail(mailer: SmtpMailer, scripted: Scripted) -> None:
    mailer.send(Mail(key="k", to=MAIL.to, subject="s", text="a\n.\n..\nb\n"))
    assert b"\r\n..\r\n...\r\nb\r\n.\r\n" in scripted.contents[0]


def test_a_server_that_is_not_there_can_be_tried_again(scripted: Scripted) -> None:
    mailer = mailer_at(1)
    with pytest.raises(Retriable, match="can't be reached"):
        mailer.send(MAIL)
    (probe,) = mailer.check()
    assert not probe.ok
    assert probe.remedy


def test_starttls_is_never_done_without(mailer: SmtpMailer, scripted: Scripted) -> None:
    with pytest.raises(NoAccess, match="STARTTLS"):
        mailer_at(scripted.port, security="starttls").send(MAIL)
    assert scripted.commands == ["EHLO"]


@dataclass
class _Kept:
    contents: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802
        self.contents.append(envelope.content)  # type: ignore[attr-defined]
        return "250 kept"


def _authenticate(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
    right = data.login == b"finance" and data.password == b"correct horse"  # type: ignore[attr-defined]
    return AuthResult(success=right, handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


class _Encrypting(Controller):
    """A server on a port of the system's choice, whose first contact with itself does not speak TLS."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection(("127.0.0.1", self.port), 5) as contact:
            contact.settimeout(1)
            with suppress(OSError):
                contact.recv(100)


Serve = Callable[[str], tuple[_Kept, int]]


@pytest.fixture
def serve(certificate: Path) -> Iterator[Serve]:
    """Starts a real mail server with encryption and login."""
    running: list[Controller] = []

    def start(security: str) -> tuple[_Kept, int]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        kept = _Kept()
        options: dict[str, Any] = {"authenticator": _authenticate}
        if security == "tls":
            options |= {"ssl_context": context, "auth_require_tls": False}
        else:
            options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
        controller = _Encrypting(kept, hostname="127.0.0.1", port=0, **options)
        controller.start()
        running.append(controller)
        return kept, controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_out_encrypted_and_logged_in(serve: Serve, certificate: Path, security: str) -> None:
    kept, port = serve(security)
    login: dict[str, Any] = {"username": "finance", "password": "correct horse", "ca_file": certificate}
    mailer = mailer_at(port, host="localhost", security=security, **login)
    (probe,) = mailer.check()
    assert (probe.ok, probe.detail) == (True, "logged in")
    mailer.send(MAIL)
    mailer.close()
    assert len(kept.contents) == 1


def test_a_wrong_password_stops_the_pass_and_is_not_shown(serve: Serve, certificate: Path) -> None:
    _, port = serve("starttls")
    login: dict[str, Any] = {"username": "finance", "password": "wrong horse", "ca_file": certificate}
    mailer = mailer_at(port, host="localhost", security="starttls", **login)
    with pytest.raises(NoAccess, match="refused: 535") as caught:
        mailer.send(MAIL)
    assert "horse" not in f"{caught.value} {mailer.settings!r}"


def test_a_certificate_that_is_not_trusted_stops_the_pass(serve: Serve) -> None:
    kept, port = serve("starttls")
    with pytest.raises(NoAccess, match="certificate can't be trusted"):
        mailer_at(port, host="localhost", security="starttls").send(MAIL)
    assert kept.contents == []
