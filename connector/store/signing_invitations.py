"""Queries of the signing pages: invitations and the drafts of debtors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.signing_tables import (
    InvitationState,
    signing_drafts,
    signing_invitations,
    signing_logos,
    signing_texts,
)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as it stands."""

    id: str
    service: str
    reference: str
    state: InvitationState
    created_at: datetime
    expires_at: datetime
    offer: Mapping[str, Any]
    logo: str | None
    evidence_count: int
    evidence_head: str


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What a debtor filled in, waiting for the one-time code.

    Attributes:
        digest: of details, text and consent: it changes when any of them does.
        tries: wrong codes so far.
    """

    invitation: str
    digest: str
    details: Mapping[str, str]
    text_sha256: str
    language: str
    consent: str
    code_digest: str
    code_sent_at: datetime
    code_expires_at: datetime
    tries: int = 0


def _invitation(row: RowMapping) -> InvitationRow:
    kept = {name: row[name] for name in InvitationRow.__dataclass_fields__}
    return InvitationRow(**{**kept, "state": InvitationState(row["state"])})


def _invitation_or_none(row: RowMapping | None) -> InvitationRow | None:
    return None if row is None else _invitation(row)


def add_invitation(connection: Connection, row: InvitationRow, token_sha256: str) -> None:
    """Store a new invitation."""
    values = {name: getattr(row, name) for name in InvitationRow.__dataclass_fields__}
    connection.execute(insert(signing_invitations).values(**values, token_sha256=token_sha256))


def by_token(connection: Connection, service: str, token_sha256: str) -> InvitationRow | None:
    """The invitation whose link has this token."""
    found = select(signing_invitations).where(
        signing_invitations.c.service == service, signing_invitations.c.token_sha256 == token_sha256
    )
    return _invitation_or_none(connection.execute(found).mappings().one_or_none())


def by_reference(connection: Connection, service: str, reference: str) -> InvitationRow | None:
    """The invitation of a mandate."""
    found = select(signing_invitations).where(
        signing_invitations.c.service == service, signing_invitations.c.reference == reference
    )
    return _invitation_or_none(connection.execute(found).mappings().one_or_none())


def by_id(connection: Connection, invitation: str) -> InvitationRow:
    """The invitation of an id that we gave out."""
    found = select(signing_invitations).where(signing_invitations.c.id == invitation)
    return _invitation(connection.execute(found).mappings().one())


def locked(connection: Connection, invitation: str) -> InvitationRow:
    """The same, with all others who want to change it waiting for the end of this transaction."""
    found = select(signing_invitations).where(signing_invitations.c.id == invitation).with_for_update()
    return _invitation(connection.execute(found).mappings().one())


def overdue(connection: Connection, service: str, now: datetime) -> list[tuple[str, str]]:
    """Id and mandate reference of each open invitation whose time is over."""
    found = (
        select(signing_invitations.c.id, signing_invitations.c.reference)
        .where(
            signing_invitations.c.service == service,
            signing_invitations.c.state == InvitationState.OPEN,
            signing_invitations.c.expires_at <= now,
        )
        .order_by(signing_invitations.c.expires_at, signing_invitations.c.reference)
    )
    return [(row.id, row.reference) for row in connection.execute(found)]


def set_state(connection: Connection, invitation: str, state: InvitationState) -> None:
    """Move an invitation to another state."""
    connection.execute(
        update(signing_invitations).where(signing_invitations.c.id == invitation).values(state=state.value)
    )


def draft_of(connection: Connection, invitation: str) -> DraftRow | None:
    """What the debtor filled in last."""
    found = select(signing_drafts).where(signing_drafts.c.invitation == invitation)
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else DraftRow(**row)


def put_draft(connection: Connection, draft: DraftRow) -> None:
    """Store what the debtor filled in, in place of what was there."""
    values = {name: getattr(draft, name) for name in DraftRow.__dataclass_fields__}
    if draft_of(connection, draft.invitation) is None:
        connection.execute(insert(signing_drafts).values(**values))
    else:
        connection.execute(
            update(signing_drafts).where(signing_drafts.c.invitation == draft.invitation).values(**values)
        )


def keep_logo(connection: Connection, sha256: str, media_type: str, content: bytes) -> None:
    """Store a logo once, however many invitations show it."""
    _insert_once(connection, signing_logos, sha256=sha256, media_type=media_type, content=content)


def logo(connection: Connection, sha256: str) -> tuple[str, bytes]:
    """Media type and bytes of a logo."""
    row = connection.execute(select(signing_logos).where(signing_logos.c.sha256 == sha256)).one()
    return row.media_type, row.content


def keep_text(connection: Connection, sha256: str, text_id: str, language: str, content: str) -> None:
    """Store a mandate text once, exactly as it was shown."""
    _insert_once(connection, signing_texts, sha256=sha256, id=text_id, language=language, content=content)


def text(connection: Connection, sha256: str) -> tuple[str, str]:
    """Version id and content of a text that was shown."""
    row = connection.execute(select(signing_texts).where(signing_texts.c.sha256 == sha256)).one()
    return row.id, row.content


def _insert_once(connection: Connection, table: Any, **values: object) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())
