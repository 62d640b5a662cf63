"""Which collections make a batch (PmtInf), and which batches make a file, within the bank's limits."""

from __future__ import annotations

import sys

from bankfiles.pain008.model import Collection, Scheme
from bankfiles.pain008.spool import SpooledBatch
from bankfiles.profile import BankProfile

_HEAD_BYTES = 2048  # room kept for the head of the file and of each batch, when counting bytes


def batch_key(c: Collection) -> tuple[object, ...]:
    """What the collections of one batch (PmtInf) have in common."""
    return (c.collection_date, c.sequence_type, c.scheme, c.creditor, c.category_purpose)


def same_batch(first: Collection, c: Collection) -> bool:
    """Tell fast that two collections have the same key; False only means that it must be computed."""
    return (
        c.creditor is first.creditor
        and c.collection_date == first.collection_date
        and c.sequence_type is first.sequence_type
        and c.scheme is first.scheme
        and c.category_purpose == first.category_purpose
    )


def batch_limits(profile: BankProfile) -> tuple[int, int]:
    """Return the most transactions of a batch, and the most bytes that they may take together."""
    counts = (profile.max_transactions_per_batch, profile.max_transactions_per_file)
    most = min((count for count in counts if count is not None), default=sys.maxsize)
    if profile.max_bytes_per_file is None:
        return most, sys.maxsize
    return most, profile.max_bytes_per_file - 2 * _HEAD_BYTES


def shared_out(batches: list[SpooledBatch], profile: BankProfile) -> list[list[SpooledBatch]]:
    """Share the batches out over files: one scheme per file, and within the bank's limits."""
    files: list[list[SpooledBatch]] = []
    for scheme in Scheme:
        current: list[SpooledBatch] = []
        for batch in batches:
            if batch.first.scheme is not scheme:
                continue
            if current and not _fits(current, batch, profile):
                files.append(current)
                current = []
            current.append(batch)
        if current:
            files.append(current)
    return files


def _fits(current: list[SpooledBatch], batch: SpooledBatch, profile: BankProfile) -> bool:
    if profile.one_batch_per_file:
        return False
    together = [*current, batch]
    most = profile.max_transactions_per_file
    if most is not None and sum(one.count for one in together) > most:
        return False
    most_bytes = profile.max_bytes_per_file
    size = sum(one.size + _HEAD_BYTES for one in together) + _HEAD_BYTES
    return most_bytes is None or size <= most_bytes
