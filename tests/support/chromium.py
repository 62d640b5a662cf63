"""Chromium: the distribution's own browser, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.live import missing

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Nothing leaves the machine.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser with an empty profile; `browser.new_context(viewport=..., locale=...)` gives a window.

    Not for the whole session: Playwright keeps an event loop running in this thread, which would be in the way of
    other tests.
    """
    program = next((path for path in map(shutil.which, PROGRAMS) if path), None)
    if program is None:
        missing("Chromium", "On Debian or Ubuntu: apt-get install chromium fonts-dejavu-core libatomic1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()
