"""How a command fails: what went wrong and what to do, on standard error, with an exit code for scripts."""

from __future__ import annotations

from typing import Any

from typer import Context, echo
from typer.core import TyperGroup

from connector.cli.chore_commands import adapters_with_chores, group_of
from connector.errors import RECOVERY, ConfigError, ConnectorError

DONE = 0
FAILED = 1


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


def exit_code(error: ConnectorError) -> int:
    """Exit code of a command that ended with this error; derived errors count as the nearest group."""
    codes = {row.error: row.exit_code for row in RECOVERY}
    return next((codes[group] for group in type(error).__mro__ if group in codes), FAILED)


def tell(error: ConnectorError) -> None:
    """Say on standard error what went wrong and what to do."""
    from connector.masking import masked_text

    echo(masked_text(str(error)), err=True)
    if isinstance(error, ConfigError):
        echo("Correct the configuration, then run `sepa-connector check`.", err=True)
