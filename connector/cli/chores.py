"""Doing a chore: the adapter is found in the config, asked for it, and each thing that it did is told."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from connector.cli.administrator import ConfigAdministrator
from connector.cli.clock import utc_now
from connector.cli.failing import DONE, FAILED
from connector.cli.opening import opened
from connector.cli.probes import show_probe
from connector.cli.terminal import write
from connector.config import open_installation, read, section_of
from connector.engine.lock import pass_lock
from connector.errors import ConfigError, Fatal
from connector.installation import Installation
from connector.ports import Adapter, Chore


def run(config_file: Path, kind: type[Adapter], chore: Chore, source: str, *, as_json: bool) -> int:
    """Do a chore, with no pass running.

    Args:
        kind: class of the adapter.
        source: its name in the config; "" if there is only one.
    """
    failed = False
    with opened(config_file) as it, pass_lock(it.store, it.config.data_folder):
        adapter = _wanted(it.installation, kind, source)
        administrator = ConfigAdministrator(config_file, section_of(it.config, adapter.name), adapter.name)
        for probe in chore.do(adapter, administrator):
            failed = failed or not probe.ok
            show_probe(probe, as_json=as_json)
    if not as_json:
        write("\nMend what is marked ✗, then do it again." if failed else "\nDone. Next: sepa-connector check")
    return FAILED if failed else DONE


def names_of(config_file: Path, kind: type[Adapter]) -> Sequence[str]:
    """Names in the config of the adapters of a class; none if the config can't be read."""
    config, _ = read(config_file)
    if config is None:
        return ()
    with closing(open_installation(config, utc_now)) as installation:
        return tuple(_of_kind(installation, kind))


def _wanted(installation: Installation, kind: type[Adapter], source: str) -> Adapter:
    found = _of_kind(installation, kind)
    if not found:
        raise ConfigError("The config names no such adapter.", remedy="Add it, as docs/configuration.md shows.")
    known = ", ".join(found)
    if not source and len(found) > 1:
        raise Fatal("The config has several.", where="--source", remedy=f"Name one of them: {known}.")
    if source and source not in found:
        raise Fatal(f"The config has no {source} of this kind.", where="--source", remedy=f"There is: {known}.")
    return found[source or next(iter(found))]


def _of_kind(installation: Installation, kind: type[Adapter]) -> dict[str, Adapter]:
    return {adapter.name: adapter for adapter in installation.adapters() if isinstance(adapter, kind)}
