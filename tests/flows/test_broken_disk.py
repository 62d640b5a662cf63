"""The disk fails: a clear stop that says what to do; after the repair all goes on, and nothing is lost or done twice.

The command itself on a real file system: a small one of its own, which is filled or mounted read-only.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.live import missing
from tests.unit.connector.cli.typed import CUSTOMERS, INVOICES, init_words

EXECUTABLE = Path(sys.executable).with_name("sepa-connector")
_MIB = 1 << 20
_ROOM = 6 * _MIB
_MORE = "3,K3,Peeters nv,peeters@example.org,nl,,yes\n4,K4,Dubois sa,dubois@example.org,fr,,yes\n"


@dataclass(frozen=True)
class House:
    """An installation whose data lie on a file system of their own."""

    folder: Path

    @property
    def data(self) -> Path:
        """Where the database and the bank files are."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """The database."""
        return self.data / "sepa-connector.db"

    def says(self, *words: str) -> tuple[int, str]:
        """Exit code and all that the command says."""
        said = subprocess.run([EXECUTABLE, *words], cwd=self.folder, capture_output=True, text=True, check=False)
        assert "Traceback" not in said.stderr
        return said.returncode, said.stdout + said.stderr

    def stops(self, *words: str) -> None:
        """A pass ends with 1 and says these words."""
        code, said = self.says("sync")
        assert code == 1, said
        for word in words:
            assert word in said

    def mount(self, options: str) -> None:
        """Mount the data's file system, or change how it is mounted."""
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.data], check=True)

    def settled(self) -> Mapping[str, object]:
        """What stands in the database and in the world once all is done, whatever the way there was."""
        with closing(sqlite3.connect(self.database)) as database:
            return {
                "effects": sorted(database.execute("SELECT key, state FROM effects")),
                "customers": sorted(database.execute("SELECT id, digest FROM customers")),
                "mandates": sorted(database.execute("SELECT reference, state FROM mandates")),
                "check": database.execute("PRAGMA integrity_check").fetchall(),
                "mail": len(list((self.folder / "mail").glob("*.eml"))),
            }


def _new_customers(house: House) -> None:
    (house.folder / "books" / "customers.csv").write_text(CUSTOMERS + _MORE, "utf-8")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house that has worked for a night; in the next one new customers are to be invited."""
    made = House(tmp_path_factory.mktemp("model"))
    assert made.says(*init_words())[0] == 0
    config = made.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("# settle_seconds: 10", "settle_seconds: 0"), "utf-8")
    (made.folder / "books" / "customers.csv").write_text(CUSTOMERS, "utf-8")
    (made.folder / "books" / "invoices.csv").write_text(INVOICES, "utf-8")
    assert made.says("sync")[0] == 3
    _new_customers(made)
    return made.folder


@pytest.fixture(scope="module")
def expected(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    """What stands there after a night in which nothing failed."""
    twin = House(tmp_path_factory.mktemp("twin") / "house")
    shutil.copytree(model, twin.folder)
    assert twin.says("sync")[0] == 3
    return twin.settled()


@pytest.fixture
def house(model: Path, tmp_path: Path) -> Iterator[House]:
    """A house like the model, its data on a small disk."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        missing("a file system of its own", "Run as root on Linux.")
    made = House(tmp_path / "house")
    shutil.copytree(model, made.folder, ignore=shutil.ignore_patterns("data"))
    made.data.mkdir()
    made.mount(f"size={_ROOM}")
    try:
        shutil.copytree(model / "data", made.data, dirs_exist_ok=True)
        yield made
    finally:
        subprocess.run(["umount", "--lazy", made.data], check=True)


def _fill(house: House, leave: int) -> Path:
    """Fill the disk but for so many bytes."""
    ballast = house.data / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while (free := shutil.disk_usage(house.data).free) > leave:
            file.write(bytes(min(free - leave, _MIB)))
    return ballast


@pytest.mark.parametrize("leave", [0, 96 << 10])
def test_a_full_disk(house: House, expected: Mapping[str, object], leave: int) -> None:
    ballast = _fill(house, leave)
    house.stops("no room left on the disk", "Make room")
    house.stops("no room left on the disk")
    ballast.unlink()
    assert house.says("sync")[0] == 3
    assert house.settled() == expected


def test_a_disk_that_is_mounted_read_only(house: House, expected: Mapping[str, object]) -> None:
    house.mount("remount,ro")
    house.stops("can't be opened", "mounted read-only")
    house.mount("remount,rw")
    assert house.says("sync")[0] == 3
    assert house.settled() == expected


def test_a_backup_that_finds_no_room_leaves_nothing_behind(house: House) -> None:
    _fill(house, 48 << 10)
    code, said = house.says("db", "backup", "data/copy.db")
    assert code == 1
    assert "see that there is room" in said
    assert not [path.name for path in house.data.iterdir() if path.name.startswith("copy")]


def test_a_database_that_another_program_holds(house: House, expected: Mapping[str, object]) -> None:
    shorten = (
        "import sys, connector.store.database as d; d._BUSY_TIMEOUT_MS = 200; from connector.cli.app import app; app()"
    )
    with closing(sqlite3.connect(house.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = subprocess.run(
            [sys.executable, "-c", shorten, "sync"], cwd=house.folder, capture_output=True, text=True, check=False
        )
        other.execute("ROLLBACK")
    assert said.returncode == 1
    assert "Another program holds the database" in said.stderr
    assert "Traceback" not in said.stderr
    assert house.says("sync")[0] == 3
    assert house.settled() == expected


def _damage(database: Path) -> None:
    """Overwrite every page but the first one with nonsense, as a disk may do."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def test_a_damaged_database_is_put_back_from_the_last_copy(house: House, expected: Mapping[str, object]) -> None:
    assert house.says("db", "backup", "copy.db")[0] == 0
    assert house.says("sync")[0] == 3  # happened after the copy
    _damage(house.database)
    house.stops("The database is damaged", "db restore FILE")
    code, said = house.says("db", "backup", "second.db")
    assert code == 1, said
    assert not (house.folder / "second.db").exists()
    code, said = house.says("db", "restore", "copy.db")
    assert code == 0, said
    for read in (house.folder / "books" / "done").iterdir():  # since the copy, so it is to be read again
        shutil.copy(read, house.folder / "books")
    assert house.says("sync")[0] == 3
    assert house.says("sync")[0] in (0, 3)
    assert house.settled() == expected
    assert house.says("audit")[0] == 0


def test_a_copy_of_a_database_with_one_bad_page_is_refused(house: House) -> None:
    with closing(sqlite3.connect(house.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_history_record'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with house.database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(size))
    code, said = house.says("db", "backup", "copy.db")
    assert code == 1
    assert "damaged" in said
    assert not list(house.folder.glob("copy.db*"))
