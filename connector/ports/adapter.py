"""What all ports share: how an adapter is made and checked, and how it gives what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Generic, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict

from connector.errors import Unsupported
from connector.ports.chores import Chore, Probe

Record = TypeVar("Record", covariant=True)


class AdapterSettings(BaseModel):
    """What a person writes in the config for one adapter. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: ClassVar[frozenset[str]] = frozenset()
    """Settings that may be left out, and that `init` asks for all the same."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the house gives an adapter.

    Attributes:
        name: name of the source, service, bank or mailer in the config; used in errors and record keys.
        clock: the time now, aware, UTC.
        folder: the installation's folder, against which relative paths of the settings are read.
        database_url: the installation's database, for services that live in it.
        secret: installation secret, from which tokens are derived; never logged.
    """

    name: str
    clock: Callable[[], datetime]
    folder: Path
    database_url: str = ""
    secret: bytes = b""


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that could not be read.

    Attributes:
        record: stable name of the record, e.g. "customers.csv row 7" or "invoice 4711": one fault, one Exception.
        where: file, line, column or field.
    """

    record: str
    where: str
    seen: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Batch(Generic[Record]):
    """Some records with the cursor to store together with them.

    A batch may be of any size; an adapter keeps it small enough to hold in memory (hundreds or thousands).

    Attributes:
        total: of the whole feed, where known: for progress.
        present: the ids of all records that the other side has now, where it was asked for them: what was read
            before and is not among them was deleted there. None if it was not asked.
    """

    records: tuple[Record, ...]
    cursor: str
    faults: tuple[Fault, ...] = ()
    total: int | None = None
    present: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A signed document as bytes, e.g. the PDF of a mandate."""

    name: str
    media_type: str
    content: bytes
    sha256: str


class Adapter:
    """Common to all ports: how an adapter is made, asked about itself, and closed."""

    Settings: ClassVar[type[AdapterSettings]] = AdapterSettings

    error_budget: ClassVar[int] = 5
    """Changes that it may refuse within an hour before it is left alone; some services lock a key after ten."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        self.settings = settings
        self.surroundings = surroundings

    @property
    def name(self) -> str:
        """The name that the config gives it."""
        return self.surroundings.name

    def check(self) -> Iterator[Probe]:
        """Try address, rights and settings, changing nothing. Yields at least one probe."""
        yield Probe(f"{self.name}: settings", ok=True)

    @classmethod
    def chores(cls) -> Sequence[Chore]:
        """What an administrator can ask of it by hand: `sepa-connector NAME CHORE`.

        The command line finds them by an entry point of the group `sepa_connector.chores` under the adapter's name.
        """
        return ()

    def close(self) -> None:
        """Let go of connections. Safe to call twice."""

    def unsupported(self, feature: str) -> NoReturn:
        """Raise `Unsupported` for a feature of the port."""
        raise Unsupported(self.name, feature)

    @classmethod
    def features(cls) -> Mapping[str, bool]:
        """The optional methods of the port, and whether this adapter has them."""
        port = next(base for base in cls.__mro__ if Adapter in base.__bases__)
        return {
            name: getattr(cls, name) is not method
            for name, method in vars(port).items()
            if getattr(method, "__optional__", False)
        }


Method = TypeVar("Method", bound=Callable[..., object])


def optional(method: Method) -> Method:
    """Mark a method of a port that an adapter may leave out."""
    method.__optional__ = True  # type: ignore[attr-defined]
    return method
