"""The port of a bank channel, and what goes through it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from connector.ports.adapter import Adapter, optional


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A finished bank file on our disk."""

    name: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that the bank left for us. `id` is the channel's own; `open` gives its bytes."""

    id: str
    name: str
    open: Callable[[], BinaryIO]


class BankChannel(Adapter, ABC):
    """How files go to and come from one bank."""

    @abstractmethod
    def send(self, file: OutgoingFile) -> str:
        """Hand a file over whole (key: its name). A file of that name with other content is `NoAccess`."""

    @abstractmethod
    def fetch(self) -> Iterator[IncomingFile]:
        """Files that wait for us, oldest first. A file that is still being written is not given."""

    def handled(self, file: IncomingFile) -> None:
        """The file is stored for good: move it away or note it, so that it is not given again."""

    @optional
    def look_up(self, name: str, sha256: str) -> str | None:
        """Receipt of a file that was handed over whole; None if it surely was not."""
        self.unsupported("look_up")
