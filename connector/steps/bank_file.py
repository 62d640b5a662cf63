"""Bank file: the collections of a run as a pain.008 on our disk. The same collections give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from bankfiles.pain008 import Amendment, Header, Written, write_files
from bankfiles.pain008.model import Address
from bankfiles.pain008.model import Collection as FileCollection
from bankfiles.pain008.model import Creditor as FileCreditor
from bankfiles.profiles import load_profile
from connector.model.creditor import Creditor
from connector.model.deed import Step
from connector.steps.work import Progress, Work
from connector.store.collection_rows import StoredCollection

_ANOTHER_ACCOUNT = Amendment(same_mandate_new_account=True)  # SMNDA: at the same bank or at another


def outgoing_folder(folder: Path) -> Path:
    """Where our files lie before and after the bank has them."""
    outgoing = folder / "outgoing"
    outgoing.mkdir(parents=True, exist_ok=True)
    return outgoing


def written(
    work: Work,
    creditor: Creditor,
    message_id: str,
    created_at: datetime,
    chosen: Iterable[StoredCollection],
    folder: Path,
) -> list[Written]:
    """Write files of these collections into a folder; they appear there when all are complete.

    Raises:
        NothingToWrite: the scheme's checks keep out all of them.
    """
    return write_files(
        Header(message_id=message_id, created_at=created_at, initiating_party=creditor.name),
        _for_file(work, creditor, chosen),
        folder,
        profile=load_profile(work.installation.banks[creditor.id].profile),
        keep_batch_of=True,
    )


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
            amendment=_ANOTHER_ACCOUNT if stored.amended_from else None,
            remittance=collection.remittance,
        )
        if number % 1000 == 0:
            work.progress(Progress(Step.SUBMIT, creditor.name, number))
