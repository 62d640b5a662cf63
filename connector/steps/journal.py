"""The journal: files in the data folder that tell what went out and came in, should the database be put back.

- outgoing/NAME.jsonl beside each bank file: what was put into it, written before the file may be sent;
- notices/PASS.jsonl: what debtors were told, written before the mail may be sent;
- received/DIGEST.json beside each file of the bank: whose it is and what it was called.

Every line is one JSON object. The database is what counts; the journal is read after it was put back, and never else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from bankfiles.pain008 import Written
from bankfiles.pain008.model import Scheme, SequenceType
from connector.model.collection import Claim, Collection, CollectionState
from connector.model.customer import RecordKey
from connector.model.effect import Effect, EffectKind
from connector.model.notice import Notice
from connector.steps.work import Work
from connector.store import collections
from connector.store.chunks import chunks
from connector.store.collection_rows import StoredCollection
from connector.store.notices import PlannedNotice


@dataclass(frozen=True, slots=True)
class SentFile:
    """A bank file of ours as the journal tells it. `number`: of the pass that wrote it."""

    number: int
    message_id: str
    creditor: str
    run: str
    name: str
    sha256: str
    written_at: datetime
    path: Path


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the bank as the journal tells it. `number`: of the pass that read it."""

    number: int
    creditor: str
    name: str
    received_at: datetime
    path: Path


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A mail to a debtor with the notices in it."""

    number: int
    effect: Effect
    notices: tuple[PlannedNotice, ...]


def outgoing_folder(folder: Path) -> Path:
    """Where our files lie before and after the bank has them."""
    return _made(folder / "outgoing")


def received_folder(folder: Path) -> Path:
    """Where the bank's files are kept, each under its digest."""
    return _made(folder / "received")


def note_files(work: Work, creditor: str, run: str, written: Iterable[Written]) -> None:
    """Tell what was put into bank files of a run. Done before they may be sent."""
    for file in written:
        head = {
            "pass": work.number,
            "message_id": file.message_id,
            "creditor": creditor,
            "run": run,
            "name": file.name,
            "sha256": file.sha256,
            "written_at": work.act().at.isoformat(),
        }
        with work.store.reading() as connection:
            lines = (
                _collection_line(stored, file.batch_of[stored.collection.end_to_end_id])
                for some in chunks(file.batch_of)
                for stored in collections.find_many(connection, some).values()
            )
            put_whole(_beside(outgoing_folder(work.folder) / file.name), map(_line, chain([head], lines)))


def note_notice(work: Work, effect: Effect, notices: Iterable[PlannedNotice]) -> None:
    """Tell what a debtor is about to be told."""
    told = {
        "key": effect.key,
        "target": effect.target,
        "about": effect.about,
        "facts": dict(effect.facts),
        "notices": [_notice_line(one) for one in notices],
    }
    with (_made(work.folder / "notices") / f"{work.number:08}.jsonl").open("a", encoding="utf-8") as file:
        file.write(_line(told))


def note_received(work: Work, path: Path, creditor: str, name: str) -> None:
    """Tell whose file of the bank this is; the first time it came counts."""
    note = path.with_suffix(".json")
    if not note.exists():
        told = {"pass": work.number, "creditor": creditor, "name": name, "received_at": work.act().at.isoformat()}
        put_whole(note, [_line(told)])


