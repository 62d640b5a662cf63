"""How a command fails: what went wrong and what to do, on standard error, with an exit code for scripts."""

from __future__ import annotations

from typer import echo

from connector.errors import RECOVERY, ConfigError, ConnectorError

DONE = 0
FAILED = 1


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
