"""Proof that a file is valid by the schema, made while its transactions are still being written.

By the schema, whether a transaction (DrctDbtTxInf) is valid follows from the transaction alone: the schemas of
pain.008 have no keys, and name one type for all of them. So the transactions are checked in the order in which they
come, as those of one batch, on a thread of its own: libxml2 needs no lock of Python's. What stands around them is
checked once it is known, each batch with its first transaction. That the file on disk holds the very bytes that were
checked, its digests show (see `writer`).
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from lxml import etree

from bankfiles.pain008.layout import Layout
from bankfiles.pain008.model import Collection, Header
from bankfiles.schema import SchemaWatch, schema_faults

_END = b"</DrctDbtTxInf>"
_BLOCK_BYTES = 512 * 1024  # checked at once; the threads wait for each other after each


class BrokenFile(RuntimeError):
    """What was written is not what it must be; nothing was handed over. A fault of this program."""


class SchemaProof:
    """Checks the transactions of one call of `write`, and then the files that they are put into."""

    def __init__(self, schema: etree.XMLSchema, layout: Layout, header: Header) -> None:
        self._schema = schema
        self._layout = layout
        self._header = header
        self._watch = SchemaWatch(schema, own=True)
        self._beside = ThreadPoolExecutor(1)
        self._running: Future[list[str]] | None = None
        self._block: list[bytes] = []
        self._size = 0

    def close(self) -> None:
        """End the thread."""
        self._beside.shutdown()

    def add(self, transactions: bytes, count: int, first: Collection) -> None:
        """Check `count` more transactions, of the batch of `first`; raise `BrokenFile`, if need be at the next ones."""
        if transactions.count(_END) != count:
            raise BrokenFile(f"{count} transactions were made, and {transactions.count(_END)} stand in the file.")
        if self._running is None and not self._block:
            self._block.append(self._before(first))
        self._block.append(transactions)
        self._size += len(transactions)
        if self._size >= _BLOCK_BYTES:
            self._check_block()

    def finish(self) -> None:
        """Check what is left of the transactions; raise `BrokenFile` if one is not valid."""
        self._block.append((self._layout.batch_foot() + self._layout.file_foot()).encode())
        self._check_block()
        self._check_block()  # without more, the document ends
        self._wait()

    def check_frame(self, pieces: Iterable[bytes]) -> None:
        """Check a file that has only the first transaction of each batch; raise `BrokenFile`."""
        _refuse(schema_faults(pieces, self._schema))

    def _before(self, first: Collection) -> bytes:
        head = self._layout.file_head(self._header, 1, first.amount, None)
        return (head + self._layout.batch_head("1", first, 1, first.amount, None)).encode()

    def _check_block(self) -> None:
        block = b"".join(self._block)
        self._block.clear()
        self._size = 0
        self._wait()
        self._running = self._beside.submit(self._watch.faults, block)

    def _wait(self) -> None:
        if self._running is not None:
            _refuse(self._running.result())


def _refuse(faults: list[str]) -> None:
    if faults:
        raise BrokenFile(f"The schema refuses the file: {faults[0]} ({len(faults)} faults)")
