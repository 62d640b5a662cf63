"""Which real Odoo these tests may use: named by environment variables, as none can be brought along."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import pytest

PREFIX = "SEPA_TEST_ODOO_"


@dataclass(frozen=True)
class OdooServer:
    """A database that may be written to: customers, invoices and payments are left in it.

    Attributes:
        url: address of the server without a path, e.g. http://127.0.0.1:8069.
        login, key: of the connector's user, as docs/odoo.md describes it; an API key.
        admin_login, admin_key: of an administrator, who makes what is given and looks at what came of it;
            API key.
    """

    url: str
    database: str
    login: str
    key: str = field(repr=False)
    admin_login: str
    admin_key: str = field(repr=False)


NAMES = ("URL", "DATABASE", "LOGIN", "KEY", "ADMIN_LOGIN", "ADMIN_KEY")


def named_server() -> OdooServer:
    """The server that the environment names; skips the test if there is none, also where all else is required."""
    found = {name: os.environ.get(f"{PREFIX}{name}", "") for name in NAMES}
    lacking = [f"{PREFIX}{name}" for name in NAMES if not found[name]]
    if lacking:
        pytest.skip(
            "Odoo can't be installed from a package registry, so no machine of ours has one (CI neither): name a"
            f" database for tests with {', '.join(lacking)} (docs/odoo.md)."
        )
    return OdooServer(**{name.lower(): value for name, value in found.items()})
