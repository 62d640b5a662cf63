"""What `check` tells about a folder of files, changing nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from adapters.accounting.files.csvfile import CsvFile
from adapters.accounting.files.incoming import FileKind, Incoming, IncomingFile, kind_of
from adapters.accounting.files.reading import Reader
from adapters.accounting.files.refusal import Refused
from adapters.accounting.files.settings import FilesSettings
from adapters.dropfolder import is_settled, is_temporary
from connector.errors import ConnectorError
from connector.ports import Feed, Probe

_OUR_FILES = ("mandates.csv", "payments.csv", "report.html")


def probes(
    incoming: Incoming, reader: Reader, results: Path, now: datetime, settings: FilesSettings
) -> Iterator[Probe]:
    """One probe per folder and per waiting file."""
    for folder in dict.fromkeys((incoming.folder, results)):
        ok = folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        yield Probe(
            f"folder {folder}", ok, "" if ok else "It is not there, or may not be read and written.",
            "" if ok else "Make the folder and let the connector read and write it.",
        )  # fmt: skip
    if not incoming.folder.is_dir():
        return
    yield from _left_alone(incoming.folder, now, settings.settle_seconds)
    try:
        for feed in (Feed.CUSTOMERS, Feed.INVOICES):
            files, faults = incoming.files(feed, now)
            for fault in faults:
                yield Probe(fault.where, ok=False, detail=fault.why, remedy=fault.remedy)
            for file in files:
                if feed is Feed.INVOICES or file.kind is FileKind.CUSTOMERS:
                    yield _of_file(file, reader)
    except ConnectorError as error:
        yield Probe(f"folder {incoming.folder}", ok=False, detail=error.what, remedy=error.remedy)


def _left_alone(folder: Path, now: datetime, settle_seconds: int) -> Iterator[Probe]:
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name in _OUR_FILES:
            continue
        if is_temporary(path.name):
            yield Probe(path.name, ok=True, detail="Not read: its name says that it is hidden or being written.")
        elif kind_of(path.name) is None:
            names = ", ".join(kind.value for kind in FileKind)
            yield Probe(path.name, ok=True, detail=f"Not read: only files named {names} are.")
        elif not is_settled(path.stat().st_mtime_ns, now, settle_seconds):
            yield Probe(path.name, ok=True, detail=f"Not read yet: it changed less than {settle_seconds} s ago.")


def _of_file(file: IncomingFile, reader: Reader) -> Probe:
    name = file.path.name
    try:
        if file.kind is FileKind.UBL:
            invoice = reader.ubl_invoice(file)
            return Probe(name, ok=True, detail=f"{invoice.kind} {invoice.number} of {invoice.total} {invoice.currency}")
        csv = reader.customers_csv(file) if file.kind is FileKind.CUSTOMERS else reader.invoices_csv(file)
        return Probe(name, ok=True, detail=_columns(csv))
    except Refused as refused:
        return Probe(f"{name} {refused.where}".strip(), ok=False, detail=refused.why, remedy=refused.remedy)


def _columns(csv: CsvFile) -> str:
    shape = csv.shape()
    used = ", ".join(f"{field} from {heading}" for field, heading in csv.fields_of(shape))
    unused = [heading for number, heading in enumerate(shape.headings) if number not in shape.columns.values()]
    return f"{used}. {'Not used: ' + ', '.join(unused) + '.' if unused else 'Every column is used.'}"
