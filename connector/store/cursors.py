"""Cursors: how far each feed was read. Moved in the transaction that stores what was read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from connector.ports import Feed
from connector.store.tables import cursors
from connector.store.upsert import upsert


def read(connection: Connection, owner: str, feed: Feed) -> str:
    """The cursor of a feed; "" if it was never read."""
    found = connection.execute(
        select(cursors.c.cursor).where(cursors.c.owner == owner, cursors.c.feed == feed.value)
    ).scalar()
    return found or ""


def move(connection: Connection, owner: str, feed: Feed, cursor: str, at: datetime) -> None:
    """Set the cursor of a feed."""
    row = {"owner": owner, "feed": feed.value, "cursor": cursor, "moved_at": at}
    upsert(connection, cursors, [row])
