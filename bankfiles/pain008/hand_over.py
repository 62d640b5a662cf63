"""Hand over the files: laid out from the batches on disk, checked, read back, and only then named or copied."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import BinaryIO

from bankfiles.pain008.derived_ids import derived_id
from bankfiles.pain008.header import checked_header
from bankfiles.pain008.layout import Layout
from bankfiles.pain008.model import Batch, Finding, Header, Written
from bankfiles.pain008.proof import BrokenFile, SchemaProof
from bankfiles.pain008.spool import Spool, SpooledBatch
from bankfiles.profile import BankProfile

_COPY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class HandOver:
    """Makes files of the batches of one spool; `findings` and `batch_of` are what is told with them."""

    _layout: Layout
    _profile: BankProfile
    _proof: SchemaProof
    _spool: Spool
    _findings: list[Finding]
    _batch_of: dict[str, SpooledBatch] | None

    def to_paths(self, planned: list[tuple[Path, list[SpooledBatch], Header]]) -> list[Written]:
        """Write each file to a temporary name beside its path, check, and only when all are right name them."""
        parts = [path.with_name(f".{path.name}.part") for path, _, _ in planned]
        written = []
        try:
            for part, (_, batches, header) in zip(parts, planned, strict=True):
                with part.open("w+b") as file:
                    written.append(self._write(file, batches, header))
                    os.fsync(file.fileno())
            for part, (path, _, _) in zip(parts, planned, strict=True):
                part.replace(path)
        finally:
            for part in parts:
                part.unlink(missing_ok=True)
        return written

    def to_stream(self, out: BinaryIO, batches: list[SpooledBatch], header: Header) -> Written:
        """Write to a temporary file, check, and only then copy to `out`."""
        with tempfile.TemporaryFile(prefix="pain008-") as file:
            written = self._write(file, batches, header)
            file.seek(0)
            shutil.copyfileobj(file, out, _COPY_BYTES)
        return written

    def _write(self, file: BinaryIO, batches: list[SpooledBatch], header: Header) -> Written:
        header = checked_header(header, self._profile, [])  # told once already
        count = sum(batch.count for batch in batches)
        total = sum((batch.total for batch in batches), Decimal(0))
        frames = partial(self._frames, batches, header, count, total)
        build = self._layout.transaction
        self._proof.check_frame(
            frame + build(batch.first).encode() if batch is not None else frame for frame, batch in frames()
        )
        for frame, batch in frames():
            file.write(frame)
            if batch is not None:
                file.writelines(self._spool.read(batch))
        file.flush()
        return Written(
            message_id=header.message_id,
            count=count,
            total=total,
            sha256=_read_back(file, frames()),
            batches=tuple(Batch(one.batch_id, one.first.collection_date, one.count, one.total) for one in batches),
            findings=tuple(self._findings),
            batch_of=self._batch_ids(batches),
        )

    def _batch_ids(self, batches: list[SpooledBatch]) -> dict[str, str]:
        if self._batch_of is None:
            return {}
        here = {id(batch) for batch in batches}
        return {end_to_end_id: batch.batch_id for end_to_end_id, batch in self._batch_of.items() if id(batch) in here}

    def _frames(
        self, batches: list[SpooledBatch], header: Header, count: int, total: Decimal
    ) -> Iterator[tuple[bytes, SpooledBatch | None]]:
        """Yield what stands before the transactions of each batch, with the batch; and what ends the file."""
        layout, profile = self._layout, self._profile
        before = layout.file_head(header, count, total, profile.initiating_party_id_issuer)
        for number, batch in enumerate(batches, 1):
            batch.batch_id = derived_id(header.message_id, f"-{number}")
            head = layout.batch_head(batch.batch_id, batch.first, batch.count, batch.total, profile.batch_booking)
            yield (before + head).encode(), batch
            before = layout.batch_foot()
        yield (before + layout.file_foot()).encode(), None


def _read_back(file: BinaryIO, frames: Iterable[tuple[bytes, SpooledBatch | None]]) -> str:
    """Make sure that on disk lies what was checked, byte by byte, and return its SHA-256; raise `BrokenFile`."""
    whole = hashlib.sha256()
    file.seek(0)
    for frame, batch in frames:
        is_right = file.read(len(frame)) == frame
        whole.update(frame)
        if batch is not None:
            digest = hashlib.sha256()
            left = batch.size
            while left > 0 and (chunk := file.read(min(left, _COPY_BYTES))):
                left -= len(chunk)
                digest.update(chunk)
                whole.update(chunk)
            is_right = is_right and digest.digest() == batch.digest.digest()
        if not is_right:
            raise BrokenFile(f"On disk lies not what was checked (near byte {file.tell()}); is the disk in order?")
    if file.read(1):
        raise BrokenFile("The file on disk is longer than what was written to it.")
    return whole.hexdigest()
