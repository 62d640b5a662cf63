"""Write pain.008 files: check each collection, group, build, check against the schema, hand over.

Collections come in order and once; memory does not grow with their number beyond a few bytes each. The same input
gives the same bytes. Nothing is handed over that the schema refuses.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from bankfiles.calendar import next_target_day
from bankfiles.identifiers import MAX_ID_LENGTH, normalise_message_id
from bankfiles.pain008.adapt import NAME_LENGTH, Adapter
from bankfiles.pain008.catalogue import finding
from bankfiles.pain008.layout import Layout
from bankfiles.pain008.model import (
    Batch,
    Collection,
    Finding,
    Header,
    Scheme,
    Severity,
    Written,
)
from bankfiles.pain008.proof import BrokenFile, SchemaProof
from bankfiles.pain008.rules import SchemeRules
from bankfiles.pain008.spool import Spool, SpooledBatch
from bankfiles.pain008.v001_02 import Pain008V02
from bankfiles.pain008.v001_08 import Pain008V08
from bankfiles.profile import NEUTRAL, BankProfile
from bankfiles.schema import installed_schema

LAYOUTS: dict[str, type[Layout]] = {layout.message: layout for layout in (Pain008V08, Pain008V02)}

_BANK_ZONE = ZoneInfo("Europe/Brussels")  # TARGET's own time
_HEAD_BYTES = 2048  # room kept for the head of the file and of each batch, when counting bytes
_COPY_BYTES = 64 * 1024


class NothingToWrite(ValueError):
    """No collection is left for the file; `findings` says why each was kept out."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        kept_out = sum(1 for one in findings if one.severity is Severity.ERROR)
        super().__init__(
            f"No collection can go into the file ({kept_out} errors); see the findings of each collection."
        )
        self.findings = findings


class SeveralFiles(ValueError):
    """The bank's limits, or a mix of CORE and B2B, ask for several files where one was wanted."""

    def __init__(self, count: int) -> None:
        super().__init__(f"These collections need {count} files at this bank; call write_files, which splits them.")
        self.count = count


def write(
    header: Header,
    collections: Iterable[Collection],
    out: BinaryIO | Path,
    *,
    profile: BankProfile = NEUTRAL,
    keep_batch_of: bool = False,
) -> Written:
    """Write one pain.008 to `out`: a binary stream, or a path that appears only when the file is complete.

    A collection with an ERROR finding is kept out of the file and told in `Written.findings`. `keep_batch_of` asks
    for `Written.batch_of` (end-to-end id to batch id), which takes memory for every collection.

    Raises ValueError for a header that no bank takes, `NothingToWrite` if no collection is left, `SeveralFiles` if
    the profile's limits ask for more than one file. In none of these cases is anything written.
    """
    with _Writing(header, profile, keep_batch_of) as writing:
        writing.take(collections)
        files = writing.files()
        if len(files) > 1:
            raise SeveralFiles(len(files))
        if isinstance(out, Path):
            (written,) = writing.to_paths([(out, files[0], header)])
            return written
        return writing.to_stream(out, files[0], header)


def write_files(
    header: Header,
    collections: Iterable[Collection],
    folder: Path,
    *,
    profile: BankProfile = NEUTRAL,
    keep_batch_of: bool = False,
) -> list[Written]:
    """Write as many files into `folder` as the bank's limits ask for; `Written.name` tells each one's name.

    The first has the header's message id, the next ones that id with .2, .3, ... Findings come with the first. None
    appears before all are complete. Raises as `write` does.
    """
    with _Writing(header, profile, keep_batch_of) as writing:
        writing.take(collections)
        planned: list[tuple[Path, list[SpooledBatch], Header]] = []
        for number, batches in enumerate(writing.files(), 1):
            message_id = header.message_id if number == 1 else derived_id(header.message_id, f".{number}")
            path = folder / f"{message_id.replace('/', '-')}.xml"
            planned.append((path, batches, replace(header, message_id=message_id)))
        written = writing.to_paths(planned)
        return [
            replace(one, name=path.name, findings=one.findings if number == 0 else ())
            for number, (one, (path, _, _)) in enumerate(zip(written, planned, strict=True))
        ]


def derived_id(identifier: str, suffix: str) -> str:
    """Return `identifier` with `suffix`, within 35 characters: a long one is shortened by a digest of itself."""
    if len(identifier) + len(suffix) <= MAX_ID_LENGTH:
        return identifier + suffix
    digest = hashlib.sha256(identifier.encode()).hexdigest()[:8]
    return f"{identifier[: MAX_ID_LENGTH - 9 - len(suffix)].rstrip('/ ')}-{digest}{suffix}"


def batch_key(c: Collection) -> tuple[object, ...]:
    """What the collections of one batch (PmtInf) have in common."""
    return (c.collection_date, c.sequence_type, c.scheme, c.creditor, c.category_purpose)


def _same_batch(first: Collection, c: Collection) -> bool:
    """Tell fast that two collections have the same key; False only means that it must be computed."""
    return (
        c.creditor is first.creditor
        and c.collection_date == first.collection_date
        and c.sequence_type is first.sequence_type
        and c.scheme is first.scheme
        and c.category_purpose == first.category_purpose
    )


