"""What holds for every test: fixtures of real parts, and an environment without settings of the person at work."""

from __future__ import annotations

import os

from tests.support.live import REQUIRE_LIVE

pytest_plugins = ["tests.support.chromium", "tests.support.postgresql", "tests.support.smtp"]

for name in [name for name in os.environ if name.startswith("SEPA_CONNECTOR_") and name != REQUIRE_LIVE]:
    del os.environ[name]
