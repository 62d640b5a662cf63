"""A hosted mandate service in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from connector.model.mandate import MandateEvent, MandateEventKind
from connector.ports import (
    AdapterSettings,
    Batch,
    Document,
    Invitation,
    InvitationRequest,
    MandateService,
    Surroundings,
)
from connector.testing.trouble import Trouble

_PAGE = 50


class MemoryMandateService(MandateService):
    """Debtors sign by a call; what they do becomes events."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        self.invited: dict[str, InvitationRequest] = {}
        self.events: list[MandateEvent] = []
        self.trouble = Trouble()

    def invite(self, request: InvitationRequest) -> Invitation:
        """Prepare a mandate, once."""

        def prepare() -> Invitation:
            self.invited.setdefault(request.reference, request)
            return self._invitation(request)

        return self.trouble.around("invite", prepare)

    def look_up(self, reference: str) -> Invitation | None:
        """The invitation, if it was prepared."""
        request = self.invited.get(reference)
        return self.trouble.around("look_up", lambda: self._invitation(request) if request else None)

    def read_events(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """Events since the cursor, which is how many were read."""
        start = int(cursor or 0)
        events = self.trouble.around("read_events", lambda: self.events[start:])
        for offset in range(0, len(events), _PAGE):
            page = tuple(events[offset : offset + _PAGE])
            yield Batch(page, cursor=str(start + offset + len(page)), total=len(events))

    def document(self, reference: str) -> Document:
        """A stand-in for the signed PDF."""
        content = f"Signed mandate {reference}".encode()
        return Document(f"{reference}.pdf", "application/pdf", content, hashlib.sha256(content).hexdigest())

    def cancel(self, reference: str, reason: str) -> None:
        """Withdraw an invitation or a mandate."""
        self.tell(MandateEventKind.CANCELLED, reference, reason=reason)

    def sign(self, reference: str, iban: str, signed_on: date | None, name: str = "") -> None:
        """The debtor signs."""
        customer = self.invited[reference].customer
        self.tell(
            MandateEventKind.SIGNED,
            reference,
            iban=iban,
            signed_on=signed_on,
            debtor_name=name or customer.name,
            method="memory",
        )

    def tell(
        self,
        kind: MandateEventKind,
        reference: str,
        *,
        iban: str | None = None,
        signed_on: date | None = None,
        debtor_name: str = "",
        method: str = "",
        reason: str = "",
    ) -> None:
        """Something happened."""
        event = MandateEvent(
            id=str(len(self.events) + 1),
            kind=kind,
            reference=reference,
            debtor_name=debtor_name,
            iban=iban,
            signed_on=signed_on,
            method=method,
            reason=reason,
            raw=f"{kind} {reference}",
        )
        self.events.append(event)

    def _invitation(self, request: InvitationRequest) -> Invitation:
        link = f"https://sign.example/{request.reference}"
        return Invitation(request.reference, f"invitation-{request.reference}", link, request.expires_at)
