"""What a mail looks like when it leaves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.mail.message import build, message_id, sender_of
from connector.errors import ConfigError, Skippable
from connector.ports import Attachment, Mail

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
SENDER = sender_of("Créditeur & Cie <finance@creditor.example>")


def mail(**changes: object) -> Mail:
    fields: dict[str, object] = {"key": "k", "to": "zoe@example.org", "subject": "s", "text": "t"}
    return Mail(**{**fields, **changes})  # type: ignore[arg-type]


def test_headers_are_ascii_on_the_wire_and_the_date_is_the_clocks() -> None:
    message = build(mail(subject="Domiciliëring"), SENDER, NOW)
    head = message.as_bytes().partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert message["Date"] == "Tue, 24 Nov 2026 20:00:00 +0000"
    assert message["From"].addresses[0].display_name == "Créditeur & Cie"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_lines_stay_within_what_mail_servers_take() -> None:
    long = "é" * 3000
    wire = build(mail(subject=long[:300], text=long, html=long), SENDER, NOW).as_bytes()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998


def test_a_message_id_can_be_read_in_a_log() -> None:
    assert message_id("notice:M-17:2026-11-24", SENDER).startswith("notice-M-17-2026-11-24.")
    assert message_id("notice:M-17:2026-11-24", SENDER).endswith("@creditor.example")
    assert len(message_id("x" * 500, SENDER)) < 120


def test_keys_that_look_alike_have_message_ids_of_their_own() -> None:
    assert len({message_id(key, SENDER) for key in ("a b", "a-b", "a/b", "a:b", "A-B")}) == 5


def test_a_domain_in_other_letters_travels_in_its_ascii_form() -> None:
    message = build(mail(to="zoe@bücher.example"), SENDER, NOW)
    assert message["To"].addresses[0].addr_spec == "zoe@xn--bcher-kva.example"


@pytest.mark.parametrize("to", ["zoë@example.org", "a..b@example.org", ".a@example.org", "a@", "@b", "a b@c", "a@b@c"])
def test_an_address_that_cannot_be_used_is_told(to: str) -> None:
    with pytest.raises(Skippable, match="not an e-mail address"):
        build(mail(to=to), SENDER, NOW)


def test_an_attachment_of_unknown_type_is_bytes() -> None:
    message = build(mail(attachments=(Attachment("x", "strange", b"\x00"),)), SENDER, NOW)
    assert next(message.iter_attachments()).get_content_type() == "strange/octet-stream"


def test_an_attachment_cannot_bring_headers() -> None:
    with pytest.raises(Skippable, match="attachment"):
        build(mail(attachments=(Attachment("x\r\nBcc: y", "application/pdf", b""),)), SENDER, NOW)


@pytest.mark.parametrize("text", ["", "Finance", "finance@", "Finance <a@b>, Other <c@d>", "a@b\nBcc: c@d"])
def test_a_wrong_sender_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError, match="no sender"):
        sender_of(text)
