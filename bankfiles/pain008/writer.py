"""Write pain.008 files: check each collection, group, build, check against the schema, hand over.

Collections come in order and once; memory does not grow with their number beyond a few bytes each. The same input
gives the same bytes. Nothing is handed over that the schema refuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from bankfiles.calendar import next_target_day
from bankfiles.pain008.adapt import Adapter
from bankfiles.pain008.batches import batch_key, batch_limits, same_batch, shared_out
from bankfiles.pain008.catalogue import finding
from bankfiles.pain008.derived_ids import derived_id
from bankfiles.pain008.hand_over import HandOver
from bankfiles.pain008.header import checked_header, handed_in_on
from bankfiles.pain008.layout import Layout
from bankfiles.pain008.model import Collection, Finding, Header, Severity, Written
from bankfiles.pain008.proof import SchemaProof
from bankfiles.pain008.rules import SchemeRules
from bankfiles.pain008.spool import Spool, SpooledBatch
from bankfiles.pain008.v001_02 import Pain008V02
from bankfiles.pain008.v001_08 import Pain008V08
from bankfiles.profile import NEUTRAL, BankProfile
from bankfiles.schema import installed_schema

LAYOUTS: dict[str, type[Layout]] = {layout.message: layout for layout in (Pain008V08, Pain008V02)}


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
        files = shared_out(writing.batches, profile)
        if len(files) > 1:
            raise SeveralFiles(len(files))
        if isinstance(out, Path):
            (written,) = writing.hand_over.to_paths([(out, files[0], header)])
            return written
        return writing.hand_over.to_stream(out, files[0], header)


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
        for number, batches in enumerate(shared_out(writing.batches, profile), 1):
            message_id = header.message_id if number == 1 else derived_id(header.message_id, f".{number}")
            path = folder / f"{message_id.replace('/', '-')}.xml"
            planned.append((path, batches, replace(header, message_id=message_id)))
        written = writing.hand_over.to_paths(planned)
        return [
            replace(one, name=path.name, findings=one.findings if number == 0 else ())
            for number, (one, (path, _, _)) in enumerate(zip(written, planned, strict=True))
        ]


class _Writing:
    """One call of `write`: from collections to batches on disk, which `hand_over` makes files of."""

    def __init__(self, header: Header, profile: BankProfile, keep_batch_of: bool) -> None:
        if profile.version not in LAYOUTS:
            raise ValueError(f"{profile.version!r} cannot be written; choose one of {', '.join(LAYOUTS)}.")
        self._layout = LAYOUTS[profile.version]()
        self._profile = profile
        self._findings: list[Finding] = []
        self._header = checked_header(header, profile, self._findings)
        schema = installed_schema(self._layout.message)
        self._proof = SchemaProof(schema, self._layout, self._header)
        self._spool = Spool(self._proof)
        self.batches: list[SpooledBatch] = []
        self._batch_of: dict[str, SpooledBatch] | None = {} if keep_batch_of else None
        self.hand_over = HandOver(self._layout, profile, self._proof, self._spool, self._findings, self._batch_of)

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
        most, most_bytes = batch_limits(self._profile)
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
            if batch is None or not same_batch(batch.first, collection):
                batch = open_batches.get(batch_key(collection))
            if batch is None or batch.count >= most or batch.size + len(transaction) > most_bytes:
                batch = open_batches[batch_key(collection)] = self._new_batch(collection)
            self._spool.add(batch, transaction, collection.amount)
            if self._batch_of is not None:
                self._batch_of[collection.end_to_end_id] = batch
        if not self.batches:
            raise NothingToWrite(tuple(self._findings))
        self._spool.flush()
        self._proof.finish()

    def _new_batch(self, first: Collection) -> SpooledBatch:
        if first.creditor.lei and not self._layout.lei_template:
            self._findings.append(finding("LEI_LEFT_OUT", f"The LEI of {first.creditor.name!r} is left out."))
        batch = SpooledBatch(first)
        self.batches.append(batch)
        return batch
