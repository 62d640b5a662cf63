"""Send: the effect that hands a bank file over, exactly as it was noted when it was written."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from sqlalchemy import Connection

from connector.errors import NotYet, Skippable
from connector.installation import Bank
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect
from connector.ports import OutgoingFile
from connector.steps import book
from connector.steps.bank_file import outgoing_folder, written
from connector.steps.work import Work
from connector.store import bank_files, collections, mandates
from connector.store.bank_files import BankFile, FileState
from connector.store.history import Act


class SendFile:
    """Effect: hand a bank file over."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Hand it over, if it was held against the packages in this pass; a channel that has it does nothing."""
        if effect.facts["creditor"] not in work.rechecked:
            raise NotYet(
                "Nobody could see whether its invoices are still open.",
                where=f"effect {effect.key}",
                remedy="It leaves with the next pass that reaches the accounting package.",
            )
        return _bank_of(effect, work).channel.send(_on_disk(effect, work))

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether the bank's side has it, whole."""
        file = _noted(effect, work)
        return _bank_of(effect, work).channel.look_up(file.name, file.sha256)

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Its collections are submitted, and their mandates were used on the collection date."""
        file = bank_files.find(connection, effect.facts["message_id"])
        if file is None:
            raise LookupError(f"The file of effect {effect.key} is gone from the database.")
        if file.state is FileState.WRITTEN:
            bank_files.move(connection, file, FileState.SUBMITTED, act, result)
        collections.submit_file(connection, file.message_id, act)
        book.submitted(work, connection, file.message_id)
        mandates.used_in_file(connection, file.message_id)
        work.did(Step.SUBMIT, DeedCode.SEND_FILE, file=file.name, count=file.transactions, amount=file.total)


def _bank_of(effect: Effect, work: Work) -> Bank:
    bank = work.installation.banks.get(effect.facts["creditor"])
    if bank is None:
        raise Skippable(
            f"The creditor {effect.facts['creditor']} has no bank in the configuration any more.",
            where=f"effect {effect.key}",
            remedy="Put the creditor back.",
        )
    return bank


def _noted(effect: Effect, work: Work) -> BankFile:
    with work.store.reading() as connection:
        file = bank_files.find(connection, effect.facts["message_id"])
    if file is None:
        raise LookupError(f"The file of effect {effect.key} is gone from the database.")
    return file


def _on_disk(effect: Effect, work: Work) -> OutgoingFile:
    """The file on our disk. One that is gone is written anew, if that gives the same bytes; a changed one never leaves.

    Raises:
        Skippable: it is not the file that was noted.
    """
    file = _noted(effect, work)
    path = outgoing_folder(work.folder) / file.name
    if not path.is_file():
        _write_anew(work, file, path)
    if _sha256(path) != file.sha256:
        raise Skippable(
            f"The bank file {file.name} was changed on our disk after it was written, so it is not sent.",
            where=str(path),
            remedy="Find out who changed it. Then delete it there: it is written anew as it was.",
        )
    return OutgoingFile(file.name, path, file.sha256)


def _write_anew(work: Work, file: BankFile, path: Path) -> None:
    """Write a file that is gone once more, with those that were written with it.

    Raises:
        Skippable: what comes out is another file: the creditor or the bank profile was changed since.
    """
    creditor = work.installation.creditors[file.creditor]
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".anew-") as folder, work.store.reading() as connection:
        others = bank_files.of_run(connection, file.run)
        together = [one.message_id for one in others if one.created_at == file.created_at]
        chosen = collections.in_files(connection, together)
        written(work, creditor, min(together, key=len), file.created_at, chosen, Path(folder))
        anew = Path(folder) / file.name
        if not anew.is_file() or _sha256(anew) != file.sha256:
            raise Skippable(
                f"The bank file {file.name} is gone from our disk, and writing it anew gives another one.",
                where=str(path),
                remedy="Put it back from the backup that belongs to the database.",
            )
        anew.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
