"""Check a pain.008 that anyone wrote: by the schema, by the rules of the schemes, and by a bank's own limits.

All faults are told, each with its transaction and line, in the order of the file; memory does not grow with its size
beyond a few bytes per transaction.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from bankfiles.checked_stream import checked_records
from bankfiles.fields import Fields, Texts
from bankfiles.pain008.catalogue import finding
from bankfiles.pain008.foreign_rules import batch_faults, group_faults, transaction_faults
from bankfiles.pain008.model import Fault, Finding
from bankfiles.pain008.reader import (
    BATCH_FIELDS,
    GROUP_FIELDS,
    TRANSACTION_FIELDS,
    BatchFacts,
    collection_of,
)
from bankfiles.pain008.rules import SchemeRules
from bankfiles.plain_xml import BrokenXml
from bankfiles.profile import NEUTRAL, BankProfile
from bankfiles.schema import SchemaMissing, installed_schema
from bankfiles.texts import Misread, amount, day, whole_number
from bankfiles.xml_stream import Record, records, root_namespace

_TAGS = ("GrpHdr", "DrctDbtTxInf", "PmtInf")


def check(
    data: bytes | BinaryIO | Path,
    profile: BankProfile | None = None,
    *,
    handed_in_on: date | None = None,
    schema: etree.XMLSchema | None = None,
) -> Iterator[Finding]:
    """Yield what is wrong with a pain.008, in the order of the file.

    `profile` adds the limits of one bank. `handed_in_on` is the day on which the bank gets the file, if it is not the
    day on which it says that it was made. `schema` is used where the installed ones lack the version. Raises OSError
    only: a file that is no pain.008 is a finding.
    """
    with ExitStack() as stack:
        if isinstance(data, Path):
            source: BinaryIO = stack.enter_context(data.open("rb"))
        else:
            source = io.BytesIO(data) if isinstance(data, bytes) else data
        start = source.tell()
        message = root_namespace(source).rpartition(":")[2]
        source.seek(start)
        if not message.startswith("pain.008."):
            yield finding("NOT_PAIN_008", f"The file is {message or 'no XML document'}.", line=1)
            return
        yield from _Checking(message, profile or NEUTRAL, profile is not None, handed_in_on).run(source, schema)


class _Checking:
    """One run over one file."""

    def __init__(self, message: str, profile: BankProfile, of_bank: bool, handed_in_on: date | None) -> None:
        self._message = message
        self._profile = profile
        self._of_bank = of_bank  # a bank was named: its limits count
        self._handed_in_on = handed_in_on
        self._group_fields = Fields(GROUP_FIELDS)
        self._batch_fields = Fields(BATCH_FIELDS)
        self._transaction_fields = Fields(TRANSACTION_FIELDS)
        self._rules = SchemeRules(profile, handed_in_on)
        self._group: Texts = {}
        self._group_line: int | None = None
        self._batch: BatchFacts | None = None
        self._batch_is_bad = False
        self._batch_ids: set[str] = set()
        self._schemes: set[str] = set()
        self._count = self._batch_count = 0
        self._total = self._batch_total = Decimal(0)

    def run(self, source: BinaryIO, schema: etree.XMLSchema | None) -> Iterator[Finding]:
        if self._of_bank and self._message != self._profile.version:
            yield finding("VERSION", f"{self._profile.title} takes {self._profile.version}, not {self._message}.")
        if schema is None:
            try:
                schema = installed_schema(self._message)
            except SchemaMissing as error:
                yield finding("SCHEMA_MISSING", str(error))
        try:
            if schema is None:
                for unchecked in records(source, _TAGS):
                    yield from self._take(unchecked)
            else:
                for record, faults in checked_records(source, _TAGS, schema, "DrctDbtTxInf"):
                    if faults:
                        yield from self._schema_findings(record, faults)
                    if record is not None:
                        yield from self._take(record)
        except BrokenXml as error:
            yield finding("XML", str(error), line=error.line)
            return
        yield from self._end_of_file(source.tell())

    def _schema_findings(self, record: Record | None, faults: list[str]) -> Iterator[Finding]:
        end_to_end_id = None
        if record is not None and record.name == "DrctDbtTxInf":
            end_to_end_id = self._transaction_fields.of(record.source()).get("end_to_end_id")
        for fault in faults:
            yield finding(
                "SCHEMA",
                fault,
                end_to_end_id=end_to_end_id,
                position=self._count + 1 if end_to_end_id else None,
                line=record.line if record is not None else None,
            )

    def _take(self, record: Record) -> Iterable[Finding]:
        if record.name == "DrctDbtTxInf":
            return self._transaction(record)
        if record.name == "PmtInf":
            return self._end_of_batch(record)
        self._group, self._group_line = self._group_fields.of(record.source()), record.line
        if self._handed_in_on is None:
            self._rules = SchemeRules(self._profile, _made_on(self._group))
        return _told(group_faults(self._group, self._profile), record.line)

    # --------------------------------------------------------------------------------------- transactions

    def _transaction(self, record: Record) -> list[Finding]:
        self._count += 1
        self._batch_count += 1
        told: list[Finding] = []
        if self._batch is None and not self._batch_is_bad:
            told += self._open_batch(record)
        batch = self._batch
        if batch is None:
            return told
        texts = self._transaction_fields.of(record.source())
        self._schemes.add(texts.get("scheme") or batch.texts.get("scheme", ""))
        faults = transaction_faults(texts, batch.texts)
        found: list[Finding] = []
        try:
            collection = collection_of(batch, texts)
        except Misread as error:
            faults.append(("VALUE_UNREADABLE", str(error)))
        else:
            self._batch_total += collection.amount
            found = self._rules.check(collection, self._count)
        for code, seen in faults:
            one = finding(
                code,
                seen,
                end_to_end_id=texts.get("end_to_end_id"),
                mandate_reference=texts.get("mandate_reference"),
                position=self._count,
                line=record.line,
            )
            told.append(one)
        told += [replace(one, line=record.line) for one in found]
        return told

    def _open_batch(self, transaction: Record) -> Iterator[Finding]:
        batch = transaction.within("PmtInf")
        if batch is None:
            self._batch_is_bad = True
            yield finding("VALUE_UNREADABLE", "A transaction stands outside any batch (PmtInf).", line=transaction.line)
            return
        line, texts = batch.line, self._batch_fields.of(batch.source())
        yield from _told(batch_faults(texts), line)
        batch_id = texts.get("batch_id", "")
        if batch_id in self._batch_ids:
            yield finding("BATCH_ID_DUPLICATE", f"{batch_id!r} stands for two batches.", line=line)
        self._batch_ids.add(batch_id)
        try:
            self._batch = BatchFacts.of(texts)
        except Misread as error:
            self._batch_is_bad = True
            yield finding("VALUE_UNREADABLE", str(error), line=line)

    # ---------------------------------------------------------------------------------------------- totals

    def _end_of_batch(self, record: Record) -> Iterator[Finding]:
        texts: Texts = {}  # of a batch that could not be read, the totals say nothing
        if not self._batch_is_bad:
            texts = self._batch.texts if self._batch is not None else self._batch_fields.of(record.source())
        yield from self._totals(texts, self._batch_count, self._batch_total, "batch", record.line)
        most = self._profile.max_transactions_per_batch
        if most is not None and self._batch_count > most:
            yield finding("LIMIT_BATCH", f"The batch has {self._batch_count} transactions, not {most}.")
        self._total += self._batch_total
        self._batch, self._batch_is_bad = None, False
        self._batch_count, self._batch_total = 0, Decimal(0)

    def _end_of_file(self, size: int) -> Iterator[Finding]:
        yield from self._totals(self._group, self._count, self._total, "file", self._group_line)
        if len(self._schemes) > 1:
            yield finding("SCHEME_MIX", f"The file holds {' and '.join(sorted(self._schemes))}.")
        profile = self._profile
        limits = (
            ("transactions", self._count, profile.max_transactions_per_file),
            ("bytes", size, profile.max_bytes_per_file),
            ("batches", len(self._batch_ids), 1 if profile.one_batch_per_file else None),
        )
        for what, there, most in limits:
            if most is not None and there > most:
                yield finding("LIMIT_FILE", f"The file has {there} {what}; {profile.title} takes {most}.")

    def _totals(self, texts: Texts, count: int, total: Decimal, what: str, line: int | None) -> Iterator[Finding]:
        told_count = whole_number(texts, "count")
        if told_count is not None and told_count != count:
            yield finding("COUNT", f"The {what} says {told_count} transactions and has {count}.", line=line)
        try:
            told_total = amount(texts, "total")
        except Misread as error:
            yield finding("VALUE_UNREADABLE", str(error), line=line)
            return
        if told_total is not None and told_total != total:
            yield finding("CONTROL_SUM", f"The {what} says {told_total} and sums to {total}.", line=line)


def _told(faults: Iterable[Fault], line: int | None) -> Iterator[Finding]:
    for code, seen in faults:
        yield finding(code, seen, line=line)


def _made_on(group: Texts) -> date | None:
    try:
        return day(group, "created_at")
    except Misread:
        return None
