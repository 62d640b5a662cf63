"""`bankfile`: check a pain.008 and read a bank's answer, of any origin; no config, no database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bankfiles.answers import Answer, Unreadable
from bankfiles.pain008 import Finding, Severity
from bankfiles.pain008 import check as check_pain008
from bankfiles.profiles import InvalidProfile, load_profile
from bankfiles.read import read_answers
from bankfiles.schema import SchemaUnusable, schema_from
from connector.cli.failing import DONE
from connector.cli.terminal import fail, plain, print_json, write
from connector.masking import mask_ibans

_FINDINGS = 1
_UNREADABLE = 2
_NOT_A_FILE_TO_CHECK = frozenset({"NOT_PAIN_008", "XML"})
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!"}


def check(file: Path, bank: str | None, xsd: Path | None, *, as_json: bool) -> int:
    """Tell every finding as it is met. Exit code: 0 clean, 1 findings, 2 unreadable."""
    try:
        profile = load_profile(bank) if bank else None
        schema = schema_from(xsd) if xsd else None
    except (InvalidProfile, SchemaUnusable) as error:
        fail(str(error))
        return _UNREADABLE
    except OSError as error:
        return _no_file(Path(error.filename), error)
    codes: set[str] = set()
    count = 0
    try:
        for finding in check_pain008(file, profile, schema=schema):
            codes.add(finding.code)
            count += 1
            if as_json:
                print_json(finding)
            else:
                write(_line(file, finding))
    except OSError as error:
        return _no_file(file, error)
    if not as_json:
        write(f"{_number_of(count, 'finding')}." if count else "Clean: schema and scheme rules hold.")
    return _UNREADABLE if codes & _NOT_A_FILE_TO_CHECK else _FINDINGS if count else DONE


def _line(file: Path, finding: Finding) -> str:
    place = f"{file}:{finding.line}" if finding.line else str(file)
    parts = [f"transaction {finding.position}" if finding.position else "", finding.end_to_end_id or ""]
    about = " ".join(part for part in parts if part)
    said = f"{finding.message} {finding.remedy}".strip()
    return f"{place}: {_SIGNS[finding.severity]} {finding.code}{f' ({about})' if about else ''}: {said}"


def read(file: Path, *, as_json: bool) -> int:
    """Tell every answer of the bank. Exit code: 0 all read, 1 read in part, 2 unreadable."""
    counted = {Answer: 0, Unreadable: 0}
    try:
        for one in _counted(read_answers(file), counted):
            if as_json:
                print_json({"type": type(one).__name__.lower(), **plain(one)})
            elif isinstance(one, Unreadable):
                fail(f"{file}:{one.line or 1}: {one.why} {one.remedy} Found: {mask_ibans(one.seen)}")
            else:
                write(_row(one))
    except OSError as error:
        return _no_file(file, error)
    if not as_json:
        write(f"{_number_of(counted[Answer], 'answer')}, {counted[Unreadable]} unreadable.")
    if not counted[Unreadable]:
        return DONE
    return _FINDINGS if counted[Answer] else _UNREADABLE


def _counted(
    read: Iterator[Answer | Unreadable], counted: dict[type[Answer] | type[Unreadable], int]
) -> Iterator[Answer | Unreadable]:
    for one in read:
        counted[type(one)] += 1
        yield one


def _row(answer: Answer) -> str:
    amount = f"{answer.amount or answer.original_amount or ''} {answer.currency or ''}".strip()
    on = answer.booked_on.isoformat() if answer.booked_on else ""
    about = answer.end_to_end_id or answer.batch_id or answer.message_id or answer.bank_reference or ""
    reason = f"{answer.reason.code} {answer.reason.text}".strip() if answer.reason else ""
    cells = (answer.kind.value, answer.scope.value, about, amount, on, reason)
    return "  ".join(cell for cell in cells if cell)


def _no_file(file: Path, error: OSError) -> int:
    fail(f"{file} can't be read: {error.strerror}. Name a file that is there and may be read.")
    return _UNREADABLE


def _number_of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
