"""Queries of the signing pages: evidence, signatures and the feed of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, select, text, update

from connector.model.mandate import MandateEventKind
from connector.store.signing_tables import (
    signing_events,
    signing_evidence,
    signing_invitations,
    signing_signatures,
)

_EVENTS_LOCK = 0x51670  # any number that no other advisory lock of the product has


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """A signature, with the document once it has been made.

    Attributes:
        evidence_number: number of the entry of the signature; the document tells the evidence up to it.
    """

    invitation: str
    signed_at: datetime
    signed_on: date
    details: Mapping[str, str]
    iban: str
    bic: str | None
    text_sha256: str
    language: str
    consent: str
    method: str
    evidence_number: int
    document: bytes | None = None
    document_sha256: str | None = None


def add_evidence(connection: Connection, invitation: str, entry: Mapping[str, object]) -> None:
    """Append an entry and move the head of the chain to it."""
    connection.execute(insert(signing_evidence).values(invitation=invitation, **entry))
    connection.execute(
        update(signing_invitations)
        .where(signing_invitations.c.id == invitation)
        .values(evidence_count=entry["number"], evidence_head=entry["digest"])
    )


def evidence(connection: Connection, invitation: str) -> Sequence[RowMapping]:
    """All entries of an invitation, in their order."""
    found = (
        select(*(column for column in signing_evidence.c if column.name != "invitation"))
        .where(signing_evidence.c.invitation == invitation)
        .order_by(signing_evidence.c.number)
    )
    return connection.execute(found).mappings().all()


def times(connection: Connection, invitation: str, kind: str, since: datetime) -> list[datetime]:
    """When entries of a kind were written since an instant, oldest first."""
    found = (
        select(signing_evidence.c.at)
        .where(
            signing_evidence.c.invitation == invitation,
            signing_evidence.c.kind == kind,
            signing_evidence.c.at >= since,
        )
        .order_by(signing_evidence.c.at)
    )
    return list(connection.execute(found).scalars())


def add_signature(connection: Connection, row: SignatureRow) -> None:
    """Store a signature. An invitation has one at most."""
    values = {name: getattr(row, name) for name in SignatureRow.__dataclass_fields__}
    connection.execute(insert(signing_signatures).values(**values))


def signature_of(connection: Connection, invitation: str) -> SignatureRow | None:
    """The signature of an invitation."""
    found = select(signing_signatures).where(signing_signatures.c.invitation == invitation)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else SignatureRow(**row)


def keep_document(connection: Connection, invitation: str, content: bytes, sha256: str) -> bool:
    """Store the document of a signature; False if another one did so before."""
    changed = connection.execute(
        update(signing_signatures)
        .where(signing_signatures.c.invitation == invitation, signing_signatures.c.document_sha256.is_(None))
        .values(document=content, document_sha256=sha256)
    )
    return bool(changed.rowcount)


def add_event(
    connection: Connection, service: str, invitation: str, kind: MandateEventKind, at: datetime, reason: str = ""
) -> None:
    """Append to the feed. Ids grow in the order in which transactions end, so that a cursor misses none."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _EVENTS_LOCK})
    connection.execute(
        insert(signing_events).values(service=service, invitation=invitation, kind=kind.value, at=at, reason=reason)
    )


def events_after(connection: Connection, service: str, last: int, limit: int) -> Sequence[RowMapping]:
    """Events with their mandate and, where there is one, their signature, oldest first."""
    found: Select[Any] = (
        select(
            signing_events,
            signing_invitations.c.reference,
            signing_signatures.c.details,
            signing_signatures.c.iban,
            signing_signatures.c.bic,
            signing_signatures.c.signed_on,
            signing_signatures.c.method,
        )
        .join(signing_invitations, signing_invitations.c.id == signing_events.c.invitation)
        .outerjoin(signing_signatures, signing_signatures.c.invitation == signing_events.c.invitation)
        .where(signing_events.c.service == service, signing_events.c.id > last)
        .order_by(signing_events.c.id)
        .limit(limit)
    )
    return connection.execute(found).mappings().all()


def count_events(connection: Connection, service: str, last: int) -> int:
    """How many events wait after this id."""
    found = select(func.count()).where(signing_events.c.service == service, signing_events.c.id > last)
    return int(connection.execute(found).scalar_one())
