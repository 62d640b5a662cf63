"""Tests that walk a road again are not counted, and those of minutes begin first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import coverage
import pytest

from tests.support.counting import FOR_SUBPROCESSES, pytest_collection_modifyitems, pytest_runtest_protocol


class _Counter:
    """Stands in for coverage while this test runs."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def stop(self) -> None:
        self.told.append("stop")

    def start(self) -> None:
        self.told.append("start")


def _item(file: str, *markers: str) -> Any:
    kept = list(markers)
    return SimpleNamespace(
        nodeid=f"{file}::test",
        path=Path(file),
        add_marker=kept.append,
        get_closest_marker=lambda name: name if name in kept else None,
    )


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Counter]:
    made = _Counter()
    with monkeypatch.context() as patch:
        patch.setattr(coverage.Coverage, "current", lambda: made)
        patch.setenv(FOR_SUBPROCESSES, "settings")
        yield made


def _run(item: Any, counter: _Counter) -> list[str]:
    """What was told before the test, and whether its processes count."""
    walk = pytest_runtest_protocol(item, None)
    next(walk)
    seen = [*counter.told, os.environ.get(FOR_SUBPROCESSES, "")]
    with pytest.raises(StopIteration):
        next(walk)
    assert os.environ[FOR_SUBPROCESSES] == "settings"
    return seen


def test_an_uncounted_test_counts_nothing_and_the_next_one_counts_again(counter: _Counter) -> None:
    assert _run(_item("test_kill.py", "uncounted"), counter) == ["stop", ""]
    assert counter.told == ["stop", "start"]


def test_any_other_test_counts(counter: _Counter) -> None:
    assert _run(_item("test_plan.py"), counter) == ["settings"]
    assert counter.told == []


def test_files_with_tests_of_minutes_begin_and_stay_whole() -> None:
    items = [_item("a"), _item("b"), _item("b", "timeout"), _item("c"), _item("d", "timeout")]
    expected = [items[1], items[2], items[4], items[0], items[3]]
    pytest_collection_modifyitems(items)
    assert items == expected


def test_what_has_no_limit_is_not_counted() -> None:
    items = [_item("tests/unit/adapters/mail/test_smtp.py"), _item("tests/unit/connector/test_masking.py")]
    pytest_collection_modifyitems(items)
    assert [bool(item.get_closest_marker("uncounted")) for item in items] == [True, False]
