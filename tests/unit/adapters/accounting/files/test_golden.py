"""Golden files: each x.csv or x.xml beside an x.json is a test of what is read from it.

The kind of a CSV file stands at the start of its name. What was really read is shown in full where it differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.accounting.files.csvfile import CsvStyle
from adapters.accounting.files.encoding import examine
from adapters.accounting.files.incoming import FileKind, IncomingFile, kind_of
from adapters.accounting.files.reading import Reader
from adapters.accounting.files.refusal import Refused
from adapters.dropfolder import Waiting
from connector.model.customer import Customer
from connector.model.invoice import Invoice
from connector.ports import Fault
from mappings import load

GOLDEN = Path(__file__).parents[4] / "golden" / "files"
PAIRS = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".json")


def incoming(path: Path) -> IncomingFile:
    kind = kind_of(path.name)
    assert kind is not None
    status = path.stat()
    return IncomingFile(Waiting(path, status.st_size, status.st_mtime_ns), kind, examine(path), "id")


def read(path: Path) -> Iterator[Customer | Invoice | Fault]:
    reader, file = Reader("books", load("files"), CsvStyle()), incoming(path)
    try:
        if file.kind is FileKind.CUSTOMERS:
            yield from reader.customers(file)
        elif file.kind is FileKind.INVOICES:
            yield from reader.invoices(file)
        else:
            yield reader.ubl_customer(file)
            yield reader.ubl_invoice(file)
    except Refused as refused:
        yield refused.fault(path.name)


def plain(value: object) -> object:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(type(value))


def as_json(item: Customer | Invoice | Fault) -> dict[str, object]:
    """A record without the fields that are at their default, and without what no package tells of itself."""
    written = json.loads(json.dumps({type(item).__name__.lower(): asdict(item)}, default=plain))
    return {
        name: {key: one for key, one in fields.items() if one not in ("", None) and key != "gone"}
        for name, fields in written.items()
    }


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.name)
def test_what_is_read_is_what_stands_beside_it(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    assert [as_json(item) for item in read(path)] == expected


def test_every_expectation_has_its_file() -> None:
    assert {path.stem for path in PAIRS} == {path.stem for path in GOLDEN.glob("*.json")}
