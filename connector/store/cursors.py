"""Cursors: how far each feed was read. Moved in the transaction that stores what was read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from connector.ports import Feed
from connector.store.tables import cursors
from connector.store.upsert import upsert

# Asked for each feed, again and again: made once.
_OF_FEED = select(cursors.c.cursor).where(cursors.c.owner == bindparam("owner"), cursors.c.feed == bindparam("feed"))


def read(connection: Connection, owner: str, feed: Feed) -> str:
    """The cursor of a feed; "" if it was never read."""
    return connection.execute(_OF_FEED, {"owner": owner, "feed": feed.value}).scalar() or ""


def move(connection: Connection, owner: str, feed: Feed, cursor: str, at: datetime) -> None:
    """Set the cursor of a feed."""
    row = {"owner": owner, "feed": feed.value, "cursor": cursor, "moved_at": at}
    upsert(connection, cursors, [row])
