"""Reconcile: read what the bank answers, each file and each answer once, and bring our collections to that state."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from bankfiles.answers import Answer, AnswerKind, Unreadable
from bankfiles.read import read_answers
from connector.errors import Retriable
from connector.installation import Bank
from connector.model.deed import DeedCode, Step
from connector.model.reason import Reason, ReasonCode
from connector.ports import IncomingFile
from connector.steps import apply_answer, book, journal
from connector.steps.matching import match, names_ours
from connector.steps.unreachable import reached, retried, show_unreachable
from connector.steps.work import Progress, Work
from connector.store import bank_files, rereading
from connector.store.bank_files import AnswerOutcome
from connector.store.chunks import chunks
from connector.store.collection_rows import StoredCollection
from connector.store.history import RecordKind, record_name

_BATCH = 500
_NAMED_MAX = 5
_CHUNK_BYTES = 1 << 20
_ABOUT_OUR_MONEY = frozenset(
    {
        AnswerKind.ACCEPTED,
        AnswerKind.REJECTED,
        AnswerKind.RETURNED,
        AnswerKind.REFUNDED,
        AnswerKind.REVERSED,
        AnswerKind.UNKNOWN,
    }
)
"""Kinds that must be ours: one that matches nothing is shown. Any other entry may be somebody else's money."""


def run(work: Work) -> None:
    """Read all files that wait at the banks of all creditors, then book what waited long enough for no bad word."""
    for creditor, bank in work.installation.banks.items():
        try:
            for incoming in retried(work, bank.channel.name, partial(_waiting, bank)):
                _take(work, creditor, bank, incoming)
                work.check_stop()
            reached(work, bank.channel.name)
        except Retriable as error:
            show_unreachable(work, Step.RECONCILE, bank.channel.name, error)
    book.book_waiting(work)


def _waiting(bank: Bank) -> list[IncomingFile]:
    return list(bank.channel.fetch())


def _take(work: Work, creditor: str, bank: Bank, incoming: IncomingFile) -> None:
    """Keep a copy by its digest, apply what it says in one transaction, then let the channel tidy up."""
    path, sha256 = _keep(work.folder, creditor, incoming)
    journal.note_received(work, path, creditor, incoming.name)
    apply_kept(work, creditor, incoming.name, path, sha256)
    if not work.rehearsal:
        bank.channel.handled(incoming)


def apply_kept(work: Work, creditor: str, name: str, path: Path, sha256: str) -> None:
    """Apply a file that was kept, once."""
    with work.store.transaction() as connection:
        if bank_files.begin_received(connection, sha256, creditor, name, work.act()):
            _read(work, connection, creditor, name, path, sha256, record_name(RecordKind.FILE, name))


def apply_again(work: Work, creditor: str, name: str, path: Path, sha256: str) -> None:
    """Read a file that was applied once more, for those of its answers that found nothing of ours then."""
    with work.store.transaction() as connection:
        rereading.forget_unmatched(connection, sha256, work.act())
        _read(work, connection, creditor, name, path, sha256, record_name(RecordKind.FILE, name))


def _keep(folder: Path, creditor: str, incoming: IncomingFile) -> tuple[Path, str]:
    """Copy a file to received/, named by its digest."""
    received = journal.received_folder(folder)
    partial = received / f".{creditor}.part"  # files of several creditors may be read side by side
    with incoming.open() as source, partial.open("wb") as target:
        sha256 = _copy(source, target)
    path = received / sha256
    partial.replace(path)
    return path, sha256


def _copy(source: BinaryIO, target: BinaryIO) -> str:
    shutil.copyfileobj(source, target, _CHUNK_BYTES)
    target.flush()
    with Path(target.name).open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def _read(work: Work, connection: Connection, creditor: str, name: str, path: Path, sha256: str, record: str) -> None:
    answers = faults = 0
    for batch in chunks(read_answers(path, name), _BATCH):
        unreadable = [item for item in batch if isinstance(item, Unreadable)]
        for fault in unreadable:
            work.show(connection, Step.RECONCILE, f"{record} line {fault.line}", _unreadable(name, fault))
        fresh = _fresh(connection, creditor, [item for item in batch if isinstance(item, Answer)])
        for answer in fresh:
            outcome = _apply(work, connection, creditor, name, answer)
            bank_files.note_answer(
                connection,
                creditor,
                answer.key,
                file=sha256,
                kind=answer.kind.value,
                end_to_end_id=answer.end_to_end_id,
                outcome=outcome,
                at=work.act().at,
            )
        answers, faults = answers + len(batch) - len(unreadable), faults + len(unreadable)
        work.progress(Progress(Step.RECONCILE, name, answers))
    bank_files.end_received(connection, sha256, answers, faults)
    work.did(Step.RECONCILE, DeedCode.READ_BANK_FILE, file=name, count=answers)


def _fresh(connection: Connection, creditor: str, answers: Sequence[Answer]) -> Iterator[Answer]:
    """Those that were not dealt with before, each once."""
    seen = bank_files.known_answers(connection, creditor, [answer.key for answer in answers])
    for answer in answers:
        if answer.key not in seen:
            seen.add(answer.key)
            yield answer


def _apply(work: Work, connection: Connection, creditor: str, name: str, answer: Answer) -> AnswerOutcome:
    """Apply one answer to what it is about. What does not fit is shown and changes nothing."""
    found = match(connection, creditor, answer)
    if found is None:
        if answer.kind in _ABOUT_OUR_MONEY or names_ours(connection, answer):
            facts = {"file": name, "end_to_end_id": _name_of(answer)}
            reason = Reason(ReasonCode.BANK_ANSWER_UNMATCHED, facts)
            work.show(connection, Step.RECONCILE, f"bank answer {answer.key}", reason)
        return AnswerOutcome.UNMATCHED
    applied = apply_answer.apply(work, connection, answer, found)
    if applied.contradicted:
        _show_conflict(work, connection, name, answer, applied.contradicted)
        return AnswerOutcome.CONFLICT
    return AnswerOutcome.APPLIED if applied.changed else AnswerOutcome.NOTHING_NEW


def _show_conflict(
    work: Work, connection: Connection, name: str, answer: Answer, contradicted: Sequence[StoredCollection]
) -> None:
    facts = {
        "file": name,
        "end_to_end_id": ", ".join(stored.collection.end_to_end_id for stored in contradicted[:_NAMED_MAX]),
        "state": ", ".join(sorted({stored.collection.state.value for stored in contradicted})),
    }
    reason = Reason(ReasonCode.BANK_ANSWER_CONFLICTS, facts)
    work.show(connection, Step.RECONCILE, f"bank answer {answer.key}", reason)


def _name_of(answer: Answer) -> str:
    return answer.end_to_end_id or answer.batch_id or answer.message_id or answer.bank_reference or ""


def _unreadable(name: str, fault: Unreadable) -> Reason:
    facts = {
        "file": name,
        "line": str(fault.line or ""),
        "seen": fault.seen,
        "why": fault.why,
        "remedy": fault.remedy,
    }
    return Reason(ReasonCode.BANK_FILE_UNREADABLE, facts)
