"""Run the counterpart as a process: `python -m tests.counterparts.odoo --version 19`."""

from __future__ import annotations

import argparse
import json
import threading
from datetime import UTC, datetime

from tests.counterparts.odoo.founding import found
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.instance import VERSIONS
from tests.counterparts.odoo.town import Town


def main() -> None:
    """Print where it answers and answer until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", type=int, choices=VERSIONS, default=19)
    parser.add_argument("--home", type=Home, choices=list(Home), default=Home.VANILLA)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--customers", type=int, default=0)
    parser.add_argument("--invoices", type=int, default=0)
    parser.add_argument("--keep-alive", action="store_true", help="keep connections, as a proxy before Odoo does")
    asked = parser.parse_args()
    town = Town(found(asked.version, asked.home, lambda: datetime.now(UTC)), asked.port)
    town.server.keeps_alive = asked.keep_alive
    if asked.customers:
        town.fill(asked.customers, asked.invoices)
    with town.server:
        told = {"url": town.server.url, "database": town.database, "keys": town.keys, "users": town.users}
        print(json.dumps({**told, "company": town.company, "journals": town.journals}), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
