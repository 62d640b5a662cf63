"""Evidence: what happened to an invitation, kept as a chain in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from connector.signing.chain import Entry, entry_after, faults
from connector.store import signing_evidence, signing_invitations
from connector.store.signing_invitations import InvitationRow


class EvidenceKind(StrEnum):
    """What is written down."""

    INVITED = "invited"
    VIEWED = "viewed"
    DETAILS_GIVEN = "details_given"
    CODE_MADE = "code_made"
    CODE_NOT_MAILED = "code_not_mailed"
    CODE_WRONG = "code_wrong"
    SIGNED = "signed"
    DOCUMENT_MADE = "document_made"
    COPY_MAILED = "copy_mailed"
    COPY_NOT_MAILED = "copy_not_mailed"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_LENGTHS = {"client": 45, "user_agent": 300, "accept_language": 100}


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a browser tells of itself.

    Attributes:
        client: address of the connection.
    """

    client: str
    user_agent: str
    accept_language: str

    def facts(self) -> dict[str, str]:
        """The same, cut to a length that nobody can fill the database with."""
        return {name: value[: _LENGTHS[name]] for name, value in asdict(self).items()}


def record(
    connection: Connection, invitation: str, at: datetime, kind: EvidenceKind, facts: Mapping[str, str | int]
) -> Entry:
    """Append to the chain of an invitation. Others who want to do so wait."""
    row = signing_invitations.locked(connection, invitation)
    entry = entry_after(row.evidence_count, row.evidence_head, invitation, at, kind.value, facts)
    signing_evidence.add_evidence(connection, invitation, asdict(entry))
    return entry


def chain(connection: Connection, invitation: str) -> tuple[Entry, ...]:
    """All evidence of an invitation, oldest first."""
    return tuple(Entry(**row) for row in signing_evidence.evidence(connection, invitation))


def chain_faults(connection: Connection, row: InvitationRow) -> tuple[str, ...]:
    """What is wrong with the evidence of an invitation; empty if nothing was changed, moved or taken out."""
    return tuple(faults(row.id, chain(connection, row.id), row.evidence_count, row.evidence_head))
