"""Visits: opening the link of an invitation, looking at it, refusing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.model.customer import Language
from connector.model.mandate import MandateEventKind
from connector.signing import tokens
from connector.signing.evidence import EvidenceKind, Visitor, record
from connector.signing.offer import Offer
from connector.signing.service import SigningService
from connector.store import signing_evidence, signing_invitations
from connector.store.signing_invitations import DraftRow, InvitationRow
from connector.store.signing_tables import InvitationState

_EVIDENCE_MAX = 200  # a page reloaded for ever must not fill the database


@dataclass(frozen=True, slots=True)
class Opened:
    """An invitation as the one who has its link finds it.

    Attributes:
        draft: what the debtor filled in before, if anything.
    """

    id: str
    state: InvitationState
    offer: Offer
    logo: str | None
    draft: DraftRow | None


def state_at(row: InvitationRow, now: datetime) -> InvitationState:
    """The state of an invitation at an instant: it expires by the clock, whether or not that was written down."""
    late = row.state is InvitationState.OPEN and row.expires_at <= now
    return InvitationState.EXPIRED if late else row.state


class Visits:
    """What can be done with a link without signing."""

    def __init__(self, service: SigningService) -> None:
        self.service = service

    def open(self, token: str) -> Opened | None:
        """The invitation of a link; None if there is none."""
        with self.service.store.reading() as connection:
            row = signing_invitations.by_token(connection, self.service.name, tokens.token_digest(token))
            if row is None:
                return None
            draft = signing_invitations.draft_of(connection, row.id)
        return Opened(row.id, state_at(row, self.service.now()), Offer.from_json(dict(row.offer)), row.logo, draft)

    def view(self, opened: Opened, language: Language, visitor: Visitor) -> None:
        """Write down that the page was seen; the engine hears of the first time."""
        now = self.service.now()
        with self.service.store.transaction() as connection:
            row = signing_invitations.locked(connection, opened.id)
            if row.evidence_count >= _EVIDENCE_MAX:
                return
            if not signing_evidence.times(connection, row.id, EvidenceKind.VIEWED, row.created_at):
                signing_evidence.add_event(connection, row.service, row.id, MandateEventKind.VIEWED, now)
            record(connection, row.id, now, EvidenceKind.VIEWED, {"language": language.value, **visitor.facts()})

    def refuse(self, opened: Opened, reason: str, visitor: Visitor) -> None:
        """The debtor does not want this mandate; nothing changes if it is too late for that."""
        now = self.service.now()
        with self.service.store.transaction() as connection:
            row = signing_invitations.locked(connection, opened.id)
            if state_at(row, now) is not InvitationState.OPEN:
                return
            signing_invitations.set_state(connection, row.id, InvitationState.REFUSED)
            record(connection, row.id, now, EvidenceKind.REFUSED, {"reason": reason, **visitor.facts()})
            signing_evidence.add_event(connection, row.service, row.id, MandateEventKind.REFUSED, now, reason)

    def logo(self, sha256: str) -> tuple[str, bytes]:
        """Media type and bytes of the creditor's logo."""
        with self.service.store.reading() as connection:
            return signing_invitations.logo(connection, sha256)
