"""What was seen before in a file, kept in a few bytes per transaction.

A set of a million ids costs 150 MiB; a table of their hashes costs 20 to 53 bytes for each (small files up to 107). Two
different ids with the same 64-bit hash would be taken for one: about 1 in 10**8 for a file of a million, and the
collection would then be reported, not lost in silence.
"""

from __future__ import annotations

from array import array

_SMALL = 1 << 18  # below it, growing fast costs little memory and saves time


class SeenTable:
    """Maps a hash to a number: open addressing, made larger when three fifths full.

    `value_type` is an array type code: "I" for numbers below 2**32, "q" for larger ones.
    """

    def __init__(self, value_type: str = "I", size: int = 1 << 14) -> None:
        self._value_type = value_type
        self._allocate(size)
        self._count = 0

    def _allocate(self, size: int) -> None:
        self._keys = array("q", [0]) * size
        self._values = array(self._value_type, [0]) * size
        self._mask = size - 1

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
        if self._count * 5 > mask * 3:  # fuller, and looking up something new takes many steps
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
        size = len(old_keys)
        self._allocate(size * 4 if size < _SMALL else size * 2)
        keys, values, mask = self._keys, self._values, self._mask
        for digest, value in zip(old_keys, old_values, strict=True):
            if digest:
                slot = digest & mask
                while keys[slot]:
                    slot = (slot + 1) & mask
                keys[slot] = digest
                values[slot] = value
