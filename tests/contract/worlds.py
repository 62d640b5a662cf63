"""What a contract kit needs of the other side: one small world per port, written by the adapter's author.

A world is the other side of one adapter during one test: a folder, a server that plays a package, a mailbox. It makes
adapters (`open`, also after a restart), plays the people at the other side, and shows what is there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

from connector.ports import (
    AccountingPackage,
    BankChannel,
    InvitationRequest,
    Mailer,
    MandateService,
)


class AccountingWorld(ABC):
    """An accounting package with at least two customers, two invoices in EUR and one credit note."""

    @abstractmethod
    def open(self) -> AccountingPackage:
        """A new adapter on this package, as after a restart."""

    @abstractmethod
    def change(self) -> str:
        """A person adds an invoice or changes one. Returns its id."""

    @abstractmethod
    def spoil(self) -> bool:
        """A person makes one record unreadable, beside good ones. False where the package can't hold such a record."""

    def cancel_mandate(self, reference: str) -> bool:
        """A person cancels a mandate in the package. False where they can't."""
        return False

    @abstractmethod
    def picture(self) -> object:
        """All that is there, comparable."""


class MandateWorld(ABC):
    """A mandate service."""

    @abstractmethod
    def open(self) -> MandateService:
        """A new adapter on this service, as after a restart."""

    @abstractmethod
    def request(self, reference: str) -> InvitationRequest:
        """What a debtor is asked for under this reference."""

    @abstractmethod
    def sign(self, reference: str) -> None:
        """The debtor signs the mandate to which they were invited."""


class BankWorld(ABC):
    """A bank channel."""

    @abstractmethod
    def open(self) -> BankChannel:
        """A new adapter on this channel, as after a restart."""

    @abstractmethod
    def received(self) -> Mapping[str, bytes]:
        """The files that the bank got from us."""

    @abstractmethod
    def leave(self, name: str, content: bytes) -> None:
        """The bank leaves a file for us, later than those before."""

    def leave_half(self, name: str, content: bytes) -> bool:
        """The bank is in the middle of writing a file. False where we can't see that."""
        return False


class MailWorld(ABC):
    """A mail server or folder."""

    @abstractmethod
    def open(self) -> Mailer:
        """A new adapter on it, as after a restart."""

    @abstractmethod
    def arrived(self) -> Sequence[EmailMessage]:
        """The mails that arrived, in order."""
