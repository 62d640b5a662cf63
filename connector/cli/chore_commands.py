"""Chores of adapters as commands: `sepa-connector NAME CHORE`, e.g. `sepa-connector odoo install`.

Which adapters have chores is known by their entry points; an adapter itself is imported when one of its chores is
listed or typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer import Context
from typer.core import TyperGroup

from connector.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

if TYPE_CHECKING:
    from connector.ports import Adapter, Chore

GROUP = "sepa_connector.chores"


def _names(context: Context, incomplete: str) -> list[str]:
    """For completion: how the config names the adapters of this group."""
    from connector.cli.chores import names_of

    group = context.parent
    assert group is not None
    config = Path(context.params.get("config") or DEFAULT_CONFIG)
    return [name for name in names_of(config, _loaded(str(group.info_name))) if name.startswith(incomplete)]


Source = Annotated[
    str, typer.Option(metavar="NAME", help="Of which source, if the config has several.", autocompletion=_names)
]


def adapters_with_chores() -> Sequence[str]:
    """Names of the installed adapters that have chores, sorted."""
    return sorted(_found().names)


def group_of(name: str) -> Any:
    """The group of commands with the chores of an adapter; None if none is installed under this name."""
    if name not in _found().names:
        return None
    group = typer.Typer(
        name=name,
        cls=Chores,
        no_args_is_help=True,
        add_completion=False,
        help=f"What an administrator asks of {name} by hand.",
    )
    group.callback()(_before_the_chore)
    return typer.main.get_command(group)


class Chores(TyperGroup):
    """The chores of the adapter that the group is named after."""

    def list_commands(self, ctx: Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        """Names of the chores, in the order of the adapter."""
        return [chore.name for chore in self._chores()]

    def get_command(self, ctx: Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ARG002
        """The command of a chore."""
        found = next((chore for chore in self._chores() if chore.name == cmd_name), None)
        return None if found is None else _command(_loaded(str(self.name)), found)

    def _chores(self) -> Sequence[Chore]:
        return _loaded(str(self.name)).chores()


def _before_the_chore() -> None:
    """Nothing: chores are found one by one."""


def _command(adapter: type[Adapter], chore: Chore) -> Any:
    def do(config: ConfigFile = DEFAULT_CONFIG, source: Source = "", as_json: AsJson = False) -> None:
        from connector.cli.chores import run

        raise typer.Exit(run(config, adapter, chore, source, as_json=as_json))

    single = typer.Typer(add_completion=False)
    single.command(name=chore.name, help=chore.what)(do)
    return typer.main.get_command(single)


def _loaded(name: str) -> type[Adapter]:
    from connector.discovery import adapter_with_chores

    return adapter_with_chores(name)


def _found() -> EntryPoints:
    return entry_points(group=GROUP)
