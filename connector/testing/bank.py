"""A bank channel in memory."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

from connector.errors import NoAccess
from connector.ports import AdapterSettings, BankChannel, IncomingFile, OutgoingFile, Surroundings
from connector.testing.trouble import Trouble


class MemoryBank(BankChannel):
    """Takes files by name and gives back what was put in."""

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        self.received: dict[str, bytes] = {}
        self._waiting: dict[str, tuple[str, bytes]] = {}
        self._given = 0
        self.trouble = Trouble()

    def send(self, file: OutgoingFile) -> str:
        """Take a file, once."""

        def take() -> str:
            content = file.path.read_bytes()
            if self.received.setdefault(file.name, content) != content:
                raise NoAccess(f"The bank has another file named {file.name}.", where=self.name)
            return file.name

        return self.trouble.around("send", take)

    def look_up(self, name: str, sha256: str) -> str | None:
        """Whether it has the file."""
        content = self.received.get(name)
        found = content is not None and hashlib.sha256(content).hexdigest() == sha256
        return self.trouble.around("look_up", lambda: name if found else None)

    def put(self, name: str, content: bytes) -> None:
        """Leave a file for the creditor."""
        self._given += 1
        self._waiting[f"{self._given:06}-{name}"] = (name, content)

    def fetch(self) -> Iterator[IncomingFile]:
        """Files that wait."""
        waiting = self.trouble.around("fetch", lambda: sorted(self._waiting.items()))
        for key, (name, content) in waiting:
            yield IncomingFile(key, name, lambda content=content: io.BytesIO(content))  # type: ignore[misc]

    def handled(self, file: IncomingFile) -> None:
        """It is not given again."""
        self._waiting.pop(file.id, None)
