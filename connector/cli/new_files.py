"""New files of a person: none is written over, and their owner alone may read them."""

from __future__ import annotations

import os
from pathlib import Path

from connector.errors import Fatal
from connector.store.database import OWNER_ONLY_FILE


def create(file: Path, command: str) -> int:
    """Make a file; return its handle.

    Raises:
        Fatal: it is there already, or can't be made.
    """
    try:
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
    except FileExistsError as error:
        raise Fatal(f"The file {file} exists already.", where=command, remedy="Name another file.") from error
    except OSError as error:
        remedy = "Name a file in a folder that you may write."
        raise Fatal(f"{file} can't be written: {error.strerror}.", where=command, remedy=remedy) from error
