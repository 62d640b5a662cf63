"""Which tests count towards the branches that are covered, and which tests begin first.

A test marked `uncounted` walks a road that counted tests walk too: over and over, on another database, or against a
real counterpart. Counting would more than double the time that it takes, and show nothing. Nor is it counted what
adapters and counterparts take, which have no limit (script/coverage_limit.py).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import coverage
import pytest

FOR_SUBPROCESSES = "COVERAGE_PROCESS_CONFIG"
"""With this variable, which coverage sets, every Python that a test starts counts itself."""

WITHOUT_A_LIMIT = ("tests/unit/adapters/", "tests/unit/counterparts/", "tests/contract/test_odoo.py")
"""Tests of what has no limit, as their ids begin."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Count nothing while an uncounted test and its own fixtures run, nor in the processes that they start."""
    counter = coverage.Coverage.current()
    if counter is None or item.get_closest_marker("uncounted") is None:
        return (yield)
    settings = os.environ.pop(FOR_SUBPROCESSES, None)
    counter.stop()
    try:
        return (yield)
    finally:
        counter.start()
        if settings is not None:
            os.environ[FOR_SUBPROCESSES] = settings


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests that may take minutes begin: one begun last would leave the other cores with nothing to do."""
    for item in items:
        if item.nodeid.startswith(WITHOUT_A_LIMIT):
            item.add_marker("uncounted")
    long = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: item.path not in long)
