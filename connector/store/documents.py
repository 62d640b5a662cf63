"""Documents: signed mandates and other files that must be kept, by their digest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from connector.ports import Document
from connector.store.tables import documents
from connector.store.upsert import insert_new


def keep(connection: Connection, document: Document, at: datetime) -> None:
    """Keep a document; the same content is kept once."""
    row = {
        "sha256": document.sha256,
        "name": document.name,
        "media_type": document.media_type,
        "content": document.content,
        "stored_at": at,
    }
    insert_new(connection, documents, row)


def find(connection: Connection, sha256: str) -> Document | None:
    """The document with this digest."""
    row = connection.execute(select(documents).where(documents.c.sha256 == sha256)).first()
    return Document(row.name, row.media_type, row.content, row.sha256) if row else None
