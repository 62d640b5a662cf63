"""Batches that are stored in one transaction: few records wait for more, never for long, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import Retriable
from connector.model.customer import Customer, RecordKey
from connector.ports import Batch
from connector.steps.together import PATIENCE, RECORDS, together

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def batches(*sizes: int, error: Exception | None = None) -> Iterator[Batch[Customer]]:
    for number, size in enumerate(sizes):
        yield Batch((Customer(RecordKey("books", "1"), "Peeters"),) * size, cursor=str(number))
    if error is not None:
        raise error


def cursors(groups: Iterator[list[Batch[Customer]]]) -> list[str]:
    return ["".join(batch.cursor for batch in group) for group in groups]


def at_once(*sizes: int) -> list[str]:
    return cursors(together(batches(*sizes), lambda: NOW, lambda: False))


def test_batches_wait_until_they_are_many_records() -> None:
    half = RECORDS // 2
    assert at_once(half, half, half, half, 1) == ["01", "23", "4"]
    assert at_once(RECORDS, 1, RECORDS) == ["0", "12"]
    assert at_once(0) == ["0"]
    assert at_once() == []


def test_a_slow_source_is_not_waited_for() -> None:
    seconds = iter(range(0, 1000, PATIENCE // timedelta(seconds=1)))
    groups = together(batches(1, 1, 1), lambda: NOW + timedelta(seconds=next(seconds)), lambda: False)
    assert cursors(groups) == ["0", "1", "2"]


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    minutes = iter(range(1000, 0, -1))
    groups = together(batches(1, 1), lambda: NOW + timedelta(minutes=next(minutes)), lambda: False)
    assert cursors(groups) == ["0", "1"]


def test_who_is_asked_to_stop_waits_for_no_more() -> None:
    assert cursors(together(batches(1, 1), lambda: NOW, lambda: True)) == ["0", "1"]


def test_what_was_read_before_an_error_is_given_first() -> None:
    groups = together(batches(1, 1, error=Retriable("Away.", where="books")), lambda: NOW, lambda: False)
    assert [batch.cursor for batch in next(groups)] == ["0", "1"]
    with pytest.raises(Retriable):
        next(groups)
