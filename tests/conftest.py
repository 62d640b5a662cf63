"""What holds for every test: fixtures of real parts, and an environment without settings of the person at work."""

from __future__ import annotations

import os

from tests.support.live import REQUIRE_LIVE, SCHEMAS

pytest_plugins = [
    "tests.support.chromium",
    "tests.support.counting",
    "tests.support.postgresql",
    "tests.support.databases",
    "tests.support.houses",
    "tests.support.schemas",
    "tests.support.smtp",
]

KEPT = (REQUIRE_LIVE, SCHEMAS)

for name in [name for name in os.environ if name.startswith("SEPA_CONNECTOR_") and name not in KEPT]:
    del os.environ[name]
