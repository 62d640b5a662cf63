"""Marks and cursors: what is read again, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.accounting.tryton.changes import CHANGED, Cursor, Mark
from connector.errors import NoAccess

SERVER = datetime(2026, 11, 24, 16, 50)  # noqa: DTZ001 - Tryton's instants are naive
NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
OVERLAP = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


def test_what_is_new_is_read_again_from_before_it() -> None:
    assert Mark(SERVER, NOW).domain(OVERLAP) == [[CHANGED, ">=", SERVER - OVERLAP]]


def test_what_was_known_for_the_overlap_is_not_read_again() -> None:
    settled = Mark(SERVER, NOW).after(SERVER, NOW + OVERLAP, OVERLAP)
    assert settled.domain(OVERLAP) == [[CHANGED, ">", SERVER]]


def test_it_is_read_again_while_an_older_transaction_may_still_end() -> None:
    assert not Mark(SERVER, NOW).after(SERVER, NOW + OVERLAP - MINUTE, OVERLAP).settled


def test_a_settled_mark_stays_so_until_something_new_is_seen() -> None:
    settled = Mark(SERVER, NOW, settled=True)
    assert settled.after(SERVER, NOW + MINUTE, OVERLAP) == settled
    assert settled.after(SERVER + MINUTE, NOW + MINUTE, OVERLAP) == Mark(SERVER + MINUTE, NOW + MINUTE)


def test_a_cursor_comes_back_as_it_was() -> None:
    cursor = Cursor({"party.party": Mark(SERVER, NOW), "party.address": Mark(SERVER, NOW, settled=True)}, after_id=7)
    assert Cursor.read(cursor.text(), "tryton") == cursor


@pytest.mark.parametrize("text", ["17", "{", "{}", '{"marks": {"party.party": ["yesterday"]}, "after_id": null}'])
def test_a_foreign_cursor_stops_the_pass(text: str) -> None:
    with pytest.raises(NoAccess, match="not one of the Tryton adapter"):
        Cursor.read(text, "tryton")
