"""Transactions on their way into a file: kept on disk per batch until counts and sums are known."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import IO

from bankfiles.pain008.model import Collection
from bankfiles.pain008.proof import SchemaProof

_BUFFER_BYTES = 64 * 1024  # of one batch, before it goes to disk
_BUFFER_BYTES_ALL = 4 * 1024 * 1024
_COPY_BYTES = 64 * 1024


class SpooledBatch:
    """One PmtInf in the making: its facts, and where its transactions lie on disk."""

    def __init__(self, first: Collection) -> None:
        self.first = first  # stands for all that the batch is grouped by
        self.count = 0
        self.total = Decimal(0)
        self.size = 0  # bytes of its transactions
        self.batch_id = ""  # known once the files are laid out
        self.digest = hashlib.sha256()  # of its transactions, as they were checked
        self._pieces: list[tuple[int, int]] = []  # offset and length on disk
        self._buffer: list[str] = []
        self._buffered = 0


class Spool:
    """One temporary file for all batches, so that many small batches cost no file each.

    Memory holds at most 4 MiB of transactions, whatever their number.
    """

    def __init__(self, proof: SchemaProof) -> None:
        self._proof = proof
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="pain008-")  # noqa: SIM115 - closed by close()
        self._waiting: dict[int, SpooledBatch] = {}
        self._buffered = 0
        self._end = 0

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def add(self, batch: SpooledBatch, transaction: str, amount: Decimal) -> None:
        """Append one transaction, of ASCII characters, to a batch."""
        size = len(transaction)
        batch.count += 1
        batch.total += amount
        batch.size += size
        if not batch._buffered:
            self._waiting[id(batch)] = batch
        batch._buffer.append(transaction)
        batch._buffered += size
        self._buffered += size
        if batch._buffered >= _BUFFER_BYTES:
            self._flush(batch)
        elif self._buffered >= _BUFFER_BYTES_ALL:
            self.flush()

    def flush(self) -> None:
        """Bring all that waits in memory to disk."""
        for batch in list(self._waiting.values()):
            self._flush(batch)

    def read(self, batch: SpooledBatch) -> Iterator[bytes]:
        """Yield the transactions of a batch in their order, as far as they were flushed."""
        for offset, length in batch._pieces:
            self._file.seek(offset)
            while length > 0:
                piece = self._file.read(min(length, _COPY_BYTES))
                if not piece:
                    raise OSError("The temporary file is shorter than what was written to it.")
                length -= len(piece)
                yield piece

    def _flush(self, batch: SpooledBatch) -> None:
        self._waiting.pop(id(batch), None)
        piece = "".join(batch._buffer).encode("ascii")
        self._proof.add(piece, len(batch._buffer), batch.first)
        batch.digest.update(piece)
        self._file.seek(self._end)
        self._file.write(piece)
        batch._pieces.append((self._end, len(piece)))
        self._end += len(piece)
        self._buffered -= batch._buffered
        batch._buffer.clear()
        batch._buffered = 0
