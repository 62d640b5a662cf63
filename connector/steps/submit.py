"""Submit: turn approved collections into bank files, and owe the bank those files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from bankfiles.calendar import earliest_collection_date
from bankfiles.pain008 import Finding, Header, NothingToWrite, Severity, Written, write_files
from bankfiles.pain008.model import Address
from bankfiles.pain008.model import Collection as FileCollection
from bankfiles.pain008.model import Creditor as FileCreditor
from bankfiles.profiles import load_profile
from connector.errors import Fatal
from connector.model.collection import CollectionState
from connector.model.creditor import Creditor
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect, EffectKind
from connector.model.reason import Reason, ReasonCode
from connector.ports import OutgoingFile
from connector.steps.journal import note_files, outgoing_folder
from connector.steps.release import cancel
from connector.steps.work import Progress, Work
from connector.store import bank_files, collections, effects, mandates, runs
from connector.store.bank_files import FileState
from connector.store.collections import StoredCollection
from connector.store.history import Act
from connector.store.runs import Run


def run(work: Work) -> None:
    """Write the files of every run that was approved."""
    with work.store.reading() as connection:
        waiting = runs.to_submit(connection)
    for approved in waiting:
        _cancel_late(work, approved)
        _write(work, approved)
        work.check_stop()


def _cancel_late(work: Work, approved: Run) -> None:
    """Let go of collections whose day can no longer be met; their invoices get a new notice and a new day."""
    earliest = earliest_collection_date(work.installation.today(), work.installation.rules.collect.lead_days)
    with work.store.transaction() as connection:
        late = collections.ids_where(connection, run=approved.id, before=earliest, states=[CollectionState.APPROVED])
        collections.forgive(connection, late)
        for stored in collections.find_many(connection, late).values():
            cancel(connection, stored, work.act(), "too late for its collection date")
            work.did(
                Step.SUBMIT,
                DeedCode.CANCEL_LATE,
                customer=stored.debtor_name,
                number=stored.collection.remittance,
                collection_date=stored.collection.collection_date,
            )


def _write(work: Work, approved: Run) -> None:
    """Write the files on our disk, then note in one transaction what went into them and that they are owed."""
    installation, act = work.installation, work.act()
    creditor = installation.creditors[approved.creditor]
    folder = outgoing_folder(work.folder)
    try:
        with work.store.reading() as connection:
            written = write_files(
                Header(message_id=approved.id, created_at=act.at, initiating_party=creditor.name),
                _for_file(work, creditor, collections.approved_of(connection, approved.id)),
                folder,
                profile=load_profile(installation.banks[creditor.id].profile),
                keep_batch_of=True,
            )
    except NothingToWrite as nothing:
        with work.store.transaction() as connection:
            _keep_out(work, connection, nothing.findings)
        return
    note_files(work, approved.creditor, approved.id, written)
    with work.store.transaction() as connection:
        _keep_out(work, connection, [one for file in written for one in file.findings])
        for file in written:
            bank_files.add(connection, file, creditor.id, approved.id, act)
            effects.owe(connection, sending(work, creditor, file), act.at)
        collections.put_in_file(connection, approved.id, _file_of(written), act)
    for file in written:
        work.did(Step.SUBMIT, DeedCode.WRITE_FILE, file=file.name, count=file.count, amount=file.total)


def _file_of(written: Sequence[Written]) -> dict[str, tuple[str, str]]:
    return {
        end_to_end_id: (file.message_id, batch_id)
        for file in written
        for end_to_end_id, batch_id in file.batch_of.items()
    }


def _for_file(work: Work, creditor: Creditor, approved: Iterable[StoredCollection]) -> Iterator[FileCollection]:
    """The collections in the words of the bank file."""
    address = creditor.address
    party = FileCreditor(
        name=creditor.name,
        identifier=creditor.identifier,
        iban=creditor.iban,
        bic=creditor.bic,
        address=Address(country=address.country, town=address.town, postcode=address.postcode, street=address.street),
    )
    for number, stored in enumerate(approved, start=1):
        collection = stored.collection
        yield FileCollection(
            end_to_end_id=collection.end_to_end_id,
            amount=collection.amount,
            collection_date=collection.collection_date,
            sequence_type=collection.sequence_type,
            scheme=stored.scheme,
            creditor=party,
            mandate_reference=collection.mandate_reference,
            mandate_signed_on=stored.mandate_signed_on,
            debtor_name=stored.debtor_name,
            debtor_iban=stored.debtor_iban,
            debtor_bic=stored.debtor_bic,
            remittance=collection.remittance,
        )
        if number % 1000 == 0:
            work.progress(Progress(Step.SUBMIT, creditor.name, number))


def sending(work: Work, creditor: Creditor, file: Written) -> Effect:
    """The change that is owed to the bank with a file."""
    return Effect(
        key=f"send_file:{file.message_id}",
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


class SendFile:
    """Effect: hand a bank file over."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Hand it over; the channel does nothing if it has it already."""
        file = _on_disk(effect, work)
        return work.installation.banks[effect.facts["creditor"]].channel.send(file)

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether the bank's side has it, whole."""
        file = _on_disk(effect, work)
        return work.installation.banks[effect.facts["creditor"]].channel.look_up(file.name, file.sha256)

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Its collections are submitted, and their mandates were used on the collection date."""
        file = bank_files.find(connection, effect.facts["message_id"])
        if file is None:
            raise LookupError(f"The file of effect {effect.key} is gone from the database.")
        if file.state is FileState.WRITTEN:
            bank_files.move(connection, file, FileState.SUBMITTED, act, result)
        collections.submit_file(connection, file.message_id, act)
        mandates.used_in_file(connection, file.message_id)
        work.did(Step.SUBMIT, DeedCode.SEND_FILE, file=file.name, count=file.transactions, amount=file.total)


def _on_disk(effect: Effect, work: Work) -> OutgoingFile:
    with work.store.reading() as connection:
        file = bank_files.find(connection, effect.facts["message_id"])
    path = outgoing_folder(work.installation.folder) / (file.name if file else "")
    if file is None or not path.is_file():
        raise Fatal(
            f"The bank file {path.name} was written, but is gone from our disk.",
            where=str(path),
            remedy="Put it back from the backup that belongs to the database. Never write it anew by hand.",
        )
    return OutgoingFile(file.name, path, file.sha256)
