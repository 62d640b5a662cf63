"""Proof: what there is to show that a debtor signed a mandate, as a bank asks for after a refund claim."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from connector.model.mandate import Mandate
from connector.ports import Document
from connector.signing.chain import Entry
from connector.signing.evidence import EvidenceKind, chain, chain_faults
from connector.store import documents, signing_invitations

_HOW_TO_CHECK = (
    "The digest of an entry is the SHA-256, in hexadecimal, of the JSON array [invitation, number, at, kind, facts, "
    "previous] in UTF-8, with ', ' between its values, where previous is the digest of the entry before and 64 zeros "
    "in the first."
)


@dataclass(frozen=True, slots=True)
class Proof:
    """The signed document of a mandate and the evidence of its signature.

    Attributes:
        invitation: under whose id the evidence is kept; "" if it was not signed on our pages.
        faults: what shows that something was changed, moved or taken out since, in words; empty if nothing was.
    """

    mandate: Mandate
    document: Document
    invitation: str
    entries: tuple[Entry, ...]
    faults: tuple[str, ...]

    def evidence(self) -> Mapping[str, object]:
        """The evidence as JSON, with what is needed to check it without us."""
        return {
            "mandate": self.mandate.reference,
            "creditor": self.mandate.creditor,
            "document": {"name": self.document.name, "sha256": self.document.sha256},
            "invitation": self.invitation,
            "how_to_check": _HOW_TO_CHECK,
            "entries": [asdict(entry) | {"at": entry.at.isoformat()} for entry in self.entries],
            "faults": self.faults,
        }


def proof_of(connection: Connection, service: str, mandate: Mandate) -> Proof | None:
    """The proof of a mandate; None if no signed document of it is kept here.

    Args:
        service: name of the mandate service, whose evidence is looked for.
    """
    document = documents.find(connection, mandate.document) if mandate.document else None
    if document is None:
        return None
    faults = [] if hashlib.sha256(document.content).hexdigest() == document.sha256 else ["the document was changed"]
    invitation = signing_invitations.by_reference(connection, service, mandate.reference)
    if invitation is None:
        return Proof(mandate, document, "", (), tuple(faults))
    entries = chain(connection, invitation.id)
    faults += chain_faults(connection, invitation)
    made = [json.loads(entry.facts)["sha256"] for entry in entries if entry.kind == EvidenceKind.DOCUMENT_MADE]
    if document.sha256 not in made:
        faults.append("the document is not the one that was made at the signature")
    return Proof(mandate, document, invitation.id, entries, tuple(faults))
