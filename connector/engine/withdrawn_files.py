"""Withdrawn files: bank files of the journal that were withdrawn before they left, and whose rest was written anew.

A file is only withdrawn while it surely did not leave, and its rest is written after that. So where the journal tells
of a later file of the same run with some of the same collections, the earlier one never left, whatever an older
database believes of it. What went into no later file was let go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from connector.engine.aftermath import record_of
from connector.model.collection import CollectionState
from connector.model.deed import DeedCode, Step
from connector.model.effect import EffectState
from connector.model.reason import ReasonCode
from connector.steps import journal, submit
from connector.steps.journal import SentFile
from connector.steps.release import cancel
from connector.steps.work import Work
from connector.store import adoption, bank_files, collections, effects, exceptions
from connector.store.bank_files import FileState

_WHY = "withdrawn before it left, as the journal tells"
_UNSENT = frozenset({CollectionState.PROPOSED, CollectionState.APPROVED})
_NOT_SENT = frozenset({EffectState.PENDING, EffectState.UNKNOWN, EffectState.FAILED})


def withdrawn(sent: Iterable[SentFile]) -> dict[str, frozenset[str]]:
    """The files that never left, by message id, each with the collections in it that went into no later file."""
    of_run: dict[str, list[SentFile]] = {}
    for file in sent:
        of_run.setdefault(file.run, []).append(file)
    return {
        message_id: let_go
        for files in of_run.values()
        if len(files) > 1
        for message_id, let_go in _withdrawn_of(files).items()
    }


def _withdrawn_of(files: Iterable[SentFile]) -> Mapping[str, frozenset[str]]:
    """The same among the files of one run."""
    put_into = {file: frozenset(stored.collection.end_to_end_id for stored in journal.put_into(file)) for file in files}
    found: dict[str, frozenset[str]] = {}
    for file, inside in put_into.items():
        later = frozenset[str]().union(*(ids for other, ids in put_into.items() if other.number > file.number))
        if inside & later:
            found[file.message_id] = inside - later
    return found


def withdraw(work: Work, file: SentFile, let_go: frozenset[str]) -> None:
    """Put a file that never left into the database as withdrawn, or withdraw it there; it holds nothing any more."""
    act = work.act()
    with work.store.transaction() as connection:
        known = bank_files.find(connection, file.message_id)
        if known is None:
            put_in = list(journal.put_into(file))
            written = adoption.written_of(file.message_id, file.name, file.sha256, put_in)
            adoption.adopt_withdrawn(connection, written, file.creditor, file.run, act)
        elif known.state is not FileState.WRITTEN or not _leave(connection, work, file):
            return
        else:
            bank_files.move(connection, known, FileState.WITHDRAWN, act, _WHY)
            collections.take_out_of_file(connection, file.message_id, act)
        _let_go(connection, work, let_go)
        record = bank_files.record_of(file.message_id)
        exceptions.close(connection, [record], ReasonCode.BANK_FILE_NOT_ADOPTED, act.at, act.by)
    count, total = (known.transactions, known.total) if known else (written.count, written.total)
    work.did(Step.SUBMIT, DeedCode.WITHDRAW_FILE, file=file.name, count=count, amount=total)


def _leave(connection: Connection, work: Work, file: SentFile) -> bool:
    """Owe the bank the file no longer. Returns False if it was sent after all."""
    act = work.act()
    sending = effects.find(connection, submit.key_of(file.message_id))
    if sending is None or sending.state not in _NOT_SENT:
        return False
    if effects.mark(connection, sending, EffectState.LEFT, act, error=_WHY) is None:
        return False
    for code in (ReasonCode.EFFECT_UNCERTAIN, ReasonCode.EFFECT_FAILED):
        exceptions.close(connection, [record_of(sending)], code, act.at, act.by)
    return True


def _let_go(connection: Connection, work: Work, let_go: Iterable[str]) -> None:
    known = collections.find_many(connection, let_go)
    for stored in known.values():
        if stored.bank_file is None and stored.collection.state in _UNSENT:
            cancel(connection, stored, work.act(), _WHY)
    collections.forgive(connection, [key for key, stored in known.items() if stored.bank_file is None])
