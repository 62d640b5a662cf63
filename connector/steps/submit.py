"""Submit: turn approved collections into bank files, and owe the bank those files.

Nothing leaves before it was checked against what the package says now, and nothing that is not as it was approved.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from bankfiles.calendar import earliest_collection_date
from bankfiles.pain008 import Finding, NothingToWrite, Severity, Written
from connector.errors import Fatal
from connector.model.collection import CollectionState
from connector.model.creditor import Creditor
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.reason import Reason, ReasonCode
from connector.steps.bank_file import outgoing_folder, written
from connector.steps.journal import note_files
from connector.steps.recheck import leave_out, reread
from connector.steps.release import cancel
from connector.steps.work import Work
from connector.store import bank_files, collections, effects, exceptions, runs, stale
from connector.store.bank_files import BankFile, FileState
from connector.store.history import RecordKind, record_name
from connector.store.runs import Run


def run(work: Work) -> None:
    """Write the files of every run that was approved, and of what is left of files that may not leave any more."""
    for creditor in work.installation.creditors.values():
        with work.store.reading() as connection:
            unsent = bank_files.unsent(connection, creditor.id)
            waiting = runs.to_submit(connection, creditor.id)
        if not (unsent or waiting) or not reread(work, creditor.id):
            continue
        work.rechecked.add(creditor.id)
        for file in unsent:
            _withdraw_if_stale(work, file)
        with work.store.reading() as connection:
            waiting = runs.to_submit(connection, creditor.id)
        for approved in waiting:
            if _is_as_approved(work, approved):
                _cancel_late(work, approved)
                _leave_out_stale(work, approved)
                _write(work, creditor, approved)
            work.check_stop()


def _withdraw_if_stale(work: Work, file: BankFile) -> None:
    """A file that did not leave, and in which something is wrong by now, never leaves: its rest is written anew."""
    act = work.act()
    with work.store.transaction() as connection:
        late = collections.ids_where(
            connection, bank_file=file.message_id, before=_earliest(work), states=[CollectionState.IN_FILE]
        )
        if not late and not stale.of_file(connection, file.message_id):
            return
        sending = effects.find(connection, key_of(file.message_id))
        why = "withdrawn before it left"
        if sending is None or not effects.mark(connection, sending, EffectState.LEFT, act, error=why):
            return
        bank_files.move(connection, file, FileState.WITHDRAWN, act, why)
        collections.take_out_of_file(connection, file.message_id, act)
    work.did(Step.SUBMIT, DeedCode.WITHDRAW_FILE, file=file.name, count=file.transactions, amount=file.total)


def _is_as_approved(work: Work, approved: Run) -> bool:
    """Whether a run still is what was proposed. If not, somebody changed it beside us: a person must look."""
    record, act = record_name(RecordKind.RUN, approved.id), work.act()
    with work.store.transaction() as connection:
        if runs.is_as_proposed(connection, approved.id):
            exceptions.close(connection, [record], ReasonCode.RUN_CHANGED, act.at, act.by)
            return True
        work.show(connection, Step.SUBMIT, record, Reason(ReasonCode.RUN_CHANGED, {"run": approved.id}))
    return False


def _earliest(work: Work) -> date:
    return earliest_collection_date(work.installation.today(), work.installation.rules.collect.lead_days)


def _cancel_late(work: Work, approved: Run) -> None:
    """Let go of collections whose day can no longer be met; their invoices get a new notice and a new day."""
    approved_ones = [CollectionState.APPROVED]
    with work.store.transaction() as connection:
        late = collections.ids_where(connection, run=approved.id, before=_earliest(work), states=approved_ones)
        for stored in collections.find_many(connection, late).values():
            cancel(connection, stored, work.act(), "too late for its collection date")
            work.did(
                Step.SUBMIT,
                DeedCode.CANCEL_LATE,
                customer=stored.debtor_name,
                number=stored.collection.remittance,
                collection_date=stored.collection.collection_date,
            )
        collections.forgive(connection, late)


def _leave_out_stale(work: Work, approved: Run) -> None:
    """Let go of collections whose invoice or mandate is not what it was when they were proposed."""
    with work.store.reading() as connection:
        changed = stale.of_run(connection, approved.id)
    if changed:
        with work.store.transaction() as connection:
            leave_out(work, connection, changed)


def _write(work: Work, creditor: Creditor, approved: Run) -> None:
    """Write the files on our disk, then note in one transaction what went into them and that they are owed."""
    act, folder = work.act(), outgoing_folder(work.folder)
    try:
        with work.store.reading() as connection:
            message_id = _message_id(connection, approved)
            chosen = collections.approved_of(connection, approved.id)
            files = written(work, creditor, message_id, act.at, chosen, folder)
    except NothingToWrite as nothing:
        with work.store.transaction() as connection:
            _keep_out(work, connection, nothing.findings)
        return
    _sync(folder)
    note_files(work, approved.creditor, approved.id, files)
    with work.store.transaction() as connection:
        _keep_out(work, connection, [one for file in files for one in file.findings])
        for file in files:
            bank_files.add(connection, file, creditor.id, approved.id, act)
            effects.owe(connection, sending(work, creditor, file), act.at)
        put = collections.put_in_file(connection, approved.id, _file_of(files), act)
        if put != sum(file.count for file in files):
            raise Fatal(
                f"Somebody cancelled collections of run {approved.id} while its file was written; it is not sent.",
                where=f"run {approved.id}",
                remedy="The next pass writes the file anew.",
            )
    for file in files:
        work.did(Step.SUBMIT, DeedCode.WRITE_FILE, file=file.name, count=file.count, amount=file.total)


def _message_id(connection: Connection, approved: Run) -> str:
    """The run's own name; if files of it were withdrawn, one that none of them had."""
    before = len(bank_files.of_run(connection, approved.id))
    return f"{approved.id}.{before + 1}" if before else approved.id


def _sync(folder: Path) -> None:
    """The names of new files are on the disk as well, not only their content."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _file_of(written: Sequence[Written]) -> dict[str, tuple[str, str]]:
    return {
        end_to_end_id: (file.message_id, batch_id)
        for file in written
        for end_to_end_id, batch_id in file.batch_of.items()
    }


def key_of(message_id: str) -> str:
    """Key of the effect that sends a file."""
    return f"{EffectKind.SEND_FILE}:{message_id}"


def sending(work: Work, creditor: Creditor, file: Written) -> Effect:
    """The change that is owed to the bank with a file."""
    return Effect(
        key=key_of(file.message_id),
        kind=EffectKind.SEND_FILE,
        target=work.installation.banks[creditor.id].channel.name,
        about=bank_files.record_of(file.message_id),
        facts={"message_id": file.message_id, "creditor": creditor.id},
    )


def _keep_out(work: Work, connection: Connection, findings: Sequence[Finding]) -> None:
    """Collections that the scheme's checks refuse are cancelled, and shown with what to do."""
    refused: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.end_to_end_id:
            refused.setdefault(finding.end_to_end_id, []).append(finding)
    for end_to_end_id, stored in collections.find_many(connection, refused).items():
        faults = refused[end_to_end_id]
        cancel(connection, stored, work.act(), ", ".join(sorted({fault.code for fault in faults})))
        facts = {
            "end_to_end_id": end_to_end_id,
            "customer": stored.debtor_name,
            "why": " ".join(fault.message for fault in faults),
            "remedy": " ".join(dict.fromkeys(fault.remedy for fault in faults)),
        }
        reason = Reason(ReasonCode.COLLECTION_REFUSED_BY_CHECK, facts)
        work.show(connection, Step.SUBMIT, collections.record_of(end_to_end_id), reason)
