"""What every mailer must hold to: rules that an adapter joins with one class and one fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from connector.errors import Skippable, Unsupported
from connector.model.customer import Language
from connector.ports import Attachment, Mail, Mailer
from tests.contract.any_adapter import AdapterContract, closing_all
from tests.contract.worlds import MailWorld

MAIL = Mail(
    key="notice KIT-1 2026-11-24",
    to="zoe@example.org",
    subject="Uw domiciliëring van € 12,50 – Zoë",
    text="Dag Zoë,\n\nwe innen € 12,50.\n.\nEen punt alleen op een regel.\n",
    html="<p>Dag Zoë, we innen <b>€ 12,50</b>.</p>",
    attachments=(Attachment("mandaat é.pdf", "application/pdf", b"%PDF-1.7\r\n.\r\n\x00\xff"),),
    reply_to="finance@example.org",
    language=Language.DUTCH,
)


class MailerContract(AdapterContract):
    """All rules for a mailer."""

    @pytest.fixture
    def world(self) -> MailWorld:
        """The other side; the joining class gives it."""
        raise NotImplementedError

    @pytest.fixture
    def reopen(self, world: MailWorld) -> Iterator[Callable[[], Mailer]]:
        with closing_all(world.open) as reopen:
            yield reopen

    @pytest.fixture
    def mailer(self, reopen: Callable[[], Mailer]) -> Mailer:
        return reopen()

    def test_a_mail_arrives_with_all_its_parts(self, world: MailWorld, mailer: Mailer) -> None:
        mailer.send(MAIL)
        (arrived,) = world.arrived()
        assert arrived["To"] == MAIL.to
        assert arrived["Subject"] == MAIL.subject
        assert arrived["Reply-To"] == MAIL.reply_to
        text, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
        assert text is not None
        assert text.get_content().replace("\r\n", "\n") == MAIL.text
        assert html is not None
        assert html.get_content().strip() == MAIL.html
        (attachment,) = arrived.iter_attachments()
        assert attachment.get_filename() == MAIL.attachments[0].name
        assert attachment.get_content_type() == "application/pdf"
        assert attachment.get_payload(decode=True) == MAIL.attachments[0].content

    def test_a_mail_says_that_a_program_sent_it(self, world: MailWorld, mailer: Mailer) -> None:
        mailer.send(MAIL)
        assert world.arrived()[0]["Auto-Submitted"] == "auto-generated"

    def test_the_message_id_belongs_to_the_key(
        self, world: MailWorld, reopen: Callable[[], Mailer], mailer: Mailer
    ) -> None:
        sent = mailer.send(MAIL)
        assert sent == mailer.message_id(MAIL.key) == reopen().message_id(MAIL.key)
        assert sent.count("@") == 1
        assert not set("<> \r\n") & set(sent)
        assert mailer.message_id(f"{MAIL.key}0") != sent
        assert world.arrived()[0]["Message-ID"] == f"<{sent}>"

    def test_a_repeat_is_seen_as_one(self, world: MailWorld, mailer: Mailer) -> None:
        assert mailer.send(MAIL) == mailer.send(MAIL)
        assert len({mail["Message-ID"] for mail in world.arrived()}) == 1

    def test_a_mail_that_left_is_found_by_its_key(self, reopen: Callable[[], Mailer], mailer: Mailer) -> None:
        if not type(mailer).features()["look_up"]:
            with pytest.raises(Unsupported):
                mailer.look_up(MAIL.key)
            return
        assert mailer.look_up(MAIL.key) is None
        sent = mailer.send(MAIL)
        assert mailer.look_up(MAIL.key) == sent
        assert reopen().look_up(MAIL.key) == sent

    @pytest.mark.parametrize(
        "bad",
        [
            {"subject": "Hello\r\nBcc: everyone@example.org"},
            {"to": "zoe@example.org\r\nBcc: everyone@example.org"},
            {"to": "zoe@example.org, everyone@example.org"},
            {"to": "no address"},
            {"to": ""},
            {"reply_to": "a@example.org\nX: y"},
        ],
    )
    def test_a_mail_that_would_reach_others_is_refused(
        self, world: MailWorld, mailer: Mailer, bad: dict[str, str]
    ) -> None:
        written = {"key": "bad", "to": MAIL.to, "subject": "s", "text": "t", **bad}
        with pytest.raises(Skippable):
            mailer.send(Mail(**written))  # type: ignore[arg-type]
        assert list(world.arrived()) == []
