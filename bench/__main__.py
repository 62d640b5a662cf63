"""Run benchmarks and print their figures: `script/bench [NAME] [--json]`."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path

from bench.figure import Figure

Benchmarks = Mapping[str, Callable[[], Figure]]

COLUMNS = (
    ("name", "<28"),
    ("value", ">10"),
    ("unit", "<5"),
    ("peer", "<34"),
    ("peer_value", ">10"),
    ("ratio", ">8"),
    ("peak_mib", ">8"),
)


def benchmarks() -> dict[str, Callable[[], Figure]]:
    """Every benchmark of this folder by name."""
    found: dict[str, Callable[[], Figure]] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not module.name.startswith("_"):
            room = importlib.import_module(f"bench.{module.name}")
            found.update(getattr(room, "FIGURES", {}))
    return found


def chosen(names: Benchmarks, wanted: str) -> Benchmarks:
    """Those called `wanted`, or of the module `wanted`; all if it is empty."""
    return {name: run for name, run in names.items() if not wanted or name == wanted or name.startswith(f"{wanted}.")}


def line(cells: Mapping[str, object]) -> str:
    """One line of the table."""
    return "  ".join(f"{_shown(cells[name]):{width}}" for name, width in COLUMNS).rstrip()


def _shown(cell: object) -> str:
    if cell is None or cell == "":
        return "-"
    return f"{cell:,.3f}" if isinstance(cell, float) else str(cell)


def main() -> int:
    """Entry point. Returns 2 if no benchmark has the name that was asked for."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("name", nargs="?", default="", help="a benchmark, or the first part of its name")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args()
    names = benchmarks()
    runs = chosen(names, asked.name)
    if not runs:
        print(f"No benchmark is called {asked.name}. There are: {', '.join(sorted(names))}.")
        return 2
    if not asked.json:
        print(line({name: name for name, _ in COLUMNS}))
    for run in runs.values():
        row = run().row()
        print(json.dumps(row) if asked.json else line(row), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
