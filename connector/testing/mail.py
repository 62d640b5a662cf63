"""A mailer that keeps what it is given."""

from __future__ import annotations

from connector.ports import AdapterSettings, Mail, Mailer, Surroundings
from connector.testing.trouble import Trouble


class MemoryMailer(Mailer):
    """Keeps mails by their key; one sent twice under a key is kept twice, so that tests can see it."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        self.sent: list[Mail] = []
        self.trouble = Trouble()

    def send(self, mail: Mail) -> str:
        """Keep it."""

        def keep() -> str:
            self.sent.append(mail)
            return self.message_id(mail.key)

        return self.trouble.around("send", keep)

    def message_id(self, key: str) -> str:
        """Its Message-ID."""
        return f"{key}@memory.example"

    def look_up(self, key: str) -> str | None:
        """Whether it was kept."""
        return self.message_id(key) if any(mail.key == key for mail in self.sent) else None
