"""Notes in the chatter, and documents beside them: many at a time, each once.

A note bears its key as its Message-ID: Odoo keeps it, finds it quickly, and shows it to nobody.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from adapters.accounting.odoo.client import OdooClient, Row, integer
from connector.ports import Document

MODEL = "mail.message"
ATTACHMENT = "ir.attachment"
_NOTE = "mail.mt_note"
_BYTES_AT_A_TIME = 8_000_000  # of documents in one call; a proxy may take no more than some ten megabytes


@dataclass(frozen=True, slots=True)
class Note:
    """One note.

    Attributes:
        key: what it is, the same for ever.
        html: its body.
    """

    key: str
    model: str
    record: int
    html: str


def message_id(client: OdooClient, key: str) -> str:
    """A key in the form of a Message-ID."""
    return f"<{quote(key, safe='')}@{quote(client.name, safe='')}.sepa-connector>"


def existing(client: OdooClient, keys: Iterable[str]) -> Mapping[str, Row]:
    """Those notes that are there, by key: their id, and the record that each stands on."""
    key_of = {message_id(client, key): key for key in keys}
    if not key_of:
        return {}
    found = client.read(MODEL, ("message_id", "model", "res_id"), [["message_id", "in", list(key_of)]])
    return {key_of[str(row["message_id"])]: row for row in found}


def find(client: OdooClient, key: str) -> int | None:
    """Id of one note; None if it is not there."""
    found = existing(client, [key])
    return integer(found[key]["id"]) if found else None


def post(client: OdooClient, notes: Sequence[Note]) -> None:
    """Write notes that are not there, in one call."""
    if not notes:
        return
    subtype = client.reference(_NOTE)
    client.create(
        MODEL,
        [
            {
                "model": note.model,
                "res_id": note.record,
                "body": note.html,
                "message_type": "comment",
                "subtype_id": subtype,
                "message_id": message_id(client, note.key),
            }
            for note in notes
        ],
    )


def post_one(client: OdooClient, note: Note) -> int:
    """Write a note if it is not there. Returns its id."""
    found = find(client, note.key)
    if found is None:
        post(client, [note])
        found = find(client, note.key)
    assert found is not None
    return found


def attach(client: OdooClient, model: str, documents: Sequence[tuple[int, Document]]) -> None:
    """Documents on their records, each once: Odoo knows the checksum of what it has."""
    if not documents:
        return
    checksums = {document.sha256: _sha1(document.content) for _, document in documents}
    domain = [
        ["res_model", "=", model],
        ["res_id", "in", sorted({record for record, _ in documents})],
        ["checksum", "in", sorted(set(checksums.values()))],
    ]
    found = client.read(ATTACHMENT, ("res_id", "checksum"), domain)
    there = {(row["res_id"], row["checksum"]) for row in found}
    missing = [one for one in documents if (one[0], checksums[one[1].sha256]) not in there]
    for some in _by_size(missing):
        client.create(
            ATTACHMENT,
            [
                {
                    "name": document.name,
                    "datas": base64.b64encode(document.content).decode("ascii"),
                    "res_model": model,
                    "res_id": record,
                    "mimetype": document.media_type,
                }
                for record, document in some
            ],
        )


def _by_size(documents: Sequence[tuple[int, Document]]) -> Iterator[list[tuple[int, Document]]]:
    some: list[tuple[int, Document]] = []
    size = 0
    for record, document in documents:
        if some and size + len(document.content) > _BYTES_AT_A_TIME:
            yield some
            some, size = [], 0
        some.append((record, document))
        size += len(document.content)
    if some:
        yield some


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
