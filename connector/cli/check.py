"""`check`: is the config right, do the connections work, what can't the adapters do, and how is a customer read?"""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from connector.cli.clock import utc_now
from connector.cli.databases import ready_store
from connector.cli.distributed import why_not_distributed
from connector.cli.failing import DONE, FAILED
from connector.cli.opening import start_logs
from connector.cli.probes import show_probe
from connector.cli.terminal import plain, print_json, table, write
from connector.config import Config, Problem, json_schema, open_installation, read
from connector.config.document import referred_files
from connector.config.problems import shown
from connector.errors import ConnectorError
from connector.installation import Installation, Source
from connector.masking import masked_text
from connector.model.customer import Customer, Language
from connector.ports import Adapter, Probe
from connector.store import breakage
from connector.texts import say

_WRONG_CONFIG = 2
_OTHERS_MAY_READ = stat.S_IRWXG | stat.S_IRWXO


def print_schema() -> int:
    """Print the JSON Schema of the config file."""
    sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
    return DONE


def run(config_file: Path, *, as_json: bool) -> int:
    """Check everything that can be checked without changing anything."""
    config, problems = read(config_file)
    if config is None:
        return _wrong(problems, as_json=as_json)
    start_logs(config)
    installation = open_installation(config, utc_now)
    failed = False
    try:
        for probe in _probes(config_file, config, installation):
            failed = failed or not probe.ok
            show_probe(probe, as_json=as_json)
        for source in installation.sources.values():
            _show_sample(source, as_json=as_json)
    finally:
        installation.close()
    if not as_json:
        write("\nMend what is marked ✗, then check again." if failed else "\nAll well. Next: sepa-connector plan")
    return FAILED if failed else DONE


def _wrong(problems: list[Problem], *, as_json: bool) -> int:
    for problem in problems:
        if as_json:
            print_json(_as_json(problem))
        else:
            write(str(problem))
    if not as_json:
        write(f"\n{len(problems)} to correct; nothing else was checked.")
    return _WRONG_CONFIG


def _as_json(problem: Problem) -> dict[str, object]:
    return {
        "kind": "mistake",
        "file": problem.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "key": shown(problem.path),
        "what": problem.what,
        "remedy": problem.remedy,
    }


def _probes(config_file: Path, config: Config, installation: Installation) -> Iterator[Probe]:
    yield Probe("config", ok=True, detail=str(config_file))
    yield from _secret_files(config_file)
    yield from _data_folder(config)
    yield _database(config)
    yield from _workers(config)
    for adapter in installation.adapters():
        yield from _of_adapter(adapter)
        yield from _missing_features(adapter)


def _secret_files(config_file: Path) -> Iterator[Probe]:
    """Values that stand in files of their own should be for one pair of eyes."""
    for file in (config_file, *referred_files(config_file)):
        if file.stat().st_mode & _OTHERS_MAY_READ:
            yield Probe(f"rights of {file}", ok=True, detail="others may read it", remedy=f"chmod 600 {file}")


def _data_folder(config: Config) -> Iterator[Probe]:
    """It can be written to, and holds accounts and signatures: it too is for one pair of eyes."""
    folder = config.data_folder
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        probe = nearest / ".sepa-connector-check"
        probe.touch()
        probe.unlink()
    except OSError as error:
        remedy = "Let it be written by this user."
        yield Probe("data folder", ok=False, detail=f"{folder}: {error.strerror}", remedy=remedy)
        return
    yield Probe("data folder", ok=True, detail=str(folder))
    if folder.exists() and folder.stat().st_mode & _OTHERS_MAY_READ:
        yield Probe(f"rights of {folder}", ok=True, detail="others may read it", remedy=f"chmod 700 {folder}")


def _database(config: Config) -> Probe:
    """Connects, and makes the tables in an empty database."""
    shown = masked_text(config.database_url)
    try:
        ready_store(config).close()
    except ConnectorError as error:
        return Probe("database", ok=False, detail=f"{shown}: {error.what}", remedy=error.remedy)
    except (SQLAlchemyError, ImportError) as error:
        told = breakage.in_words(error)
        why = masked_text(told.what if told else str(error).partition("\n")[0])
        remedy = "Check its address, name and rights, and that it is there."
        return Probe("database", ok=False, detail=f"{shown}: {why}", remedy=remedy)
    return Probe("database", ok=True, detail=shown)


def _workers(config: Config) -> Iterator[Probe]:
    """Whether what workers need is there, if they are wanted."""
    if config.workers.enabled:
        error = why_not_distributed(config)
        yield Probe(
            "workers", ok=error is None, detail=error.what if error else "", remedy=error.remedy if error else ""
        )


def _of_adapter(adapter: Adapter) -> Iterator[Probe]:
    try:
        yield from adapter.check()
    except ConnectorError as error:
        yield Probe(adapter.name, ok=False, detail=masked_text(error.what), remedy=error.remedy)
    except SQLAlchemyError as error:
        why = masked_text(str(error).partition("\n")[0])
        yield Probe(adapter.name, ok=False, detail=why, remedy="Mend the database first.")


def _missing_features(adapter: Adapter) -> Iterator[Probe]:
    for feature, there in type(adapter).features().items():
        if not there:
            what = say(Language.ENGLISH, f"words.feature.{feature}")
            yield Probe(
                f"{adapter.name}: no {what}", ok=True, remedy="This is left to be done by hand; each case is shown."
            )


def _show_sample(source: Source, *, as_json: bool) -> None:
    """The first customer in use as the mapping reads it, for a person to compare with the package."""
    try:
        batch = next(iter(source.package.read_customers("")), None)
    except ConnectorError:
        return  # its own probe has told
    if batch is None or not batch.records:
        show_probe(Probe(f"{source.name}: sample", ok=True, detail="no customer to show"), as_json=as_json)
        return
    fields = _fields(next((one for one in batch.records if one.active), batch.records[0]))
    if as_json:
        print_json({"kind": "sample", "source": source.name, "customer": fields})
        return
    rows = ((name, value) for name, value in fields.items())
    write(f"\nA customer of {source.name} as it is read:", table(("field", "as read"), rows))


def _fields(customer: Customer) -> Mapping[str, str]:
    values = plain(customer)
    address = values.pop("address")
    flat = {**values, **{f"address.{name}": value for name, value in address.items()}}
    return {name: masked_text(str(value)) for name, value in flat.items() if value not in ("", [])}
