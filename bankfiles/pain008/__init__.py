"""pain.008, the customer direct debit initiation: write it, check it, read it."""

from __future__ import annotations

from bankfiles.pain008.checker import check
from bankfiles.pain008.derived_ids import derived_id
from bankfiles.pain008.model import (
    Address,
    Amendment,
    Batch,
    Collection,
    Creditor,
    Finding,
    Header,
    ReferenceIssuer,
    Scheme,
    SequenceType,
    Severity,
    StructuredReference,
    Written,
)
from bankfiles.pain008.proof import BrokenFile
from bankfiles.pain008.reader import read_collections
from bankfiles.pain008.writer import (
    NothingToWrite,
    SeveralFiles,
    write,
    write_files,
)

__all__ = [
    "Address",
    "Amendment",
    "Batch",
    "BrokenFile",
    "Collection",
    "Creditor",
    "Finding",
    "Header",
    "NothingToWrite",
    "ReferenceIssuer",
    "Scheme",
    "SequenceType",
    "SeveralFiles",
    "Severity",
    "StructuredReference",
    "Written",
    "check",
    "derived_id",
    "read_collections",
    "write",
    "write_files",
]
