"""The command line: every command with its options and its help.

What they do stands in the rooms beside this file; a room is imported by its command alone, so that --help is quick.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from connector.cli.door import Door
from connector.cli.mandate_commands import mandates
from connector.cli.options import CONFIG_VARIABLE, DEFAULT_CONFIG, AsJson, ConfigFile
from connector.model.deed import Step

app = typer.Typer(
    cls=Door,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Collect invoices by SEPA direct debit: mandates, bank files and returns, kept in step with your accounting.",
    epilog="sync ends with 0 done, 1 failed, 2 wrong configuration, 3 done with exceptions, 4 another pass is running.",
)
bankfile = typer.Typer(no_args_is_help=True, help="Check and read bank files of any origin.")
db = typer.Typer(no_args_is_help=True, help="The database: upgrade, backup, restore, recover.")
collect = typer.Typer(no_args_is_help=True, help="Collection runs: propose one now, and decide about those that wait.")
exceptions = typer.Typer(no_args_is_help=True, help="Things that a person must look at.")


class Explained(StrEnum):
    """What `explain` explains."""

    INVOICE = "invoice"
    CUSTOMER = "customer"
    MANDATE = "mandate"
    COLLECTION = "collection"


Steps = Annotated[
    list[Step] | None,
    typer.Option("--step", metavar="STEP", help=f"Only this step; may be repeated: {', '.join(Step)}."),
]
ExceptionNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="Number in the list.", show_default=False)]
AnyFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file, of any name.")]


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"sepa-connector {version('sepa-connector')}")
        raise typer.Exit


@app.callback()
def _before_the_command(
    config: Annotated[
        Path, typer.Option("--config", metavar="FILE", envvar=CONFIG_VARIABLE, help="Config file.")
    ] = DEFAULT_CONFIG,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options may stand before the command as well."""


@app.command()
def init(
    config: ConfigFile = DEFAULT_CONFIG,
    answers: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Answer a question beforehand; may be repeated."),
    ] = None,
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing: take --set and defaults.")] = False,
) -> None:
    """Ask a few questions, write the config file and the installation's secret, and check them."""
    from connector.cli.init import run

    raise typer.Exit(run(config, answers or [], ask=not no_input))


@app.command()
def check(
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the config file.")] = False,
) -> None:
    """Check config, connections and rights, and show one customer as it is read. Changes nothing."""
    from connector.cli.check import print_schema, run

    raise typer.Exit(print_schema() if schema else run(config, as_json=as_json))


@app.command()
def plan(config: ConfigFile = DEFAULT_CONFIG, step: Steps = None, as_json: AsJson = False) -> None:
    """Show what a pass would do now. Changes nothing, here or elsewhere."""
    from connector.cli.passes import plan as run

    raise typer.Exit(run(config, step or list(Step), as_json=as_json))


@app.command()
def sync(config: ConfigFile = DEFAULT_CONFIG, step: Steps = None, as_json: AsJson = False) -> None:
    """Walk the road once: read, invite, write back, collect, reconcile. For cron."""
    from connector.cli.passes import sync as run

    raise typer.Exit(run(config, step or list(Step), as_json=as_json))


