"""Databases with the product's empty tables: migrated once in each test process, then copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgresql import PostgresqlServer


def _upgrade(url: str) -> None:
    from connector.store.database import open_store  # many tests need no database, nor all that it imports

    store = open_store(url)
    store.upgrade()
    store.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with empty tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "connector.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Address of a SQLite database of this test's own, with empty tables."""
    path = shutil.copyfile(sqlite_template, tmp_path / "connector.db")
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresqlServer) -> str:
    """Name of a PostgreSQL database with empty tables, to be copied."""
    name = postgresql_server.create_database()
    _upgrade(postgresql_server.url(name))
    return name


@pytest.fixture
def postgresql_tables_url(postgresql_server: PostgresqlServer, postgresql_template: str) -> Iterator[str]:
    """Address of a PostgreSQL database of this test's own, with empty tables."""
    name = postgresql_server.create_database(postgresql_template)
    yield postgresql_server.url(name)
    postgresql_server.drop_database(name)


ON_BOTH = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.live, pytest.mark.uncounted])]


@pytest.fixture(params=ON_BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """Address of a database with empty tables; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgresql_tables_url")
    return url


@pytest.fixture(params=ON_BOTH)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a database without tables, for what makes them; once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'connector.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url
