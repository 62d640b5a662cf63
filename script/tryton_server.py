#!/usr/bin/env python3
"""Run a Tryton of its own, with books to look around in or to connect to: script/tryton_server.py --into DIR

Needs script/bootstrap dev and script/bootstrap tryton. Listens on this machine only; Ctrl+C ends it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv" / "bin" / "python"

CONFIG = """sources:
  - name: books
    adapter: tryton
    url: {url}
    database: {database}
    company: {company}
    key: {key}
    login: {login}
    password: {password}
    journal: {journal}
"""


def main() -> int:
    """Start the server, tell how to reach it, and wait for its end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="folder for the database and the log")
    parser.add_argument("--books", type=Path, default=ROOT / "script" / "tryton_books.json", help="what they hold")
    parser.add_argument("--port", type=int, help="a free one if not given")
    arguments = parser.parse_args()
    from tests.counterparts.tryton import environment, server

    if not environment.is_ready():
        print("Tryton is not installed here. Run script/bootstrap tryton.", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server is stopped, however we are
    try:
        running = server.start(arguments.into, server.Books.read(arguments.books), arguments.port)
    except environment.TrytonFailed as error:
        print(error, file=sys.stderr)
        return 1
    with running:
        print(f"Tryton runs at {running.url}. For config.yaml:\n\n{CONFIG.format(**running.settings())}", flush=True)
        print(f"Tryton's own client: database {running.database}, user admin, password {running.password}", flush=True)
        try:
            running.process.wait()
        except KeyboardInterrupt:
            print("Stopped.")
    return 0


if __name__ == "__main__":
    if Path(sys.prefix) != PYTHON.parents[1] and PYTHON.is_file():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