@app.command(name="run")
def serve(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Stay: keep the schedule, and serve the signing pages."""
    from connector.cli.daemon import run

    raise typer.Exit(run(config))


@app.command()
def worker(
    config: ConfigFile = DEFAULT_CONFIG,
    concurrency: Annotated[int, typer.Option(min=1, max=32, help="Jobs at once.")] = 1,
) -> None:
    """Stay: do the jobs of the schedule, with workers on this and other machines. Needs PostgreSQL."""
    from connector.cli.worker import run

    raise typer.Exit(run(config, concurrency))


@app.command()
def status(config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Show passes, money in flight, and what needs attention."""
    from connector.cli.status import run

    raise typer.Exit(run(config, as_json=as_json))


class Replayed(StrEnum):
    """What can be read again from its start."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    MANDATES = "mandates"
    MANDATE_EVENTS = "mandate_events"
    BANK = "bank"


@app.command()
def audit(
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
    replay: Annotated[
        list[Replayed] | None,
        typer.Option(metavar="FEED", help=f"Read again from its start: {', '.join(Replayed)}; may be repeated."),
    ] = None,
    again: Annotated[str, typer.Option(metavar="KEY", help="Make a change again that is gone at the other side.")] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="After a restore: you have looked, the database is up to date.")
    ] = False,
) -> None:
    """Compare packages, mandate service and bank with our ledger: 0 they agree, 1 not all compared, 3 differences."""
    from connector.cli import auditing

    if (accept, bool(again), bool(replay)).count(True) > 1:
        raise typer.BadParameter("Give one of --replay, --again and --accept.")
    if accept:
        code = auditing.accept(config)
    elif again:
        code = auditing.again(config, again)
    elif replay:
        code = auditing.replay(config, list(replay), as_json=as_json)
    else:
        code = auditing.run(config, as_json=as_json)
    raise typer.Exit(code)


@app.command()
def explain(
    kind: Annotated[Explained, typer.Argument(metavar="|".join(Explained), help="Kind of record.", show_default=False)],
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its number, reference or id.", show_default=False)],
    config: ConfigFile = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say why a record was or was not invited, collected, written back."""
    from connector.cli.explaining import run

    raise typer.Exit(run(config, kind, key, as_json=as_json))


@app.command()
def invite(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Number, name, or id of a customer.", show_default=False)
    ],
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Invite a customer to sign a mandate: one whom the rules do not invite, or once more."""
    from connector.cli.mandates import invite as run

    raise typer.Exit(run(config, customer))


@app.command()
def demo(
    into: Annotated[Path | None, typer.Option("--into", metavar="DIR", help="Where everything goes.")] = None,
    stay: Annotated[bool, typer.Option("--serve", help="Leave the signing pages running at the end.")] = False,
) -> None:
    """Walk the whole road on built-in data, in a folder of its own."""
    from connector.cli.demo import run

    raise typer.Exit(run(into, stay=stay))


@bankfile.command(name="check")
def check_file(
    file: AnyFile,
    profile: Annotated[str | None, typer.Option(help="Check the limits of this bank too, e.g. kbc.")] = None,
    schema: Annotated[
        Path | None, typer.Option(metavar="XSD", help="Schema of a version that is not installed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a pain.008 against schema and scheme. Exit code: 0 clean, 1 findings, 2 unreadable."""
    from connector.cli.bank_files import check

    raise typer.Exit(check(file, profile, schema, as_json=as_json))


@bankfile.command(name="read")
def read_file(file: AnyFile, as_json: AsJson = False) -> None:
    """Read a bank's answer: pain.002, camt.05x, CODA, MT940. Exit code: 0 all read, 1 in part, 2 unreadable."""
    from connector.cli.bank_files import read

    raise typer.Exit(read(file, as_json=as_json))


@db.command()
def upgrade(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Bring the tables to the newest version; makes them in an empty database."""
    from connector.cli.databases import upgrade as run

    raise typer.Exit(run(config))


@db.command()
def backup(file: AnyFile, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Write a consistent copy of the database, while passes run."""
    from connector.cli.databases import backup as run

    raise typer.Exit(run(config, file))


@db.command()
def restore(file: AnyFile, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Put a copy in the place of the database, with nothing running."""
    from connector.cli.databases import restore as run

    raise typer.Exit(run(config, file))


@db.command()
def recover(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Compare the database with the world from the start, as after a restore; the next pass does it."""
    from connector.cli.auditing import recover_all as run

    raise typer.Exit(run(config))


@exceptions.command(name="list")
def list_exceptions(config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List what a person must look at, with the reason and what to do."""
    from connector.cli.attention import list_exceptions as run

    raise typer.Exit(run(config, as_json=as_json))


@exceptions.command()
def retry(number: ExceptionNumber, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Let the next pass try again, and close the exception."""
    from connector.cli.attention import retry as run

    raise typer.Exit(run(config, number))


@exceptions.command()
def ignore(
    number: ExceptionNumber,
    config: ConfigFile = DEFAULT_CONFIG,
    done: Annotated[bool, typer.Option("--done", help="The change was made there: go on from that.")] = False,
    not_done: Annotated[bool, typer.Option("--not-done", help="It was not made, and shall not be.")] = False,
    its_id: Annotated[str, typer.Option("--id", metavar="ID", help="With --done: its id there.")] = "",
) -> None:
    """Close an exception that a person has dealt with."""
    from connector.cli.attention import ignore as run

    if done and not_done:
        raise typer.BadParameter("It was made or it was not: give one of --done and --not-done.")
    raise typer.Exit(run(config, number, done=done, not_done=not_done, result=its_id))


RunName = Annotated[str, typer.Argument(metavar="RUN", help="Name of the run, as collect list shows it.")]


@collect.command()
def propose(config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Propose what is due now; no file is made. The next pass sends what needs no approval, or has it."""
    from connector.cli.runs import propose as run

    raise typer.Exit(run(config, as_json=as_json))


@collect.command(name="list")
def list_runs(config: ConfigFile = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the runs that wait for approval, with their amounts and days."""
    from connector.cli.runs import list_runs as run

    raise typer.Exit(run(config, as_json=as_json))


@collect.command()
def approve(
    run_name: RunName,
    config: ConfigFile = DEFAULT_CONFIG,
    digest: Annotated[str, typer.Option(help="Only if it is the run that collect list showed with this one.")] = "",
) -> None:
    """Let a run go to the bank with the next pass, as it was proposed."""
    from connector.cli.runs import approve as run

    raise typer.Exit(run(config, run_name, digest))


@collect.command()
def cancel(run_name: RunName, config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Let go of a run: its invoices are announced and proposed anew."""
    from connector.cli.runs import cancel as run

    raise typer.Exit(run(config, run_name))


app.add_typer(collect, name="collect")
app.add_typer(bankfile, name="bankfile")
app.add_typer(db, name="db")
app.add_typer(exceptions, name="exceptions")
app.add_typer(mandates, name="mandates")
