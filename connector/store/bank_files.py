"""Bank files: those that we wrote, and those that the bank gave us with what became of each answer in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, literal, select, update

from bankfiles.pain008.model import Written
from connector.model.effect import EffectState
from connector.store import history
from connector.store.chunks import chunks
from connector.store.history import Act, Change, RecordKind, record_name
from connector.store.tables import bank_answers, bank_files, batches, effects, received_files
from connector.store.upsert import insert_new


class FileState(StrEnum):
    """Life of a file of ours."""

    WRITTEN = "written"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # before it left


class AnswerOutcome(StrEnum):
    """What became of an answer of the bank."""

    APPLIED = "applied"
    NOTHING_NEW = "nothing_new"
    UNMATCHED = "unmatched"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class BankFile:
    """A pain.008 of ours."""

    message_id: str
    creditor: str
    run: str
    name: str
    state: FileState
    created_at: datetime
    transactions: int
    total: Decimal
    sha256: str


@dataclass(frozen=True, slots=True)
class BankBatch:
    """One PmtInf of a file of ours."""

    batch_id: str
    message_id: str
    collection_date: date
    transactions: int
    total: Decimal


def record_of(message_id: str) -> str:
    """Name of a file in history and Exceptions."""
    return record_name(RecordKind.FILE, message_id)


def add(connection: Connection, written: Written, creditor: str, run: str, act: Act) -> None:
    """Store a file that was written, with its batches."""
    connection.execute(
        insert(bank_files).values(
            message_id=written.message_id,
            creditor=creditor,
            run=run,
            name=written.name,
            state=FileState.WRITTEN.value,
            created_at=act.at,
            transactions=written.count,
            total=written.total,
            sha256=written.sha256,
        )
    )
    rows = [
        {
            "batch_id": batch.batch_id,
            "message_id": written.message_id,
            "collection_date": batch.collection_date,
            "transactions": batch.count,
            "total": batch.total,
        }
        for batch in written.batches
    ]
    connection.execute(insert(batches), rows)
    history.write(connection, act, [Change(record_of(written.message_id), "", FileState.WRITTEN)])


def find(connection: Connection, message_id: str) -> BankFile | None:
    """The file with this message id."""
    row = connection.execute(select(bank_files).where(bank_files.c.message_id == message_id)).first()
    return file_of(row) if row else None


def known(connection: Connection, message_ids: Iterable[str]) -> set[str]:
    """Which of these message ids are files of ours."""
    return {
        found
        for some in chunks(message_ids)
        for found in connection.execute(
            select(bank_files.c.message_id).where(bank_files.c.message_id.in_(some))
        ).scalars()
    }


def known_received(connection: Connection, digests: Iterable[str]) -> set[str]:
    """Which files of the bank, by digest, were read before."""
    return {
        found
        for some in chunks(digests)
        for found in connection.execute(
            select(received_files.c.sha256).where(received_files.c.sha256.in_(some))
        ).scalars()
    }


def unsent(connection: Connection, creditor: str) -> list[BankFile]:
    """Files of a creditor that were written and surely not sent."""
    rows = connection.execute(
        select(bank_files)
        .join(effects, effects.c.key == literal("send_file:").concat(bank_files.c.message_id))
        .where(
            bank_files.c.creditor == creditor,
            bank_files.c.state == FileState.WRITTEN.value,
            effects.c.state == EffectState.PENDING.value,
        )
        .order_by(bank_files.c.message_id)
    )
    return [file_of(row) for row in rows]


def of_run(connection: Connection, run: str) -> list[BankFile]:
    """All files that were ever written of a run."""
    rows = connection.execute(select(bank_files).where(bank_files.c.run == run).order_by(bank_files.c.message_id))
    return [file_of(row) for row in rows]


def find_batch(connection: Connection, batch_id: str) -> BankBatch | None:
    """The batch with this id (PmtInfId)."""
    row = connection.execute(select(batches).where(batches.c.batch_id == batch_id)).first()
    return BankBatch(row.batch_id, row.message_id, row.collection_date, row.transactions, row.total) if row else None


def move(connection: Connection, file: BankFile, state: FileState, act: Act, why: str) -> None:
    """Move a file to its next state."""
    connection.execute(update(bank_files).where(bank_files.c.message_id == file.message_id).values(state=state.value))
    history.write(connection, act, [Change(record_of(file.message_id), file.state, state, why)])


def latest(connection: Connection, limit: int = 10) -> list[BankFile]:
    """The latest files, newest first."""
    rows = connection.execute(select(bank_files).order_by(bank_files.c.created_at.desc()).limit(limit))
    return [file_of(row) for row in rows]


def begin_received(connection: Connection, sha256: str, creditor: str, name: str, act: Act) -> bool:
    """Note a file that the bank gave us. Returns False if one with the same content was read before."""
    row = {
        "sha256": sha256,
        "creditor": creditor,
        "name": name,
        "received_at": act.at,
        "answers": 0,
        "faults": 0,
    }
    return insert_new(connection, received_files, row)


def end_received(connection: Connection, sha256: str, answers: int, faults: int) -> None:
    """Note how much was read from it."""
    connection.execute(
        update(received_files).where(received_files.c.sha256 == sha256).values(answers=answers, faults=faults)
    )


def known_answers(connection: Connection, creditor: str, keys: Iterable[str]) -> set[str]:
    """Which of these answers were dealt with before."""
    rows = connection.execute(
        select(bank_answers.c.key).where(bank_answers.c.creditor == creditor, bank_answers.c.key.in_(list(keys)))
    )
    return set(rows.scalars())


def note_answer(
    connection: Connection,
    creditor: str,
    key: str,
    *,
    file: str,
    kind: str,
    end_to_end_id: str | None,
    outcome: AnswerOutcome,
    at: datetime,
) -> None:
    """Note what became of an answer, so that it is never applied again."""
    connection.execute(
        insert(bank_answers).values(
            creditor=creditor,
            key=key,
            file=file,
            kind=kind,
            end_to_end_id=end_to_end_id[:70] if end_to_end_id else None,
            outcome=outcome.value,
            applied_at=at,
        )
    )


def file_of(row: Row[Any]) -> BankFile:
    """A file from its row."""
    return BankFile(
        message_id=row.message_id,
        creditor=row.creditor,
        run=row.run,
        name=row.name,
        state=FileState(row.state),
        created_at=row.created_at,
        transactions=row.transactions,
        total=row.total,
        sha256=row.sha256,
    )
