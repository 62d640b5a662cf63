"""The port of a mailer, and what goes through it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from connector.model.customer import Language
from connector.ports.adapter import Adapter, optional


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person. `key` becomes the Message-ID, so that a repeat can be seen as one."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    language: Language | None = None


class Mailer(Adapter, ABC):
    """How mail leaves."""

    error_budget = 50  # an address that does not exist is everyday life

    @abstractmethod
    def send(self, mail: Mail) -> str:
        """Send a mail. Returns its Message-ID."""

    @abstractmethod
    def message_id(self, key: str) -> str:
        """The Message-ID that a mail with this key bears, without the angle brackets."""

    @optional
    def look_up(self, key: str) -> str | None:
        """Message-ID of a mail that surely left; None if it surely did not."""
        self.unsupported("look_up")
