"""Rules of `run`: it serves the signing pages, stops cleanly on SIGTERM, and says if its port is taken."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.connector.cli.typed import Command

EXECUTABLE = Path(sys.executable).with_name("sepa-connector")


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def serving(installed: Command, tmp_path: Path, port: int) -> Path:
    """The folder of an installation that listens on that port."""
    del installed
    config = tmp_path / "config.yaml"
    config.write_text(f"{config.read_text('utf-8')}\nweb: {{port: {port}}}\n", "utf-8")
    return tmp_path


@contextmanager
def _running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([EXECUTABLE, "run"], cwd=folder, stderr=subprocess.PIPE, text=True) as running:
        yield running
        running.kill()


def _await_line(running: subprocess.Popen[str], word: str) -> str:
    assert running.stderr is not None
    for line in running.stderr:
        if word in line:
            return line
    raise AssertionError(f"It ended without saying {word}.")


def test_it_serves_pages_and_stops_cleanly_on_sigterm(serving: Path, port: int) -> None:
    with _running(serving) as running:
        _await_line(running, "web.listening")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/s/nobody-has-this-link", timeout=10)
        assert refused.value.code == 404
        refused.value.close()
        running.send_signal(signal.SIGTERM)
        assert running.stderr is not None
        rest = running.stderr.read()
        assert running.wait(timeout=30) == 0
    assert '"event": "daemon.stopped"' in rest
    assert "nobody-has-this-link" not in rest


def test_a_port_that_is_taken_is_told(serving: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        said = subprocess.run([EXECUTABLE, "run"], cwd=serving, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert f"Port {port} of 127.0.0.1 can't be used" in said.stderr
    assert "Traceback" not in said.stderr
