"""The database as the commands meet it: made when it is empty, refused when its tables are of another version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from enum import Enum
from importlib.resources import files
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url

from connector.cli.clock import utc_now
from connector.cli.distributed import renew_queue
from connector.cli.failing import DONE
from connector.cli.terminal import write
from connector.config import Config, load
from connector.engine import witness
from connector.engine.lock import pass_lock
from connector.errors import Fatal
from connector.store import recoveries
from connector.store.database import OWNER_ONLY_FILE, Store, open_store

_WITH_IT = ("", "-wal", "-shm")
"""Endings of the files of a SQLite database."""


class Tables(Enum):
    """How the tables of a database stand to this program."""

    NONE = "none yet"
    OLDER = "of an older version"
    CURRENT = "of this version"
    NEWER = "of a newer version"


def tables_of(store: Store) -> Tables:
    """Which version of the tables a database has."""
    scripts = ScriptDirectory(str(files("connector.store") / "migrations"))
    with store.reading() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            return Tables.OLDER if inspect(connection).has_table("customers") else Tables.NONE
    if revision == scripts.get_current_head():
        return Tables.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return Tables.OLDER if revision in known else Tables.NEWER


def ready_store(config: Config) -> Store:
    """The database, ready for a pass: an empty one gets its tables.

    Raises:
        Fatal: its tables are of another version, and a person should make a copy before they change.
    """
    store = open_store(config.database_url)
    match tables_of(store):
        case Tables.NONE:
            store.upgrade()
        case Tables.OLDER:
            raise Fatal(
                "The tables of the database are of an older version.",
                where="database",
                remedy="Run `sepa-connector db backup FILE`, then `sepa-connector db upgrade`.",
            )
        case Tables.NEWER:
            raise Fatal(
                "The tables of the database are of a newer version than this program.",
                where="database",
                remedy="Install the newer version again, or restore a copy made by this one.",
            )
    return store


def upgrade(config_file: Path) -> int:
    """Bring the tables to the newest version, with no pass running."""
    config = load(config_file)
    store = open_store(config.database_url)
    with pass_lock(store, config.data_folder):
        already = tables_of(store) is Tables.CURRENT
        store.upgrade()
        if config.workers.enabled:
            renew_queue(config, store)
    store.close()
    write("The database is up to date already." if already else "The database is up to date now.")
    return DONE


def backup(config_file: Path, file: Path) -> int:
    """Copy the SQLite database while it is in use; the copy is whole or not there."""
    source = _sqlite_file(load(config_file))
    if file.exists():
        raise Fatal(f"The file {file} exists already.", where="backup", remedy="Name another file.")
    if not source.exists():
        raise Fatal(f"There is no database at {source} yet.", where="backup", remedy="There is nothing to copy.")
    unfinished = file.with_name(f"{file.name}.part")
    _copy(source, unfinished)
    _verify(unfinished)
    unfinished.rename(file)
    write(f"Copied {source} to {file}; the copy is sound. Keep the config file and its secret as well, elsewhere.")
    return DONE


def restore(config_file: Path, file: Path) -> int:
    """Put a copy in the place of the SQLite database, with no pass running; what stood there is kept beside it."""
    config = load(config_file)
    target = _sqlite_file(config)
    _refuse_unless_ours(file)
    with pass_lock(open_store(config.database_url), config.data_folder):
        if target.exists():
            kept = target.with_name(f"{target.name}.{utc_now():%Y%m%dT%H%M%SZ}")
            _keep(target, kept)
            write(f"The database as it was is kept as {kept}.")
        _copy(file, target)
    _put_back(config)
    write(
        f"Restored {target} from {file}. What happened since that copy is not in it. The next pass finds out what went "
        "out and came in since, and sends nothing twice; until all is settled it asks no debtor for money. Now: "
        "`sepa-connector sync`, then `sepa-connector audit`."
    )
    return DONE


def _put_back(config: Config) -> None:
    """Note that the database was put back. Tables of an older version can't tell; the data folder does then."""
    with closing(open_store(config.database_url)) as store:
        if tables_of(store) is Tables.CURRENT:
            complete = witness.read(config.data_folder) is not None
            with store.transaction() as connection:
                recoveries.begin(connection, recoveries.Cause.RESTORED, utc_now(), complete=complete)


def _keep(database: Path, kept: Path) -> None:
    """Keep what stands in the way of a restore; if it is damaged, as it lies there."""
    try:
        _copy(database, kept)
    except Fatal:
        for suffix in _WITH_IT:
            part = database.with_name(f"{database.name}{suffix}")
            if part.exists():
                part.replace(kept.with_name(f"{kept.name}{suffix}"))


def _copy(source: Path, target: Path) -> None:
    """Copy a database with its latest changes, inside SQLite's own locks; the copy is whole or not there."""
    there = target.exists()
    try:
        target.touch(mode=OWNER_ONLY_FILE)
        with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
            read.backup(write)
    except (sqlite3.Error, OSError) as error:
        if not there:
            target.unlink(missing_ok=True)
        raise Fatal(
            f"{source} can't be copied to {target}: {error}.",
            where="database",
            remedy="Stop the daemon, see that there is room and that the folder may be written, then try again.",
        ) from error


def _verify(copy: Path) -> None:
    """See that a copy is sound: every page, every index, every reference."""
    try:
        with closing(sqlite3.connect(copy)) as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(3)") if row[0] != "ok"]
            found += [f"a row of {row[0]} refers to nothing" for row in database.execute("PRAGMA foreign_key_check")]
    except sqlite3.Error as error:
        found = [str(error)]
    if found:
        for suffix in _WITH_IT:
            copy.with_name(f"{copy.name}{suffix}").unlink(missing_ok=True)
        raise Fatal(
            f"The database is damaged, so there is no copy of it: {found[0]}.",
            where="backup",
            remedy="Stop the daemon, look at the disk, and put back a sound copy: `sepa-connector db restore FILE`.",
        )


def _refuse_unless_ours(file: Path) -> None:
    remedy = "Name a file that `sepa-connector db backup` made."
    if not file.is_file():
        raise Fatal(f"There is no file {file}.", where="restore", remedy=remedy)
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as copy:
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise Fatal(f"{file} is no copy of our database: {error}.", where="restore", remedy=remedy) from error


def _sqlite_file(config: Config) -> Path:
    url = make_url(config.database_url)
    if url.get_backend_name() != "sqlite":
        raise Fatal(
            "The database is PostgreSQL.",
            where="database",
            remedy="Use its own tools: pg_dump and pg_restore.",
        )
    return Path(str(url.database))
