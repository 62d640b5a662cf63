"""Replay: take up again what the journal tells and the database does not know, in the order in which it happened.

What is known already is left alone, so this may be done as often as wanted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from connector.engine import forgotten_mandates
from connector.engine.bare_files import Untraceable, bare_files, traced
from connector.engine.outbox import clear_up
from connector.engine.withdrawn_files import give_way, rivals, withdraw, withdrawn
from connector.model.collection import CollectionState
from connector.model.deed import DeedCode, Step
from connector.model.reason import Reason, ReasonCode
from connector.steps import journal, reconcile, submit
from connector.steps.journal import KeptFile, SentFile, ToldNotice
from connector.steps.work import Work
from connector.store import adoption, bank_files, collections, effects, exceptions, notices
from connector.store.collection_rows import StoredCollection

_UNSENT = frozenset({CollectionState.PROPOSED, CollectionState.APPROVED})
_ORDER: Mapping[type, int] = {ToldNotice: 0, SentFile: 1, KeptFile: 2}
"""Of what one pass did."""


def replay(work: Work, since: int) -> None:
    """Take up all that the journal tells.

    Args:
        since: the newest pass that the database knew; what debtors were told before it is known.
    """
    folder = work.installation.folder
    sent = list(journal.sent_files(folder))
    let_go_of = withdrawn(sent)
    told: list[ToldNotice | SentFile | KeptFile] = [
        *journal.told_notices(folder, since),
        *sent,
        *unread_files(work),
    ]
    for item in sorted(told, key=lambda item: (item.number, _ORDER[type(item)])):
        match item:
            case ToldNotice():
                _adopt_notice(work, item)
            case SentFile() if item.message_id in let_go_of:
                withdraw(work, item, let_go_of[item.message_id])
            case SentFile():
                _adopt_file(work, item)
            case KeptFile():
                reconcile.apply_kept(work, item.creditor, item.name, item.path, item.path.name)
        work.check_stop()
    for path in bare_files(folder):
        _adopt_bare(work, path)
    forgotten_mandates.take_up(work)


def unknown_files(work: Work) -> list[SentFile]:
    """Bank files of ours that the journal tells and the database does not know."""
    sent = list(journal.sent_files(work.installation.folder))
    with work.store.reading() as connection:
        known = bank_files.known(connection, [file.message_id for file in sent])
    return [file for file in sent if file.message_id not in known and _is_as_written(file)]


def unread_files(work: Work) -> Iterator[KeptFile]:
    """Files of the bank that were kept, of creditors that we still have, and that the database does not know."""
    kept = {file.path.name: file for file in journal.kept_files(work.installation.folder) if file.path.is_file()}
    with work.store.reading() as connection:
        known = bank_files.known_received(connection, list(kept))
    return (
        file
        for sha256, file in kept.items()
        if sha256 not in known and file.creditor in work.installation.banks and _digest(file.path) == sha256
    )


def _adopt_notice(work: Work, told: ToldNotice) -> None:
    """The mail is looked up by its key; if it left, its day of notice is the one of then."""
    noticed_on = next((planned.notice.noticed_on for planned in told.notices), None)
    if noticed_on is None:
        return
    effect = replace(told.effect, facts={**told.effect.facts, "noticed_on": noticed_on.isoformat()})
    with work.store.transaction() as connection:
        if effects.owe(connection, effect, work.act().at):
            notices.add(connection, told.notices)


def _adopt_file(work: Work, file: SentFile) -> None:
    """Put a bank file into the database; it is looked up at the bank, and sent only if it surely is not there."""
    with work.store.reading() as connection:
        if bank_files.find(connection, file.message_id) is not None:
            return None
    if not file.path.is_file():
        return _show(work, file, f"{file.path} is gone from our disk.")
    if not _is_as_written(file):
        return None
    if file.creditor not in work.installation.creditors:
        return _show(work, file, f"The creditor {file.creditor} is no longer in the configuration.")
    return _put_in(work, file, list(journal.put_into(file)))


def _adopt_bare(work: Work, path: Path) -> None:
    """Put a bank file without a journal into the database: it was fetched back from the bank."""
    with work.store.reading() as connection:
        if bank_files.find(connection, path.stem) is not None:
            return
    file = SentFile(0, path.stem, "", path.stem, path.name, _digest(path), work.act().at, path)
    try:
        put_in = traced(work, path)
    except Untraceable as error:
        _show(work, file, str(error))
    else:
        _put_in(work, replace(file, creditor=put_in[0].collection.creditor), put_in)


def _put_in(work: Work, file: SentFile, put_in: Sequence[StoredCollection]) -> None:
    written = adoption.written_of(file.message_id, file.name, file.sha256, put_in)
    act = work.act()
    with work.store.reading() as connection:
        others = rivals(connection, put_in)
    if others:
        clear_up(work, Step.SUBMIT)
    try:
        with work.store.transaction() as connection:
            known = collections.find_many(connection, (stored.collection.end_to_end_id for stored in put_in))
            if any(_went_elsewhere(stored) for stored in known.values()):
                return None
            give_way(work, connection, others)
            adoption.adopt_file(connection, written, file.run, put_in, act)
            creditor = work.installation.creditors[file.creditor]
            effects.owe(connection, submit.sending(work, creditor, written), act.at)
            record = bank_files.record_of(file.message_id)
            exceptions.close(connection, [record], ReasonCode.BANK_FILE_NOT_ADOPTED, act.at, act.by)
    except IntegrityError as error:
        return _show(work, file, str(error.orig))
    work.did(Step.SUBMIT, DeedCode.ADOPT_FILE, file=file.name, count=written.count, amount=written.total)
    return None


def _is_as_written(file: SentFile) -> bool:
    """Whether the file is the one that the journal tells. Else a pass died while it wrote it anew: it never left."""
    return file.path.is_file() and _digest(file.path) == file.sha256


def _went_elsewhere(stored: StoredCollection) -> bool:
    """Whether a collection is in another file or was let go: a pass that died wrote this one, and it is stale."""
    return stored.bank_file is not None or stored.collection.state not in _UNSENT


def _show(work: Work, file: SentFile, why: str) -> None:
    reason = Reason(ReasonCode.BANK_FILE_NOT_ADOPTED, {"file": file.name, "why": why})
    with work.store.transaction() as connection:
        work.show(connection, Step.SUBMIT, bank_files.record_of(file.message_id), reason)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
