"""Codes: checked details become a draft, and a one-time code for it is mailed to the debtor.

A draft and its code are stored before the mail leaves; a later code replaces the former one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from connector.errors import ConnectorError, UnknownOutcome
from connector.mails import code_mail
from connector.model.customer import Language
from connector.ports import Mailer
from connector.signing import tokens
from connector.signing.account import account_of
from connector.signing.details import Details, draft_digest
from connector.signing.evidence import EvidenceKind, Visitor, record
from connector.signing.mandate_text import MandateText
from connector.signing.service import SigningService
from connector.signing.visits import Opened, state_at
from connector.store import signing_evidence, signing_invitations
from connector.store.signing_invitations import DraftRow, InvitationRow
from connector.store.signing_tables import InvitationState

_CODES_PER_DAY = 10


class CodeOutcome(StrEnum):
    """How asking for a code went."""

    SENT = "sent"
    CLOSED = "closed"
    TEXT_CHANGED = "text_changed"
    TOO_SOON = "too_soon"
    TOO_MANY = "too_many"
    NOT_MAILED = "not_mailed"


class Codes:
    """Making and mailing one-time codes, within their limits."""

    def __init__(self, service: SigningService, mailer: Mailer, randbelow: tokens.RandBelow) -> None:
        self.service = service
        self._mailer = mailer
        self._randbelow = randbelow

    def give_details(
        self, opened: Opened, details: Details, text: MandateText, seen: str, consent: str, visitor: Visitor
    ) -> CodeOutcome:
        """Keep checked details and mail a code for them.

        Args:
            seen: digest of the text that the debtor had before them.
            consent: the sentence that was ticked.
        """
        if not tokens.same(seen, text.sha256):
            return CodeOutcome.TEXT_CHANGED
        details = replace(details, iban=account_of(details.iban).iban)
        digest = draft_digest(details, text.sha256, consent)
        now = self.service.now()
        with self.service.store.transaction() as connection:
            row = signing_invitations.locked(connection, opened.id)
            if state_at(row, now) is not InvitationState.OPEN:
                return CodeOutcome.CLOSED
            known = signing_invitations.draft_of(connection, row.id)
            if known and known.digest == digest and self._pause_left(known, now) > 0:
                return CodeOutcome.SENT  # the button was pressed twice
            if self._too_many(connection, row, now):
                return CodeOutcome.TOO_MANY
            signing_invitations.keep_text(connection, text.sha256, text.id, text.language.value, text.content)
            facts = {"draft": digest, "text": text.id, "text_sha256": text.sha256, "consent": consent}
            record(connection, row.id, now, EvidenceKind.DETAILS_GIVEN, facts | details.as_json() | visitor.facts())
            code = tokens.new_code(self._randbelow)
            draft = DraftRow(
                invitation=row.id,
                digest=digest,
                details=details.as_json(),
                text_sha256=text.sha256,
                language=text.language.value,
                consent=consent,
                code_digest=tokens.code_digest(self.service.surroundings.secret, row.id, digest, code),
                code_sent_at=now,
                code_expires_at=now + timedelta(minutes=self.service.settings.code_minutes),
            )
            key = self._keep_code(connection, row, draft)
        return self._mail_code(opened, draft, code, key)

    def send_again(self, opened: Opened) -> CodeOutcome:
        """Mail a new code for the same draft; the former code is dead."""
        now = self.service.now()
        with self.service.store.transaction() as connection:
            row = signing_invitations.locked(connection, opened.id)
            draft = signing_invitations.draft_of(connection, row.id)
            if draft is None or state_at(row, now) is not InvitationState.OPEN:
                return CodeOutcome.CLOSED
            if self._pause_left(draft, now) > 0:
                return CodeOutcome.TOO_SOON
            if self._too_many(connection, row, now):
                return CodeOutcome.TOO_MANY
            code = tokens.new_code(self._randbelow)
            draft = replace(
                draft,
                code_digest=tokens.code_digest(self.service.surroundings.secret, row.id, draft.digest, code),
                code_sent_at=now,
                code_expires_at=now + timedelta(minutes=self.service.settings.code_minutes),
                tries=0,
            )
            key = self._keep_code(connection, row, draft)
        return self._mail_code(opened, draft, code, key)

    def pause_left(self, draft: DraftRow) -> int:
        """Seconds until another code may be asked for."""
        return self._pause_left(draft, self.service.now())

    def _pause_left(self, draft: DraftRow, now: datetime) -> int:
        passed = now - draft.code_sent_at
        return max(0, self.service.settings.resend_seconds - int(passed.total_seconds()))

    def _too_many(self, connection: Connection, row: InvitationRow, now: datetime) -> bool:
        sent = signing_evidence.times(connection, row.id, EvidenceKind.CODE_MADE, now - timedelta(days=1))
        last_hour = [at for at in sent if at > now - timedelta(hours=1)]
        return len(sent) >= _CODES_PER_DAY or len(last_hour) >= self.service.settings.codes_per_hour

    def _keep_code(self, connection: Connection, row: InvitationRow, draft: DraftRow) -> str:
        """Store a draft with its new code. Returns the key of the mail."""
        signing_invitations.put_draft(connection, draft)
        facts = {"draft": draft.digest, "code_digest": draft.code_digest, "to": str(row.offer["email"])}
        entry = record(connection, row.id, draft.code_sent_at, EvidenceKind.CODE_MADE, facts)
        return f"sign:{row.reference}:code:{entry.number}"

    def _mail_code(self, opened: Opened, draft: DraftRow, code: str, key: str) -> CodeOutcome:
        offer = opened.offer
        mail = code_mail(
            creditor=offer.creditor,
            language=Language(draft.language),
            to=offer.email,
            debtor_name=offer.debtor_name,
            reference=offer.reference,
            iban=draft.details["iban"],
            code=code,
            minutes=self.service.settings.code_minutes,
            key=key,
        )
        try:
            self._mailer.send(mail)
        except UnknownOutcome:
            pass  # it may have arrived; the debtor can ask for another one
        except ConnectorError as error:
            with self.service.store.transaction() as connection:
                facts = {"why": error.what}
                record(connection, opened.id, self.service.now(), EvidenceKind.CODE_NOT_MAILED, facts)
            return CodeOutcome.NOT_MAILED
        return CodeOutcome.SENT
