"""Signatures: the right code for the draft that the debtor saw makes a signed mandate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from connector.errors import ConnectorError, UnknownOutcome
from connector.mails import signed_mail
from connector.model.customer import Language
from connector.model.mandate import MandateEventKind
from connector.ports import Document, Mailer
from connector.signing import tokens
from connector.signing.account import account_of
from connector.signing.documents import signed_document
from connector.signing.evidence import EvidenceKind, Visitor, record
from connector.signing.offer import Offer
from connector.signing.service import SigningService
from connector.signing.visits import Opened, state_at
from connector.store import signing_evidence, signing_invitations
from connector.store.signing_evidence import SignatureRow
from connector.store.signing_invitations import DraftRow, InvitationRow
from connector.store.signing_tables import InvitationState

METHOD = "mail-code"
_DOCUMENT_MINUTES = 30


class SignOutcome(StrEnum):
    """How giving a code went."""

    SIGNED = "signed"
    CLOSED = "closed"
    CHANGED = "changed"
    WRONG = "wrong"
    SPENT = "spent"
    TOO_OLD = "too_old"


class Signatures:
    """Signing, and the copy for the one who signed."""

    def __init__(self, service: SigningService, mailer: Mailer) -> None:
        self.service = service
        self._mailer = mailer

    @property
    def _secret(self) -> bytes:
        return self.service.surroundings.secret

    def sign(self, opened: Opened, draft_seen: str, code: str, visitor: Visitor) -> SignOutcome:
        """Sign the draft that the debtor saw with the code that was mailed for it.

        The same code for the same draft, sent twice, is one signature and twice the answer that it is there.
        """
        now = self.service.now()
        with self.service.store.transaction() as connection:
            row = signing_invitations.locked(connection, opened.id)
            draft = signing_invitations.draft_of(connection, row.id)
            if draft is None or not tokens.same(draft.digest, draft_seen):
                return SignOutcome.CHANGED if state_at(row, now) is InvitationState.OPEN else SignOutcome.CLOSED
            fits = tokens.same(draft.code_digest, tokens.code_digest(self._secret, row.id, draft.digest, code))
            obstacle = self._obstacle(opened.offer, row, draft, now, fits)
            if obstacle is SignOutcome.WRONG:
                return self._note_wrong(connection, draft, now, visitor)
            if obstacle is not None:
                return obstacle
            self._keep_signature(connection, row, draft, now, visitor)
        return SignOutcome.SIGNED

    def mail_copy(self, opened: Opened) -> bool:
        """Mail the signed mandate to the debtor, once. Returns whether it has left."""
        service = self.service
        document = self.document(opened)
        if document is None or opened.draft is None:
            return False
        with service.store.reading() as connection:
            row = signing_invitations.by_id(connection, opened.id)
            if signing_evidence.times(connection, row.id, EvidenceKind.COPY_MAILED, row.created_at):
                return True
        offer, language = opened.offer, Language(opened.draft.language)
        name = opened.draft.details["name"]
        key = f"sign:{offer.reference}:copy"
        mail = signed_mail(offer.creditor, language, offer.email, name, offer.reference, offer.scheme, document, key)
        kind, facts = EvidenceKind.COPY_MAILED, {"to": offer.email, "sha256": document.sha256}
        try:
            facts["message_id"] = self._mailer.send(mail)
        except UnknownOutcome:
            facts["message_id"] = ""  # it may have arrived; a second one would only confuse
        except ConnectorError as error:
            kind, facts = EvidenceKind.COPY_NOT_MAILED, {"why": error.what}
        with service.store.transaction() as connection:
            record(connection, opened.id, service.now(), kind, facts)
        return kind is EvidenceKind.COPY_MAILED

    def document(self, opened: Opened) -> Document | None:
        """The signed mandate."""
        service = self.service
        return signed_document(service.store, opened.id, service.now(), service.time_zone, service.typeface)

    def ticket(self, opened: Opened) -> str:
        """Permission to fetch the signed mandate, for the one who just signed it."""
        return tokens.document_ticket(
            self._secret, opened.id, self.service.now() + timedelta(minutes=_DOCUMENT_MINUTES)
        )

    def ticket_holds(self, opened: Opened, ticket: str) -> bool:
        """Tell whether a ticket permits to fetch the signed mandate."""
        return tokens.ticket_holds(self._secret, opened.id, ticket, self.service.now())

    def _obstacle(
        self, offer: Offer, row: InvitationRow, draft: DraftRow, now: datetime, fits: bool
    ) -> SignOutcome | None:
        """What stands between this draft and a signature."""
        state = state_at(row, now)
        spent = draft.tries >= self.service.settings.code_attempts
        too_old = now > draft.code_expires_at
        if state is InvitationState.SIGNED and fits and not spent and not too_old:
            return SignOutcome.SIGNED
        if state is not InvitationState.OPEN:
            return SignOutcome.CLOSED
        if self.service.text(offer, Language(draft.language)).sha256 != draft.text_sha256:
            return SignOutcome.CHANGED
        if spent:
            return SignOutcome.SPENT
        if too_old:
            return SignOutcome.TOO_OLD
        return None if fits else SignOutcome.WRONG

    def _note_wrong(self, connection: Connection, draft: DraftRow, now: datetime, visitor: Visitor) -> SignOutcome:
        tries = draft.tries + 1
        signing_invitations.put_draft(connection, replace(draft, tries=tries))
        record(connection, draft.invitation, now, EvidenceKind.CODE_WRONG, {"tries": tries, **visitor.facts()})
        return SignOutcome.SPENT if tries >= self.service.settings.code_attempts else SignOutcome.WRONG

    def _keep_signature(
        self, connection: Connection, row: InvitationRow, draft: DraftRow, now: datetime, visitor: Visitor
    ) -> None:
        facts: Mapping[str, str] = {
            "draft": draft.digest,
            "text_sha256": draft.text_sha256,
            "consent": draft.consent,
            "method": METHOD,
            "to": str(row.offer["email"]),
            **draft.details,
            **visitor.facts(),
        }
        entry = record(connection, row.id, now, EvidenceKind.SIGNED, facts)
        iban = draft.details["iban"]
        signature = SignatureRow(
            invitation=row.id,
            signed_at=now,
            signed_on=now.astimezone(self.service.time_zone).date(),
            details=draft.details,
            iban=iban,
            bic=account_of(iban).bic,
            text_sha256=draft.text_sha256,
            language=draft.language,
            consent=draft.consent,
            method=METHOD,
            evidence_number=entry.number,
        )
        signing_evidence.add_signature(connection, signature)
        signing_invitations.set_state(connection, row.id, InvitationState.SIGNED)
        signing_evidence.add_event(connection, row.service, row.id, MandateEventKind.SIGNED, now)
