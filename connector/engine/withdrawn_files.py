"""Withdrawn files: bank files of the journal that were withdrawn before they left, and whose rest was written anew.

A file is only withdrawn while it surely did not leave, and its rest is written after that. So where the journal tells
of a later file of the same run with some of the same collections, the earlier one never left, whatever an older
database believes of it. What went into no later file was let go.

Files that were withdrawn without a rest show once their invoices were asked for anew: by a later attempt, while the
bank does not have the earlier one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

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
from connector.store.chunks import chunks
from connector.store.collection_rows import StoredCollection

_WHY = "withdrawn before it left, as the journal tells"
_UNSENT = frozenset({CollectionState.PROPOSED, CollectionState.APPROVED})
_LOOKED_UP = frozenset({EffectState.PENDING, EffectState.FAILED})
_NOT_SENT = _LOOKED_UP | {EffectState.UNKNOWN}


def withdrawn(sent: Iterable[SentFile]) -> dict[str, frozenset[str]]:
    """The files that never left, by message id, each with the collections in it that went into no later file."""
    of_run: dict[str, list[SentFile]] = {}
    for file in sent:
        of_run.setdefault(file.run, []).append(file)
    return {
        message_id: let_go
        for files in of_run.values()
        if len({file.number for file in files}) > 1
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
        elif known.state is not FileState.WRITTEN or not _leave(connection, work, file.message_id, _NOT_SENT):
            return
        else:
            bank_files.move(connection, known, FileState.WITHDRAWN, act, _WHY)
            collections.take_out_of_file(connection, file.message_id, act)
        _let_go(connection, work, let_go)
        record = bank_files.record_of(file.message_id)
        exceptions.close(connection, [record], ReasonCode.BANK_FILE_NOT_ADOPTED, act.at, act.by)
    count, total = (known.transactions, known.total) if known else (written.count, written.total)
    work.did(Step.SUBMIT, DeedCode.WITHDRAW_FILE, file=file.name, count=count, amount=total)


def rivals(connection: Connection, put_in: Iterable[StoredCollection]) -> list[StoredCollection]:
    """Earlier attempts that still hold what these collections ask for."""
    attempts = {(claim.invoice, claim.part): claim.attempt for one in put_in for claim in one.collection.claims}
    holding = [
        past.end_to_end_id
        for some in chunks({invoice for invoice, _ in attempts})
        for invoice, claims in collections.claims_on(connection, some).items()
        for past in claims
        if past.live and past.claim.attempt < attempts.get((invoice, past.claim.part), 0)
    ]
    return list(collections.find_many(connection, sorted(holding)).values())


def give_way(work: Work, connection: Connection, others: Iterable[StoredCollection]) -> None:
    """Let go of collections whose invoices were asked for by a later file: they never left, or it would not be.

    One whose file may be at the bank stays: it is looked up first.
    """
    for stored in others:
        file = bank_files.find(connection, stored.bank_file) if stored.bank_file else None
        if (
            file is not None
            and file.state is FileState.WRITTEN
            and _leave(connection, work, file.message_id, _LOOKED_UP)
        ):
            bank_files.move(connection, file, FileState.WITHDRAWN, work.act(), _WHY)
            collections.take_out_of_file(connection, file.message_id, work.act())
    _let_go(connection, work, [stored.collection.end_to_end_id for stored in others])


def _leave(connection: Connection, work: Work, message_id: str, states: Collection[EffectState]) -> bool:
    """Owe the bank the file no longer. Returns False if it was sent after all."""
    act = work.act()
    sending = effects.find(connection, submit.key_of(message_id))
    if sending is None or sending.state not in states:
        return False
    if effects.mark(connection, sending, EffectState.LEFT, act, error=_WHY) is None:
        return False
    for code in (ReasonCode.EFFECT_UNCERTAIN, ReasonCode.EFFECT_FAILED):
        exceptions.close(connection, [record_of(sending)], code, act.at, act.by)
    return True


def _let_go(connection: Connection, work: Work, let_go: Iterable[str]) -> None:
    unsent = [
        stored
        for stored in collections.find_many(connection, let_go).values()
        if stored.bank_file is None and stored.collection.state in _UNSENT
    ]
    for stored in unsent:
        cancel(connection, stored, work.act(), _WHY)
    collections.forgive(connection, [stored.collection.end_to_end_id for stored in unsent])