def handed_in_on(header: Header, profile: BankProfile) -> date:
    """Return the day on which the bank gets a file of this header, its cut-off applied."""
    local = header.created_at.astimezone(_BANK_ZONE)
    if profile.cut_off is not None and local.time() > profile.cut_off:
        return local.date() + timedelta(days=1)
    return local.date()


class _Writing:
    """One call of `write`: from collections to batches on disk, and from there to files."""

    def __init__(self, header: Header, profile: BankProfile, keep_batch_of: bool) -> None:
        if profile.version not in LAYOUTS:
            raise ValueError(f"{profile.version!r} cannot be written; choose one of {', '.join(LAYOUTS)}.")
        self._layout = LAYOUTS[profile.version]()
        self._profile = profile
        self._findings: list[Finding] = []
        self._header = _checked(header, profile, self._findings)
        schema = installed_schema(self._layout.message)
        self._proof = SchemaProof(schema, self._layout, self._header)
        self._spool = Spool(self._proof)
        self._batches: list[SpooledBatch] = []
        self._batch_of: dict[str, SpooledBatch] | None = {} if keep_batch_of else None

    def __enter__(self) -> _Writing:
        return self

    def __exit__(self, *_: object) -> None:
        self._proof.close()
        self._spool.close()

    def take(self, collections: Iterable[Collection]) -> None:
        """Check each collection, adapt it to the bank, and put it into its batch."""
        adapter = Adapter(self._profile)
        rules = SchemeRules(self._profile, handed_in_on(self._header, self._profile))
        open_batches: dict[tuple[object, ...], SpooledBatch] = {}
        build = self._layout.transaction
        most, most_bytes = self._batch_limits()
        batch: SpooledBatch | None = None
        for position, given in enumerate(collections, 1):
            collection = adapter.adapt(given, position, self._findings)
            problems = rules.check(collection, position)
            if problems:
                self._findings += problems
                if any(one.severity is Severity.ERROR for one in problems):
                    continue
                day = next_target_day(collection.collection_date)
                collection = replace(collection, collection_date=day)
            transaction = build(collection)
            if batch is None or not _same_batch(batch.first, collection):
                batch = open_batches.get(batch_key(collection))
            if batch is None or batch.count >= most or batch.size + len(transaction) > most_bytes:
                batch = open_batches[batch_key(collection)] = self._new_batch(collection)
            self._spool.add(batch, transaction, collection.amount)
            if self._batch_of is not None:
                self._batch_of[collection.end_to_end_id] = batch
        if not self._batches:
            raise NothingToWrite(tuple(self._findings))
        self._spool.flush()
        self._proof.finish()

    def _new_batch(self, first: Collection) -> SpooledBatch:
        if first.creditor.lei and not self._layout.lei_template:
            self._findings.append(finding("LEI_LEFT_OUT", f"The LEI of {first.creditor.name!r} is left out."))
        batch = SpooledBatch(first)
        self._batches.append(batch)
        return batch

    def _batch_limits(self) -> tuple[int, int]:
        """The most transactions of a batch, and the most bytes that they may take together."""
        profile = self._profile
        counts = (profile.max_transactions_per_batch, profile.max_transactions_per_file)
        most = min((count for count in counts if count is not None), default=sys.maxsize)
        if profile.max_bytes_per_file is None:
            return most, sys.maxsize
        return most, profile.max_bytes_per_file - 2 * _HEAD_BYTES

    def files(self) -> list[list[SpooledBatch]]:
        """Share the batches out over files: one scheme per file, and within the bank's limits."""
        files: list[list[SpooledBatch]] = []
        for scheme in Scheme:
            current: list[SpooledBatch] = []
            for batch in self._batches:
                if batch.first.scheme is not scheme:
                    continue
                if current and not self._fits(current, batch):
                    files.append(current)
                    current = []
                current.append(batch)
            if current:
                files.append(current)
        return files

    def _fits(self, current: list[SpooledBatch], batch: SpooledBatch) -> bool:
        profile = self._profile
        if profile.one_batch_per_file:
            return False
        together = [*current, batch]
        most = profile.max_transactions_per_file
        if most is not None and sum(one.count for one in together) > most:
            return False
        most_bytes = profile.max_bytes_per_file
        size = sum(one.size + _HEAD_BYTES for one in together) + _HEAD_BYTES
        return most_bytes is None or size <= most_bytes

    # ------------------------------------------------------------------------------------------- hand over

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
        header = _checked(header, self._profile, [])  # told once already
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


def _checked(header: Header, profile: BankProfile, told: list[Finding]) -> Header:
    """Return the header as it can be sent and add what was adapted to `told`, or raise ValueError."""
    message_id = normalise_message_id(header.message_id)
    pattern = profile.message_id_pattern
    if pattern is not None and re.fullmatch(pattern, message_id) is None:
        raise ValueError(f"The message id {message_id!r} is not of the form that {profile.title} asks for ({pattern}).")
    if header.created_at.tzinfo is None:
        raise ValueError("created_at has no time zone; pass an aware datetime.")
    party = Adapter(profile).text(header.initiating_party, NAME_LENGTH, "initiating party", told)
    if not party:
        raise ValueError("The initiating party has no name; fill it in.")
    party_id = header.initiating_party_id
    if party_id is not None:
        party_id = normalise_message_id(party_id)
    return replace(header, message_id=message_id, initiating_party=party, initiating_party_id=party_id)
