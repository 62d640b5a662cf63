"""The witness: a small file in the data folder that remembers the newest pass, in case the database forgets it.

It lies among the outgoing bank files, so it is lost together with them and never without them.
"""

from __future__ import annotations

import fcntl
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from connector.errors import Fatal
from connector.steps.journal import outgoing_folder, put_whole

_NAME = "last-pass.json"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the witness saw: the newest pass that began, and the newest that ended."""

    began: int
    ended: int


_NOTHING = Seen(0, 0)


def read(folder: Path) -> Seen | None:
    """What the witness of a data folder saw; None if there is none.

    Raises:
        Fatal: it can't be read for what it is.
    """
    path = folder / "outgoing" / _NAME
    try:
        return Seen(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise Fatal(
            "This file no longer tells the newest pass, so it can't be told whether the database is up to date.",
            where=str(path),
            remedy="Look at the disk for damage, then take the file away: the next pass compares with the world.",
        ) from error


def note_begun(folder: Path, number: int) -> None:
    """Remember that a pass began, so that it survives a power cut. Done once the database holds it."""
    _note(folder, Seen(began=number, ended=0))


def note_ended(folder: Path, number: int) -> None:
    """Remember that the database holds all of a pass."""
    _note(folder, Seen(began=number, ended=number))


def _note(folder: Path, new: Seen) -> None:
    """Add what is new. Jobs that go side by side do so one after the other."""
    outgoing = outgoing_folder(folder)
    with (outgoing / f".{_NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        seen = read(folder) or _NOTHING
        seen = Seen(began=max(seen.began, new.began), ended=max(seen.ended, new.ended))
        put_whole(outgoing / _NAME, [json.dumps(asdict(seen))])
