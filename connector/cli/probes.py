"""Telling probes: what was tried or done, how it went, and what to do."""

from __future__ import annotations

from connector.cli.terminal import plain, print_json, write
from connector.ports import Probe


def show_probe(probe: Probe, *, as_json: bool) -> None:
    """A probe as a line for a person, with its remedy below, or as one JSON object."""
    if as_json:
        print_json({"kind": "probe", **plain(probe)})
        return
    sign = "✗" if not probe.ok else "!" if probe.remedy else "✓"
    write(f"{sign} {probe.what}" + (f": {probe.detail}" if probe.detail else ""))
    if probe.remedy:
        write(f"  → {probe.remedy}")
