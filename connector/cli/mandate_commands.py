"""The commands of `mandates`, with their options and help."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connector.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile

mandates = typer.Typer(no_args_is_help=True, help="Mandates: list them, bring them in, say what became of one.")


class Listed(StrEnum):
    """States of mandates, as the model has them: to import that would make --help slow."""

    INVITED = "invited"
    SIGNED = "signed"
    AWAITING_BANK = "awaiting_bank"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SPENT = "spent"
    LAPSED = "lapsed"


Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="Mandate reference.", show_default=False)]


@mandates.command(name="list")
def list_mandates(
    config: ConfigFile = DEFAULT_CONFIG,
    state: Annotated[
        list[Listed] | None,
        typer.Option(metavar="STATE", help=f"Only in this state; may be repeated: {', '.join(Listed)}."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List mandates with their debtor, state and dates."""
    from connector.cli.mandates import list_mandates as run

    raise typer.Exit(run(config, state or [], as_json=as_json))


@mandates.command()
def confirm(reference: Reference, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """B2B: the debtor's bank has registered the mandate; it may be used from now on."""
    _tell(config, reference, "bank_confirmed")


@mandates.command()
def suspend(reference: Reference, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Collect nothing under a mandate until it is resumed."""
    _tell(config, reference, "suspended")


@mandates.command()
def resume(reference: Reference, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Use a suspended mandate again."""
    _tell(config, reference, "resumed")


@mandates.command()
def cancel(reference: Reference, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """The debtor revoked a mandate, or you end it: for good."""
    _tell(config, reference, "cancelled")


@mandates.command()
def amend(
    reference: Reference,
    iban: Annotated[str, typer.Option(metavar="IBAN", help="The debtor's other account.", show_default=False)],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """The debtor has another account: the next collection tells the bank."""
    _tell(config, reference, "amended", iban=iban)


@mandates.command()
def proof(
    reference: Reference,
    config: ConfigFile = DEFAULT_CONFIG,
    into: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the files.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the signed document and the evidence of its signature, for a bank or a court that asks. Ends with 1 if \
either was changed since."""
    from connector.cli.mandate_proof import run

    raise typer.Exit(run(config, reference, into, as_json=as_json))


@mandates.command(name="import")
def import_mandates(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="CSV with a row for each.", show_default=False)],
    config: ConfigFile = DEFAULT_CONFIG,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would happen; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring in mandates that were signed elsewhere, once. Ends with 3 if rows were refused; the rest was taken."""
    from connector.cli.mandate_files import import_mandates as run

    raise typer.Exit(run(config, file, dry_run=dry_run, as_json=as_json))


@mandates.command(name="export")
def export_mandates(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE.csv]", help="A new file; else standard output.", show_default=False),
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Write the mandates that can be used, whole account numbers included, as import takes them."""
    from connector.cli.mandate_files import export_mandates as run

    raise typer.Exit(run(config, file, as_json=as_json))


def _tell(config: ConfigFile, reference: str, kind: str, *, iban: str = "") -> None:
    from connector.cli.mandates import tell

    raise typer.Exit(tell(config, reference, kind, iban=iban))
