"""The signed document: made once from what was stored at the signature, then kept with its digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from connector.model.customer import Language
from connector.ports import Document
from connector.signing.details import Details
from connector.signing.evidence import EvidenceKind, chain, record
from connector.signing.offer import Logo, Offer
from connector.signing.signed import SignedMandate, Typeface
from connector.store import signing_evidence, signing_invitations
from connector.store.database import Store
from connector.store.signing_evidence import SignatureRow


@dataclass(frozen=True, slots=True)
class _Kept:
    mandate: SignedMandate
    content: bytes | None
    sha256: str | None


def signed_document(
    store: Store, invitation: str, now: datetime, time_zone: ZoneInfo, typeface: Typeface
) -> Document | None:
    """The document of an invitation; None if it was not signed.

    It is made outside of any transaction. The same stored facts give the same bytes, so two who make it at the
    same time make the same one.
    """
    with store.reading() as connection:
        signature = signing_evidence.signature_of(connection, invitation)
        if signature is None:
            return None
        kept = _kept(connection, signature, time_zone)
    name = f"mandate-{_file_name(kept.mandate.offer.reference)}.pdf"
    if kept.content is not None and kept.sha256 is not None:
        return Document(name, "application/pdf", kept.content, kept.sha256)
    from connector.signing.pdf import mandate_pdf  # a quarter of the memory of a pass, which rarely prints

    content = mandate_pdf(kept.mandate, typeface)
    digest = hashlib.sha256(content).hexdigest()
    with store.transaction() as connection:
        signing_invitations.locked(connection, invitation)
        if signing_evidence.keep_document(connection, invitation, content, digest):
            record(connection, invitation, now, EvidenceKind.DOCUMENT_MADE, {"sha256": digest})
    return Document(name, "application/pdf", content, digest)


def _kept(connection: Connection, signature: SignatureRow, time_zone: ZoneInfo) -> _Kept:
    row = signing_invitations.by_id(connection, signature.invitation)
    text_id, text = signing_invitations.text(connection, signature.text_sha256)
    entries = chain(connection, row.id)[: signature.evidence_number]
    logo = Logo(*signing_invitations.logo(connection, row.logo)) if row.logo else None
    mandate = SignedMandate(
        offer=Offer.from_json(dict(row.offer)),
        details=Details(**signature.details),
        language=Language(signature.language),
        text_id=text_id,
        text=text,
        text_sha256=signature.text_sha256,
        consent=signature.consent,
        signed_at=signature.signed_at,
        time_zone=time_zone,
        visitor=json.loads(entries[-1].facts),
        evidence=entries,
        logo=logo,
    )
    return _Kept(mandate, signature.document, signature.document_sha256)


def _file_name(reference: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in reference)
