"""The environment of its own in which Tryton runs, and a database with its modules kept there.

Tryton is GPL-3: it is started as a process and spoken to over HTTP, never imported by the product nor by the tests.
`script/bootstrap tryton` makes the environment.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / ".venv-tryton"
PREPARE = Path(__file__).with_name("prepare.py")
MODULES_SECONDS_MAX = 300
BOOKS_SECONDS_MAX = 120


class TrytonFailed(RuntimeError):
    """Tryton could not be prepared or started; the message ends with its last words."""


def is_ready() -> bool:
    """Tell whether the environment is there."""
    return program("trytond").is_file()


def program(name: str) -> Path:
    """A program of the environment."""
    return FOLDER / "bin" / name


def database_with_modules() -> Path:
    """An SQLite database with the modules activated and nothing else; made once for each set of requirements.

    Activating them takes longer than everything else together, hence it is kept.
    """
    wanted = (ROOT / "requirements" / "tryton.txt").read_bytes() + PREPARE.read_bytes()
    kept = FOLDER / f"modules-{hashlib.sha256(wanted).hexdigest()[:16]}.sqlite"
    if not kept.is_file():
        folder = FOLDER / f"making-{os.getpid()}"
        folder.mkdir()
        config = write_config(folder, "127.0.0.1:0")
        (folder / "modules.sqlite").touch()
        (folder / "password").write_text("replaced-by-prepare-books")
        prepare("modules", config, "modules", seconds_max=MODULES_SECONDS_MAX)
        for outdated in FOLDER.glob("modules-*.sqlite"):
            outdated.unlink()
        (folder / "modules.sqlite").rename(kept)
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()
    return kept


def write_config(folder: Path, listen: str) -> Path:
    """Tryton's configuration for databases that lie in `folder`."""
    config = folder / "trytond.conf"
    config.write_text(
        f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = {listen}\n[password]\nlength = 8\n",
        encoding="utf-8",
    )
    return config


def prepare(step: str, config: Path, database: str, *arguments: str, seconds_max: int = BOOKS_SECONDS_MAX) -> None:
    """Run one step of prepare.py inside the environment.

    Raises:
        TrytonFailed: the step failed or took too long.
    """
    command = [str(program("python")), str(PREPARE), step, str(config), database, *arguments]
    surroundings = {**os.environ, "TRYTONPASSFILE": str(config.with_name("password"))}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds_max, env=surroundings)
    except subprocess.TimeoutExpired as error:
        raise TrytonFailed(f"Preparing Tryton ({step}) took more than {seconds_max} s.") from error
    if done.returncode:
        raise TrytonFailed(f"Preparing Tryton ({step}) failed:\n{done.stderr[-3000:]}")
