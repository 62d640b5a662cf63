"""Real counterparts that a machine may lack: skipped with the reason, or a failure where all are required."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRE_LIVE = "SEPA_CONNECTOR_REQUIRE_LIVE"
"""Set to 1 (as on CI), nothing is skipped for want of a counterpart."""

SCHEMAS = "SEPA_CONNECTOR_XSD"
"""Names another folder of ISO schemas than the one beside the project."""


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test that asks for `what`, or fail it where everything must be there."""
    message = f"{what} is not on this machine. {remedy}"
    if os.environ.get(REQUIRE_LIVE) == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