def sent_files(folder: Path) -> Iterator[SentFile]:
    """All bank files of ours that the journal tells of."""
    for path in sorted((folder / "outgoing").glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            head = json.loads(file.readline())
        yield SentFile(
            number=head["pass"],
            message_id=head["message_id"],
            creditor=head["creditor"],
            run=head["run"],
            name=head["name"],
            sha256=head["sha256"],
            written_at=datetime.fromisoformat(head["written_at"]),
            path=path.with_name(head["name"]),
        )


def put_into(file: SentFile) -> Iterator[StoredCollection]:
    """The collections of a bank file, as they were when it was written."""
    with _beside(file.path).open(encoding="utf-8") as lines:
        lines.readline()
        for line in lines:
            yield _stored(file, json.loads(line))


def told_notices(folder: Path, since: int) -> Iterator[ToldNotice]:
    """What debtors were told since a pass."""
    for path in sorted((folder / "notices").glob("*.jsonl")):
        if int(path.stem) >= since:
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
                if line.endswith("\n"):  # else the pass died while it wrote it
                    yield _told(int(path.stem), json.loads(line))


def kept_files(folder: Path) -> Iterator[KeptFile]:
    """All files of the bank that were kept."""
    for note in sorted((folder / "received").glob("*.json")):
        told = json.loads(note.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(told["received_at"])
        yield KeptFile(told["pass"], told["creditor"], told["name"], at, note.with_suffix(""))


def put_whole(path: Path, lines: Iterable[str]) -> None:
    """Write a file so that it is there whole or not at all, and survives a power cut."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _beside(bank_file: Path) -> Path:
    return bank_file.with_suffix(".jsonl")


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False) + "\n"


def _collection_line(stored: StoredCollection, batch_id: str) -> dict[str, Any]:
    collection = stored.collection
    return {
        "end_to_end_id": collection.end_to_end_id,
        "batch_id": batch_id,
        "source": collection.customer.source,
        "customer": collection.customer.id,
        "mandate": collection.mandate_reference,
        "mandate_signed_on": stored.mandate_signed_on.isoformat(),
        "amount": str(collection.amount),
        "collection_date": collection.collection_date.isoformat(),
        "sequence_type": collection.sequence_type.value,
        "scheme": stored.scheme.value,
        "remittance": collection.remittance,
        "debtor_name": stored.debtor_name,
        "debtor_iban": stored.debtor_iban,
        "debtor_bic": stored.debtor_bic,
        "amended_from": stored.amended_from,
        "claims": [
            {
                "source": claim.invoice.source,
                "invoice": claim.invoice.id,
                "part": claim.part,
                "attempt": claim.attempt,
                "amount": str(claim.amount),
            }
            for claim in collection.claims
        ],
    }


def _stored(file: SentFile, told: dict[str, Any]) -> StoredCollection:
    claims = tuple(
        Claim(RecordKey(one["source"], one["invoice"]), one["part"], one["attempt"], Decimal(one["amount"]))
        for one in told["claims"]
    )
    collection = Collection(
        end_to_end_id=told["end_to_end_id"],
        creditor=file.creditor,
        customer=RecordKey(told["source"], told["customer"]),
        mandate_reference=told["mandate"],
        amount=Decimal(told["amount"]),
        collection_date=date.fromisoformat(told["collection_date"]),
        sequence_type=SequenceType(told["sequence_type"]),
        state=CollectionState.IN_FILE,
        remittance=told["remittance"],
        claims=claims,
    )
    return StoredCollection(
        collection=collection,
        run=file.run,
        scheme=Scheme(told["scheme"]),
        debtor_name=told["debtor_name"],
        debtor_iban=told["debtor_iban"],
        debtor_bic=told["debtor_bic"],
        mandate_signed_on=date.fromisoformat(told["mandate_signed_on"]),
        bank_file=file.message_id,
        batch_id=told["batch_id"],
        settled_on=None,
        reason_code=None,
        amended_from=told.get("amended_from"),
    )


def _notice_line(planned: PlannedNotice) -> dict[str, Any]:
    notice = planned.notice
    return {
        "key": planned.key,
        "creditor": planned.creditor,
        "channel": planned.channel,
        "source": notice.invoice.source,
        "invoice": notice.invoice.id,
        "part": notice.part,
        "mandate": notice.mandate_reference,
        "amount": str(notice.amount),
        "collection_date": notice.collection_date.isoformat(),
        "noticed_on": notice.noticed_on.isoformat(),
    }


def _told(number: int, told: dict[str, Any]) -> ToldNotice:
    effect = Effect(told["key"], EffectKind.MAIL_NOTICE, told["target"], told["about"], told["facts"])
    notices = tuple(
        PlannedNotice(
            key=one["key"],
            creditor=one["creditor"],
            channel=one["channel"],
            effect=effect.key,
            notice=Notice(
                invoice=RecordKey(one["source"], one["invoice"]),
                part=one["part"],
                mandate_reference=one["mandate"],
                amount=Decimal(one["amount"]),
                collection_date=date.fromisoformat(one["collection_date"]),
                noticed_on=date.fromisoformat(one["noticed_on"]),
                sent=False,
            ),
        )
        for one in told["notices"]
    )
    return ToldNotice(number, effect, notices)
