"""Audit of bank files: ours that the bank did not answer, and files on our disk that the database does not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from connector.engine.differences import Difference, DifferenceKind
from connector.engine.replay import unknown_files, unread_files
from connector.model.reason import ReasonCode
from connector.steps.journal import outgoing_folder
from connector.steps.work import Work
from connector.store import auditing, bank_files, collections, exceptions


def without_answer(work: Work, before: date) -> Iterator[Difference]:
    """Collections whose day is long past and files that were sent long ago, without a word of the bank."""
    with work.store.reading() as connection:
        overdue = auditing.overdue(connection, before)
        silent = auditing.silent_files(connection, before)
    for stored in overdue:
        record = collections.record_of(stored.end_to_end_id)
        day = stored.collection_date.isoformat()
        yield Difference(DifferenceKind.NO_ANSWER, record, stored.state.value, day, stored.creditor)
    for file in silent:
        record = bank_files.record_of(file.message_id)
        yield Difference(
            DifferenceKind.FILE_UNANSWERED, record, file.state.value, file.created_at.date().isoformat(), file.creditor
        )


def outgoing(work: Work) -> Iterator[Difference]:
    """Our own files: on the disk and not in the database, or in the database, still to be sent, and not on the disk."""
    for sent in unknown_files(work):
        yield Difference(
            DifferenceKind.FILE_UNKNOWN, bank_files.record_of(sent.message_id), "", sent.name, sent.creditor
        )
    folder = outgoing_folder(work.installation.folder)
    with work.store.reading() as connection:
        unsent = auditing.unsent_files(connection)
    for file in unsent:
        if not (folder / file.name).is_file():
            record = bank_files.record_of(file.message_id)
            yield Difference(DifferenceKind.FILE_GONE, record, file.state.value, "", file.creditor)


def unread(work: Work) -> Iterator[Difference]:
    """What the bank said and we did not take in: files that were kept and not read, answers that fit nothing here."""
    for kept in unread_files(work):
        yield Difference(DifferenceKind.ANSWERS_UNREAD, f"file {kept.name}", "", kept.path.name, kept.creditor)
    with work.store.reading() as connection:
        shown = exceptions.all_open(connection)
    for one in shown:
        if one.reason.code is ReasonCode.BANK_ANSWER_UNMATCHED:
            facts = one.reason.facts
            told = facts.get("end_to_end_id", "")
            yield Difference(DifferenceKind.ANSWER_UNMATCHED, one.record, "", told, facts.get("file", ""))
