"""What was seen before in a file, kept in memory that stops growing.

A set of a million ids costs 150 MiB. Here their 64-bit hashes are kept, in tables of at most 157,000; what is full goes
to disk, and 4 MiB of bits say of nearly every hash that it is not there. Two different ids with the same hash would be
taken for one: about 1 in 10**8 for a file of a million, and the collection would then be reported, not lost in silence.
"""

from __future__ import annotations

import tempfile
import weakref
from array import array
from struct import unpack
from typing import BinaryIO, cast

_SMALL = 1 << 18  # slots; below it, growing fast costs little memory and saves time
_MOST_SLOTS = 1 << 18  # of the table in memory
_BITS = 1 << 25
_KEY_BYTES = 8
_READ_SLOTS = 8  # at once, of a table on disk


class SeenTable:
    """Maps a hash to a number: open addressing, made larger when three fifths full.

    `value_type` is an array type code: "I" for numbers below 2**32, "q" for larger ones.
    """

    def __init__(self, value_type: str = "I", size: int = 1 << 14, most: int = _MOST_SLOTS) -> None:
        self._value_type = value_type
        self._most = most
        self._on_disk: _OnDisk | None = None
        self._allocate(size)

    def _allocate(self, size: int) -> None:
        self._keys = array("q", [0]) * size
        self._values = array(self._value_type, [0]) * size
        self._mask = size - 1
        self._left = size * 3 // 5  # fuller, and looking up something new takes many steps

    def put_if_absent(self, key: object, value: int = 1) -> int | None:
        """Remember `value` for `key`; return the value that was there before, or None."""
        digest = hash(key) or 1
        keys, mask = self._keys, self._mask
        slot = digest & mask
        while (seen := keys[slot]) != 0:
            if seen == digest:
                return self._values[slot]
            slot = (slot + 1) & mask
        disk = self._on_disk
        # Asked here and not by a method, since nearly all of a large file come by.
        if disk is not None:
            bit = digest >> disk.shift & _BITS - 1
            if disk.bits[bit >> 3] >> (bit & 7) & 1 and (place := disk.place_of(digest)) is not None:
                return disk.value_at(place)
        keys[slot] = digest
        self._values[slot] = value
        self._left -= 1
        if not self._left:
            self._grow()
        return None

    def replace(self, key: object, value: int) -> None:
        """Set the value of a `key` that is already there."""
        digest = hash(key) or 1
        slot = digest & self._mask
        while (seen := self._keys[slot]) != digest and seen != 0:
            slot = (slot + 1) & self._mask
        if seen == digest:
            self._values[slot] = value
            return
        place = self._on_disk.place_of(digest) if self._on_disk is not None else None
        if self._on_disk is None or place is None:
            raise KeyError(key)
        self._on_disk.set_value_at(place, value)

    def _grow(self) -> None:
        old_keys, old_values = self._keys, self._values
        size = len(old_keys)
        if size >= self._most:
            if self._on_disk is None:
                self._on_disk = _OnDisk(size, self._value_type)
            self._on_disk.add(old_keys, old_values)
            self._allocate(size)
            return
        self._allocate(size * 4 if size < _SMALL else size * 2)
        keys, values, mask = self._keys, self._values, self._mask
        for digest, value in zip(old_keys, old_values, strict=True):
            if digest:
                slot = digest & mask
                while keys[slot]:
                    slot = (slot + 1) & mask
                keys[slot] = digest
                values[slot] = value
                self._left -= 1


class _OnDisk:
    """Full tables of one size, each as it was in memory: its keys, then its values."""

    def __init__(self, size: int, value_type: str) -> None:
        file = tempfile.TemporaryFile(prefix="seen-", buffering=0)  # noqa: SIM115 - closed with this object
        weakref.finalize(self, file.close)
        self._file = cast("BinaryIO", file)
        self._size = size
        self._value_type = value_type
        self._value_bytes = array(value_type).itemsize
        self.shift = (size - 1).bit_length()  # past the bits of a hash that choose its slot
        self._starts: list[int] = []
        self.bits = bytearray(_BITS >> 3)  # set for each hash that is here, and for few others

    def add(self, keys: array[int], values: array[int]) -> None:
        """Take in a full table."""
        start = self._file.seek(0, 2)
        for part in (keys, values):
            if self._file.write(part) != part.itemsize * len(part):
                raise OSError("The temporary file for what was seen cannot be written in whole; is the disk full?")
        self._starts.append(start)
        bits, shift, mask = self.bits, self.shift, _BITS - 1
        for digest in filter(None, keys):
            bit = digest >> shift & mask
            bits[bit >> 3] |= 1 << (bit & 7)

    def place_of(self, digest: int) -> int | None:
        """Return where in the file the value of a hash stands, None if it has none."""
        for start in self._starts:
            slot = digest & self._size - 1
            while digest not in (there := self._keys_at(start, slot)) and 0 not in there:
                slot = (slot + len(there)) & self._size - 1
            if digest in there:
                slot += there.index(digest)
                return start + self._size * _KEY_BYTES + slot * self._value_bytes
        return None

    def _keys_at(self, start: int, slot: int) -> tuple[int, ...]:
        count = min(_READ_SLOTS, self._size - slot)
        self._file.seek(start + slot * _KEY_BYTES)
        return unpack(f"{count}q", self._file.read(count * _KEY_BYTES))

    def value_at(self, place: int) -> int:
        """Return the value that stands at a place in the file."""
        self._file.seek(place)
        return array(self._value_type, self._file.read(self._value_bytes))[0]

    def set_value_at(self, place: int, value: int) -> None:
        """Set the value that stands at a place in the file."""
        self._file.seek(place)
        self._file.write(array(self._value_type, [value]))
