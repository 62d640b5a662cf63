"""The demo as a person starts it: on files, and against a real Tryton."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.counterparts.tryton.environment import is_ready
from tests.support.live import missing

ROOT = Path(__file__).resolve().parents[2]


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [*command, "--into", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""
    return done.stdout


def test_the_demo_on_files_walks_the_whole_road(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    told = _run(folder, str(Path(sys.executable).with_name("sepa-connector")), "demo")
    assert "collections paid: 16, together €8,185.08" in told
    assert "The bank rejected €180.40 from François Lefèvre" in told
    assert "Book the return of €59.90" in told
    assert len(list((folder / "outbox").glob("*.xml"))) == told.count("Send bank file MAIN-") >= 2
    assert len(list((folder / "mandates").glob("*.pdf"))) == 19
    assert (folder / "db" / "sepa-connector.db").exists()


def test_the_demo_says_so_if_its_folder_is_in_use(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("sepa-connector")), "demo", "--into", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "is not empty" in done.stderr


@pytest.mark.live
@pytest.mark.uncounted
@pytest.mark.timeout(300)
@pytest.mark.xdist_group("tryton")
def test_the_demo_on_a_real_tryton_pays_an_invoice_and_opens_one_again(tmp_path: Path) -> None:
    if not is_ready():
        missing("Tryton's environment", "Run script/bootstrap tryton.")
    told = _run(tmp_path / "demo", sys.executable, "script/demo_tryton.py", "--with", "tryton")
    read_back = told.partition("Read back from the accounting package")[2]
    assert "validated, with mandate-M-" in read_back
    assert "of 121.00: paid, 0 to pay" in read_back
    assert "of 59.90: posted again, 59.90 to pay (Returned on" in read_back
