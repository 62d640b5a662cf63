"""The bank profiles that are shipped, one YAML file per bank, each value with where it is known from.

`load_profile("kbc")` reads one of them, `read_profile(path)` one of your own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import fields
from datetime import time
from importlib import resources
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bankfiles.profile import AddressMode, BankProfile


class InvalidProfile(ValueError):
    """A profile file that cannot be used; the message names the file, the field and what to do."""


def profile_names() -> list[str]:
    """Return the names of the profiles that are shipped, e.g. "kbc" and "ing-nl"."""
    folder = resources.files(__name__)
    return sorted(
        entry.name.removesuffix(".yaml").replace("_", "-") for entry in folder.iterdir() if entry.name.endswith(".yaml")
    )


def load_profile(name: str) -> BankProfile:
    """Return a shipped profile; raise `InvalidProfile` with the names there are if there is none of this name."""
    if name not in profile_names():
        raise InvalidProfile(f"There is no bank profile {name!r}; choose one of {', '.join(profile_names())}.")
    file = f"{name.replace('-', '_')}.yaml"
    return _profile(resources.files(__name__).joinpath(file).read_text("utf-8"), file)


def read_profile(path: Path) -> BankProfile:
    """Return the profile of a YAML file of your own; raise `InvalidProfile` or OSError."""
    return _profile(path.read_text("utf-8"), str(path))


def _profile(text: str, where: str) -> BankProfile:
    try:
        read = YAML(typ="safe", pure=True).load(io.StringIO(text))
    except YAMLError as error:
        raise InvalidProfile(f"{where} is no YAML: {error}") from error
    if not isinstance(read, dict) or not isinstance(read.get("name"), str):
        raise InvalidProfile(f"{where} has no name; a profile starts with name and title.")
    values: dict[str, object] = {"name": read.pop("name"), "title": str(read.pop("title", ""))}
    sources: list[tuple[str, str]] = []
    for field, entry in read.items():
        if field not in _READERS:
            raise InvalidProfile(f"{where}: there is no field {field!r}; there are {', '.join(sorted(_READERS))}.")
        if not isinstance(entry, dict) or set(entry) != {"value", "source"}:
            raise InvalidProfile(f"{where}: {field} needs a value and a source that says where it is known from.")
        value = entry["value"]
        try:
            values[field] = None if value is None and field in _MAY_BE_NULL else _READERS[field](value)
        except (TypeError, ValueError) as error:
            raise InvalidProfile(f"{where}: {field} cannot be {value!r} ({error}).") from error
        sources.append((field, str(entry["source"])))
    return BankProfile(**values, sources=tuple(sources))  # type: ignore[arg-type]


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("a whole number from 1 is needed")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false is needed")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text is needed")
    return value


def _pattern(value: object) -> str:
    try:
        return re.compile(_text(value)).pattern
    except re.error as error:
        raise ValueError(str(error)) from error


_READERS: dict[str, Callable[[object], object]] = {
    "version": _text,
    "max_transactions_per_batch": _count,
    "max_transactions_per_file": _count,
    "max_bytes_per_file": _count,
    "one_batch_per_file": _flag,
    "batch_booking": _flag,
    "address_mode": lambda value: AddressMode(_text(value)),
    "lead_days_core": _count,
    "lead_days_b2b": _count,
    "max_days_ahead": _count,
    "cut_off": lambda value: time.fromisoformat(_text(value)),
    "german_umlauts": _flag,
    "message_id_pattern": _pattern,
    "initiating_party_id_issuer": _text,
}
_MAY_BE_NULL = frozenset(one.name for one in fields(BankProfile) if "None" in str(one.type) and one.name in _READERS)
