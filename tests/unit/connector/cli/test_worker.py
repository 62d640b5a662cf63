"""Rules of `worker`: it says in plain words what it needs, works where that is, and stops cleanly on SIGTERM."""

from __future__ import annotations

import importlib.util
import signal
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests.unit.connector.cli.typed import Command

EXECUTABLE = Path(sys.executable).with_name("sepa-connector")
WITH_WORKERS = "workers: {enabled: true}"


def _add(tmp_path: Path, *lines: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("\n".join([config.read_text("utf-8"), *lines, ""]), "utf-8")


def test_on_sqlite_it_says_that_workers_need_postgresql(installed: Command, tmp_path: Path) -> None:
    _add(tmp_path, WITH_WORKERS)
    for words in (["worker"], ["run"], ["db", "upgrade"]):
        said = installed(*words)
        assert said.code == 2
        assert "Workers need PostgreSQL; the database of this installation is SQLite." in said.err
        assert "Name a PostgreSQL database" in said.err
    assert "Workers need PostgreSQL" in installed("check").out


def test_a_worker_for_which_nobody_has_jobs_says_so(installed: Command) -> None:
    said = installed("worker")
    assert said.code == 2
    assert "Workers are not enabled" in said.err
    assert "workers: {enabled: true}" in said.err


def test_without_the_extra_it_says_what_to_install(
    installed: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "procrastinate" else find(name, package)

    monkeypatch.setattr("connector.cli.distributed.find_spec", without)
    monkeypatch.setattr("connector.cli.distributed.make_url", lambda _url: _Url)
    _add(tmp_path, WITH_WORKERS)
    said = installed("worker")
    assert said.code == 2
    assert "sepa-connector[distributed]" in said.err


class _Url:
    @staticmethod
    def get_backend_name() -> str:
        return "postgresql"


@pytest.mark.live
def test_it_works_and_stops_cleanly_on_sigterm(installed: Command, tmp_path: Path, postgresql_url: str) -> None:
    _add(tmp_path, WITH_WORKERS, f"database: {postgresql_url}")
    with subprocess.Popen([EXECUTABLE, "worker"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as working:
        assert working.stderr is not None
        for line in working.stderr:
            if "worker.started" in line:
                break
        working.send_signal(signal.SIGTERM)
        rest = working.stderr.read()
        assert working.wait(timeout=60) == 0, rest
    assert '"event": "worker.stopped"' in rest
    assert installed("db", "upgrade").code == 0
