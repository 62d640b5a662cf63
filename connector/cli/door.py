"""The door: all commands in one group, those of adapters behind our own; what goes wrong is told at the way out."""

from __future__ import annotations

from typing import Any

from typer import Context
from typer.core import TyperGroup

from connector.cli.chore_commands import adapters_with_chores, group_of
from connector.cli.failing import exit_code, tell
from connector.errors import ConnectorError


class Door(TyperGroup):
    """The group of all commands, those of adapters behind our own.

    An error that we understand is told in words, never as a traceback.
    """

    def list_commands(self, ctx: Context) -> list[str]:  # type: ignore[override]
        """Names of all commands."""
        return [*super().list_commands(ctx), *adapters_with_chores()]

    def get_command(self, ctx: Context, cmd_name: str) -> Any:  # type: ignore[override]
        """A command by its name."""
        return super().get_command(ctx, cmd_name) or group_of(cmd_name)

    def invoke(self, ctx: Context) -> Any:  # type: ignore[override]
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ConnectorError as error:
            tell(error)
            ctx.exit(exit_code(error))
