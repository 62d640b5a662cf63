"""The mandate service of our own, behind the port: invitations out, events and signed documents back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator
from sqlalchemy import RowMapping
from sqlalchemy.exc import SQLAlchemyError

from bankfiles.identifiers import mask_iban
from connector.errors import ConfigError, Skippable
from connector.model.customer import Language
from connector.model.mandate import MandateEvent, MandateEventKind
from connector.ports import (
    AdapterSettings,
    Batch,
    Document,
    Invitation,
    InvitationRequest,
    MandateService,
    Probe,
    Surroundings,
)
from connector.signing import tokens
from connector.signing.chain import GENESIS
from connector.signing.documents import signed_document
from connector.signing.evidence import EvidenceKind, record
from connector.signing.mandate_text import MandateText, MandateTexts
from connector.signing.offer import Offer, logo_of, offer_of
from connector.signing.signed import Typeface
from connector.store import signing_evidence, signing_invitations
from connector.store.database import Store, open_store
from connector.store.signing_invitations import InvitationRow
from connector.store.signing_tables import InvitationState

_SECRET_BYTES_MIN = 16
_BATCH = 500
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SigningSettings(AdapterSettings):
    """Where the pages are and how they behave."""

    url: str = Field(pattern=r"^https?://[^/\s?#]+[^\s?#]*$", description="Public address of the pages.")
    texts: Path | None = Field(default=None, description="Folder with official translations of the mandate text.")
    time_zone: str = Field(default="Europe/Brussels", description="In which the date of a signature is told.")
    code_minutes: int = Field(default=10, ge=2, le=60, description="How long a one-time code works.")
    code_attempts: int = Field(default=5, ge=1, le=10, description="How often a code may be mistyped.")
    codes_per_hour: int = Field(default=5, ge=1, le=20, description="How many codes one invitation may ask for.")
    resend_seconds: int = Field(default=30, ge=5, le=600, description="Pause before a code can be asked for again.")
    font: Path | None = Field(default=None, description="TrueType font of the signed document.")
    font_bold: Path | None = Field(default=None, description="Its bold face.")

    @field_validator("time_zone")
    @classmethod
    def _time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not a time zone; write one such as Europe/Brussels") from error
        return value


class SigningService(MandateService):
    """Debtors sign on our own pages, with a one-time code that is mailed to them. See docs/signing.md."""

    Settings = SigningSettings
    settings: SigningSettings

    def __init__(self, settings: SigningSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        if len(surroundings.secret) < _SECRET_BYTES_MIN:
            raise ConfigError(
                "The signing pages need an installation secret of at least 16 bytes.",
                where=f"service {surroundings.name}",
                remedy="Set the secret of the installation; links already sent die when it changes.",
            )
        folder = settings.texts and surroundings.folder / settings.texts
        self.texts = MandateTexts(folder)
        self.time_zone = ZoneInfo(settings.time_zone)
        self.typeface = Typeface(
            settings.font and surroundings.folder / settings.font,
            settings.font_bold and surroundings.folder / settings.font_bold,
        )

    @cached_property
    def store(self) -> Store:
        """The installation's database, opened at first use."""
        return open_store(self.surroundings.database_url)

    def now(self) -> datetime:
        """The time now, UTC."""
        return self.surroundings.clock()

    def text(self, offer: Offer, language: Language) -> MandateText:
        """The mandate text of an offer as it stands now."""
        return self.texts.get(offer.scheme, language, offer.creditor.name)

    def check(self) -> Iterator[Probe]:
        """Address, texts and database."""
        address = urlsplit(self.settings.url)
        safe = address.scheme == "https" or address.hostname in _LOOPBACK
        yield Probe(
            f"{self.name}: address of the pages",
            ok=safe,
            detail=self.settings.url,
            remedy="" if safe else "Use https: debtors type their account number there.",
        )
        own = tuple(self.texts.not_official())
        yield Probe(
            f"{self.name}: mandate texts",
            ok=True,
            detail=f"our own wording for {', '.join(own)}" if own else "all from your folder",
            remedy="Put the scheme's official translations into the folder of the setting `texts`." if own else "",
        )
        yield self.typeface.probe(self.name)
        yield self._database_probe()

    def invite(self, request: InvitationRequest) -> Invitation:
        """Prepare the page of a mandate. Asked again, the first invitation stands as it is."""
        offer = offer_of(request)
        logo = logo_of(request.creditor.logo)
        now = self.now()
        with self.store.transaction() as connection:
            row = signing_invitations.by_reference(connection, self.name, request.reference)
            if row is None:
                if logo is not None:
                    signing_invitations.keep_logo(connection, logo.sha256, logo.media_type, logo.content)
                row = InvitationRow(
                    id=self._id(request.reference),
                    service=self.name,
                    reference=request.reference,
                    state=InvitationState.OPEN,
                    created_at=now,
                    expires_at=request.expires_at,
                    offer=offer.as_json(),
                    logo=logo.sha256 if logo else None,
                    evidence_count=0,
                    evidence_head=GENESIS,
                )
                signing_invitations.add_invitation(connection, row, tokens.token_digest(self._token(row.reference)))
                plain = json.dumps(row.offer, ensure_ascii=False, sort_keys=True)
                facts = {"offer_sha256": hashlib.sha256(plain.encode()).hexdigest(), "sent_to": offer.email}
                record(connection, row.id, now, EvidenceKind.INVITED, facts)
        return self._invitation(row)

    def look_up(self, reference: str) -> Invitation | None:
        """The invitation with its link, which is computed again."""
        with self.store.reading() as connection:
            row = signing_invitations.by_reference(connection, self.name, reference)
        return self._invitation(row) if row else None

    def read_events(self, cursor: str) -> Iterator[Batch[MandateEvent]]:
        """Events after the cursor, which is the number of the last one read; then those of time that ran out."""
        last = int(cursor or 0)
        with self.store.reading() as connection:
            total = signing_evidence.count_events(connection, self.name, last)
        while True:
            with self.store.reading() as connection:
                rows = signing_evidence.events_after(connection, self.name, last, _BATCH)
            if not rows:
                break
            last = rows[-1]["id"]
            yield Batch(tuple(_event(row) for row in rows), str(last), total=total)
        with self.store.reading() as connection:
            overdue = signing_invitations.overdue(connection, self.name, self.now())
        if overdue:
            yield Batch(tuple(_expiry(*invitation) for invitation in overdue), str(last))

    def handled(self, cursor: str) -> None:  # noqa: ARG002  all that is over by now, not up to a cursor
        """Write down that the time of an invitation is over: reading told it, and must not tell it for ever."""
        now = self.now()
        with self.store.reading() as connection:
            overdue = signing_invitations.overdue(connection, self.name, now)
        if not overdue:
            return
        with self.store.transaction() as connection:
            for invitation, _ in overdue:
                if signing_invitations.locked(connection, invitation).state is InvitationState.OPEN:
                    signing_invitations.set_state(connection, invitation, InvitationState.EXPIRED)
                    record(connection, invitation, now, EvidenceKind.EXPIRED, {})

    def document(self, reference: str) -> Document:
        """The PDF of a signed mandate.

        Raises:
            Skippable: it is not signed.
        """
        row = self._known(reference)
        document = signed_document(self.store, row.id, self.now(), self.time_zone, self.typeface)
        if document is None:
            raise Skippable(
                f"It is {row.state} and has no document.",
                where=f"mandate {reference}",
                remedy="Wait until the debtor has signed.",
            )
        return document

    def cancel(self, reference: str, reason: str) -> None:
        """Withdraw an invitation, or end a mandate that was signed here. Asked again, it stays as it is."""
        now = self.now()
        known = self._known(reference)
        with self.store.transaction() as connection:
            row = signing_invitations.locked(connection, known.id)
            if row.state not in (InvitationState.OPEN, InvitationState.SIGNED):
                return
            signing_invitations.set_state(connection, row.id, InvitationState.CANCELLED)
            record(connection, row.id, now, EvidenceKind.CANCELLED, {"reason": reason})
            signing_evidence.add_event(connection, self.name, row.id, MandateEventKind.CANCELLED, now, reason)

    def close(self) -> None:
        """Let go of the database."""
        if "store" in self.__dict__:
            self.store.close()
            del self.__dict__["store"]

    def _database_probe(self) -> Probe:
        what = f"{self.name}: database"
        try:
            with self.store.reading() as connection:
                told = signing_evidence.count_events(connection, self.name, 0)
        except SQLAlchemyError:
            return Probe(what, ok=False, detail="its tables can't be read", remedy="Run `sepa-connector db upgrade`.")
        return Probe(what, ok=True, detail=f"{told} events so far")

    def _known(self, reference: str) -> InvitationRow:
        with self.store.reading() as connection:
            row = signing_invitations.by_reference(connection, self.name, reference)
        if row is None:
            raise Skippable(
                "There is no invitation with this reference.",
                where=f"mandate {reference}",
                remedy=f"Look for it at another service than {self.name}.",
            )
        return row

    def _token(self, reference: str) -> str:
        return tokens.link_token(self.surroundings.secret, self.name, reference)

    def _id(self, reference: str) -> str:
        return hashlib.sha256(json.dumps([self.name, reference]).encode()).hexdigest()[:32]

    def _invitation(self, row: InvitationRow) -> Invitation:
        link = f"{self.settings.url.rstrip('/')}/s/{self._token(row.reference)}"
        return Invitation(reference=row.reference, id=row.id, link=link, expires_at=row.expires_at)


def _expiry(invitation: str, reference: str) -> MandateEvent:
    kind = MandateEventKind.INVITATION_EXPIRED
    return MandateEvent(id=f"{kind}-{invitation}", kind=kind, reference=reference, raw=f"{kind} {reference}")


def _event(row: RowMapping) -> MandateEvent:
    kind = MandateEventKind(row["kind"])
    raw = {"id": row["id"], "kind": row["kind"], "at": row["at"].isoformat(), "reason": row["reason"]}
    if kind is not MandateEventKind.SIGNED:
        return MandateEvent(
            id=str(row["id"]), kind=kind, reference=row["reference"], reason=row["reason"], raw=json.dumps(raw)
        )
    return MandateEvent(
        id=str(row["id"]),
        kind=kind,
        reference=row["reference"],
        debtor_name=row["details"]["name"],
        iban=row["iban"],
        bic=row["bic"],
        signed_on=row["signed_on"],
        method=row["method"],
        raw=json.dumps(raw | {"iban": mask_iban(row["iban"]), "method": row["method"]}),
    )
