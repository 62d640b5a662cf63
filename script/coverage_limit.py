"""Hold the branches that the tests took against the limit; reads coverage's JSON from standard input."""

from __future__ import annotations

import json
import sys

LIMITS_PERCENT = {"bankfiles": 90.0, "connector": 90.0}
"""The packages that hold the money rules."""


def share(files: dict[str, dict[str, dict[str, int]]], package: str) -> tuple[float, list[tuple[int, str]]]:
    """Percentage of a package's branches taken, and its files by branches missed, worst first."""
    totals = {name: file["summary"] for name, file in files.items() if name.startswith(f"{package}/")}
    branches = sum(total["num_branches"] for total in totals.values())
    taken = sum(total["covered_branches"] for total in totals.values())
    missed = sorted(((total["missing_branches"], name) for name, total in totals.items()), reverse=True)
    return (100 * taken / branches if branches else 100.0), missed


def main() -> int:
    """Print each package's share. Returns 1 if one is below its limit."""
    files = json.load(sys.stdin)["files"]
    below = False
    for package, limit in LIMITS_PERCENT.items():
        percent, missed = share(files, package)
        print(f"{package}: {percent:.1f} % of branches taken (at least {limit:.0f} %)")
        if percent < limit:
            below = True
            for count, name in missed[:10]:
                print(f"  {name}: {count} not taken")
    return 1 if below else 0


if __name__ == "__main__":
    raise SystemExit(main())
