"""Finding adapters by their entry points, so that nothing here knows any of them by name.

A package of anybody's adds an adapter with one line in its own pyproject.toml:

    [project.entry-points."sepa_connector.accounting"]
    mybooks = "mypackage.adapter:MyBooks"
"""

from __future__ import annotations

import sys
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points

from connector.errors import ConfigError
from connector.ports import AccountingPackage, Adapter, BankChannel, Mailer, MandateService


class AdapterKind(StrEnum):
    """The four ports; the value is the last part of the entry-point group."""

    ACCOUNTING = "accounting"
    MANDATES = "mandates"
    BANKS = "banks"
    MAIL = "mail"


PORTS: dict[AdapterKind, type[Adapter]] = {
    AdapterKind.ACCOUNTING: AccountingPackage,
    AdapterKind.MANDATES: MandateService,
    AdapterKind.BANKS: BankChannel,
    AdapterKind.MAIL: Mailer,
}

CHORES = "sepa_connector.chores"
"""The entry-point group of adapters that an administrator can ask something of."""


def adapter_names(kind: AdapterKind) -> tuple[str, ...]:
    """Names of the adapters that are installed, sorted."""
    return tuple(sorted(_found(kind).names))


def adapter_class(kind: AdapterKind, name: str) -> type[Adapter]:
    """The class of an adapter.

    Raises:
        ConfigError: none is installed under this name, or it can't be imported.
    """
    found = _found(kind)
    if name not in found.names:
        raise ConfigError(f"There is no adapter {name!r} for {kind.value}.", remedy=_nearest(name, adapter_names(kind)))
    return _loaded(found[name], PORTS[kind])


def adapter_with_chores(name: str) -> type[Adapter]:
    """The class of an adapter, of whatever kind, that has chores under this name.

    Raises:
        ConfigError: it can't be imported, or is no adapter.
        KeyError: none is installed under this name.
    """
    return _loaded(entry_points(group=CHORES)[name], Adapter)


def _found(kind: AdapterKind) -> EntryPoints:
    return _installed(f"sepa_connector.{kind.value}", tuple(sys.path))


@lru_cache(maxsize=len(AdapterKind))
def _installed(group: str, path: tuple[str, ...]) -> EntryPoints:  # noqa: ARG001 - what is found changes with it
    """The entry points of a group: to find them, all that is installed is looked through."""
    return entry_points(group=group)


def _loaded(entry_point: EntryPoint, port: type[Adapter]) -> type[Adapter]:
    try:
        loaded = entry_point.load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"The adapter {entry_point.name!r} can't be loaded from {entry_point.value}: {error}.",
            remedy="Install what it needs, or repair the package that it comes from.",
        ) from error
    if not (isinstance(loaded, type) and issubclass(loaded, port)):
        raise ConfigError(
            f"The adapter {entry_point.name!r} at {entry_point.value} is no {port.__name__}.",
            remedy="Its author must derive it from the port of that name in connector/ports.",
        )
    return loaded


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Installed are: {', '.join(known) or 'none'}."
