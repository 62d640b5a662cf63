"""What one bank asks beyond the scheme: limits, lead times, addresses, characters.

The profiles that are shipped stand as YAML files in `bankfiles/profiles/`, each value with where it is known from;
`load_profile("kbc")` reads one of them, `read_profile(path)` one of your own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import time
from enum import StrEnum
from importlib import resources
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


class AddressMode(StrEnum):
    """Which debtor and creditor addresses a bank wants to see in a file."""

    NONE = "none"  # leave out wherever the scheme allows: the safest for debtors in the EEA
    STRUCTURED = "structured"  # fields only, never address lines
    HYBRID = "hybrid"  # town and country in fields, the rest in at most two lines


@dataclass(frozen=True, slots=True)
class BankProfile:
    """Rules of one bank. The defaults are the scheme's own rules, with nothing of a bank added."""

    name: str = "neutral"
    title: str = "SEPA scheme rules only"
    version: str = "pain.008.001.08"
    max_transactions_per_batch: int | None = None
    max_transactions_per_file: int | None = None
    max_bytes_per_file: int | None = None
    one_batch_per_file: bool = False
    batch_booking: bool | None = True  # None: leave it to the bank's contract
    address_mode: AddressMode = AddressMode.HYBRID
    lead_days_core: int = 1  # TARGET days between handing in and collecting
    lead_days_b2b: int = 1
    max_days_ahead: int = 14  # calendar days
    cut_off: time | None = None  # local time of the bank; later counts as the next day
    german_umlauts: bool = False  # write ae, oe, ue instead of a, o, u
    message_id_pattern: str | None = None  # regular expression beyond the scheme's own rule
    initiating_party_id_issuer: str | None = None  # e.g. KBO-BCE
    sources: tuple[tuple[str, str], ...] = ()  # field -> where the value is known from


NEUTRAL = BankProfile()


class InvalidProfile(ValueError):
    """A profile file that cannot be used; the message names the file, the field and what to do."""


def profile_names() -> list[str]:
    """Return the names of the profiles that are shipped, e.g. "kbc" and "ing-nl"."""
    folder = resources.files("bankfiles").joinpath("profiles")
    return sorted(
        entry.name.removesuffix(".yaml").replace("_", "-") for entry in folder.iterdir() if entry.name.endswith(".yaml")
    )


def load_profile(name: str) -> BankProfile:
    """Return a shipped profile; raise `InvalidProfile` with the names there are if there is none of this name."""
    if name not in profile_names():
        raise InvalidProfile(f"There is no bank profile {name!r}; choose one of {', '.join(profile_names())}.")
    file = f"{name.replace('-', '_')}.yaml"
    return _profile(resources.files("bankfiles").joinpath("profiles", file).read_text("utf-8"), file)


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
