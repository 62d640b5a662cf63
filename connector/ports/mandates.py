"""The port of a mandate service, and what goes through it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from bankfiles.pain008.model import Scheme
from connector.model.customer import Customer, Language, PostalAddress
from connector.model.mandate import MandateEvent, MandateType
from connector.ports.adapter import Adapter, Batch, Document, optional


@dataclass(frozen=True, slots=True)
class CreditorCard:
    """What a debtor sees of the creditor."""

    name: str
    identifier: str
    address: PostalAddress
    email: str = ""
    phone: str = ""
    logo: Path | None = None
    colour: str = "#1d4ed8"


@dataclass(frozen=True, slots=True)
class InvitationRequest:
    """Ask a debtor to sign a mandate.

    Attributes:
        reference: mandate reference, and the key of the invitation.
        expires_at: after this instant the link is dead.
    """

    reference: str
    creditor: CreditorCard
    customer: Customer
    language: Language
    scheme: Scheme
    type: MandateType
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that stands. The link is a secret of the debtor: never stored by the engine, never logged."""

    reference: str
    id: str
    link: str
    expires_at: datetime


class MandateService(Adapter, ABC):
    """Where debtors sign: our own pages, or a hosted service."""

    delivers_invitations: ClassVar[bool] = False
    """True if the service itself sends the link to the debtor; else the engine mails it."""

    @abstractmethod
    def invite(self, request: InvitationRequest) -> Invitation:
        """Prepare a mandate for signing (key: the reference)."""

    @abstractmethod
    def read_events(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """Events since the cursor, oldest first. An event may come again, with the same id."""

    def handled(self, cursor: str) -> None:
        """Events up to this cursor are stored for good."""

    @optional
    def look_up(self, reference: str) -> Invitation | None:
        """The invitation made under this reference, with its link; None if there surely is none."""
        self.unsupported("look_up")

    @optional
    def document(self, reference: str) -> Document:
        """The signed document of a mandate."""
        self.unsupported("document")

    @optional
    def cancel(self, reference: str, reason: str) -> None:
        """Withdraw an invitation or cancel a mandate. Asked again, it stays as it is."""
        self.unsupported("cancel")
