"""What was seen before in a file, kept in a few bytes per transaction.

A set of a million ids costs 150 MiB; this table of hashes costs 24 to 96 bytes per id. Two different ids with
the same 64-bit hash would be taken for one: about 1 in 10**8 for a file of a million, and the collection would
then be reported, not lost in silence.
"""

from __future__ import annotations

from array import array


class SeenTable:
    """Maps a hash to a small number: open addressing, made four times larger when two thirds full."""

    def __init__(self, size: int = 1 << 14) -> None:
        self._keys = array("q", bytes(8 * size))
        self._values = array("q", bytes(8 * size))
        self._mask = size - 1
        self._count = 0

    def put_if_absent(self, key: object, value: int = 1) -> int | None:
        """Remember `value` for `key`; return the value that was there before, or None."""
        digest = hash(key) or 1
        keys, mask = self._keys, self._mask
        slot = digest & mask
        while (seen := keys[slot]) != 0:
            if seen == digest:
                return self._values[slot]
            slot = (slot + 1) & mask
        keys[slot] = digest
        self._values[slot] = value
        self._count += 1
        if self._count * 3 > mask * 2:
            self._grow()
        return None

    def replace(self, key: object, value: int) -> None:
        """Set the value of a `key` that is already there."""
        digest = hash(key) or 1
        slot = digest & self._mask
        while self._keys[slot] != digest:
            slot = (slot + 1) & self._mask
        self._values[slot] = value

    def _grow(self) -> None:
        old_keys, old_values = self._keys, self._values
        size = len(old_keys) * 4
        self._keys = keys = array("q", bytes(8 * size))
        self._values = values = array("q", bytes(8 * size))
        self._mask = mask = size - 1
        for digest, value in zip(old_keys, old_values, strict=True):
            if digest:
                slot = digest & mask
                while keys[slot]:
                    slot = (slot + 1) & mask
                keys[slot] = digest
                values[slot] = value
