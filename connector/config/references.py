"""Values that stand elsewhere: `${NAME}` in the environment, `file:PATH` in a file of its own.

So no secret has to stand in the config file. `${NAME}` may be a part of a value, as in a database URL; `$${` is a plain
`${`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

FILE_PREFIX = "file:"
_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<name>[^}]*)\}?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Unresolved(ValueError):
    """A reference that leads nowhere; says what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def is_reference(text: str) -> bool:
    """Whether the value stands elsewhere, in whole or in part."""
    return text.startswith(FILE_PREFIX) or any(found["name"] is not None for found in _REFERENCE.finditer(text))


def file_of(text: str, folder: Path) -> Path | None:
    """The file that a value stands in; None if it stands in none."""
    return folder / text.removeprefix(FILE_PREFIX).strip() if text.startswith(FILE_PREFIX) else None


def resolve(text: str, folder: Path, environ: Mapping[str, str]) -> str:
    """The value that a text of the config stands for.

    Args:
        folder: of the config file; `file:` paths are relative to it.

    Raises:
        Unresolved: the variable is not set, or the file can't be read.
    """
    file = file_of(text, folder)
    if file is not None:
        return _from_file(file)
    return _REFERENCE.sub(lambda found: _from_environment(found, environ), text)


def _from_environment(found: re.Match[str], environ: Mapping[str, str]) -> str:
    name = found["name"]
    if name is None:
        return "${"
    if not found.group().endswith("}") or not _NAME.fullmatch(name):
        raise Unresolved(f"{found.group()} is not a reference.", "Write ${NAME}, or $${ for a plain ${.")
    if not environ.get(name):
        raise Unresolved(
            f"The environment variable {name} is not set, or is empty.",
            f"Set it before the command (export {name}=...), or write file:PATH to read the value from a file.",
        )
    return environ[name]


def _from_file(path: Path) -> str:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Unresolved(f"The file {path} can't be read: {why}.", "Correct the path, or make the file.") from error
    if not value:
        raise Unresolved(f"The file {path} is empty.", "Write the value into it.")
    return value
