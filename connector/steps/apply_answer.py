"""Apply an answer: what a word of the bank does to a collection, its invoices, its mandate and the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bankfiles import reasons
from bankfiles.answers import Answer, AnswerKind, Scope
from bankfiles.reasons import MandateFate
from connector.errors import IllegalTransition
from connector.model.collection import FAILED_STATES, CollectionState
from connector.model.deed import DeedCode, Fact, Step
from connector.model.mandate import MandateState
from connector.model.reason import Reason, ReasonCode
from connector.steps import book
from connector.steps.matching import Match
from connector.steps.release import release_mandate
from connector.steps.work import Work
from connector.store import bank_files, collections, mandates
from connector.store.bank_files import BankFile, FileState
from connector.store.collection_rows import StoredCollection

_STATE_AFTER = {
    AnswerKind.ACCEPTED: CollectionState.ACCEPTED,
    AnswerKind.REJECTED: CollectionState.REJECTED,
    AnswerKind.SETTLED: CollectionState.SETTLED,
    AnswerKind.RETURNED: CollectionState.RETURNED,
    AnswerKind.REFUNDED: CollectionState.REFUNDED,
    AnswerKind.REVERSED: CollectionState.REVERSED,
}
_FURTHER_THAN_ACCEPTED = frozenset(
    {CollectionState.ACCEPTED, CollectionState.SETTLED, CollectionState.RETURNED, CollectionState.REFUNDED}
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an answer: whether anything changed, and which collections it contradicted."""

    changed: bool
    contradicted: tuple[StoredCollection, ...]


def apply(work: Work, connection: Connection, answer: Answer, found: Match) -> Applied:
    """Apply an answer to all that it is about. Returns what became of it.

    A collection that it contradicts stays as it is, and the others go on.
    """
    state = _STATE_AFTER.get(answer.kind)
    if state is None:
        return Applied(changed=False, contradicted=())
    changed = found.file is not None and _apply_to_file(work, connection, answer, found.file)
    if answer.kind is AnswerKind.REJECTED and answer.scope is not Scope.TRANSACTION:
        _show_file_rejected(work, connection, answer, found)
    contradicted = []
    for stored in found.collections:
        try:
            changed = _apply_to_collection(work, connection, answer, stored, state) or changed
        except IllegalTransition:
            contradicted.append(stored)
    return Applied(changed, tuple(contradicted))


def _apply_to_file(work: Work, connection: Connection, answer: Answer, file: BankFile) -> bool:
    """The bank took the whole file, or refused it."""
    state = {AnswerKind.ACCEPTED: FileState.ACCEPTED, AnswerKind.REJECTED: FileState.REJECTED}.get(answer.kind)
    if state is None or file.state is state:
        return False
    bank_files.move(connection, file, state, work.act(), _why(answer))
    return True


def _show_file_rejected(work: Work, connection: Connection, answer: Answer, found: Match) -> None:
    """A file, or a batch of it, was refused as a whole: one thing to look at, not one for each collection."""
    message_id = next((stored.bank_file for stored in found.collections if stored.bank_file), answer.message_id)
    facts = {"file": answer.batch_id or message_id or "", **_reason_facts(work, answer)}
    record = bank_files.record_of(message_id or "")
    work.show(connection, Step.RECONCILE, record, Reason(ReasonCode.BANK_FILE_REJECTED, facts))


def _apply_to_collection(
    work: Work, connection: Connection, answer: Answer, stored: StoredCollection, state: CollectionState
) -> bool:
    old = stored.collection.state
    if old is state or (state is CollectionState.ACCEPTED and old in _FURTHER_THAN_ACCEPTED):
        return False
    on = answer.booked_on or answer.value_on or work.installation.today()
    if state is CollectionState.SETTLED:
        return _settle(work, connection, answer, stored, on)
    if state in FAILED_STATES:
        _fail(work, connection, answer, stored, state, on)
        return True
    collections.move(connection, stored, state, work.act(), _why(answer))
    _tell(work, DeedCode.ACCEPTED, stored, amount=stored.collection.amount)
    return True


def _settle(work: Work, connection: Connection, answer: Answer, stored: StoredCollection, on: date) -> bool:
    """The money is there: book it. If the bank took it back before it told us, only the day is noted."""
    if stored.collection.state in (CollectionState.RETURNED, CollectionState.REFUNDED, CollectionState.REVERSED):
        collections.note_settlement(connection, stored.collection.end_to_end_id, on)
        return stored.settled_on is None
    collections.move(connection, stored, CollectionState.SETTLED, work.act(), _why(answer), settled_on=on)
    book.settled(work, connection, stored, on, answer.bank_reference or "")
    _tell(work, DeedCode.SETTLED, stored, amount=stored.collection.amount)
    return True


def _fail(
    work: Work,
    connection: Connection,
    answer: Answer,
    stored: StoredCollection,
    state: CollectionState,
    on: date,
) -> None:
    """No money, or no more money: open the invoice again, and stop the mandate if the reason asks for it."""
    code = answer.reason.code if answer.reason else ""
    why = _why(answer)
    collections.move(connection, stored, state, work.act(), why, ended_on=on, reason_code=code or None)
    said = _reason_facts(work, answer)
    book.taken_back(work, connection, stored, on, charges=answer.charges, **said)
    if state is CollectionState.REJECTED:
        release_mandate(connection, stored, work.act(), why)
    facts = {
        "end_to_end_id": stored.collection.end_to_end_id,
        "customer": stored.debtor_name,
        "open_amount": str(stored.collection.amount),
        **said,
    }
    rejected = state is CollectionState.REJECTED
    deed = DeedCode.REJECTED if rejected else DeedCode.RETURNED
    _tell(work, deed, stored, amount=stored.collection.amount, **said)
    reason = ReasonCode.COLLECTION_REJECTED if rejected else ReasonCode.COLLECTION_RETURNED
    if answer.scope is Scope.TRANSACTION or not rejected:
        record = collections.record_of(stored.collection.end_to_end_id)
        work.show(connection, Step.RECONCILE, record, Reason(reason, facts))
    _stop_mandate(work, connection, stored, code)


def _stop_mandate(work: Work, connection: Connection, stored: StoredCollection, code: str) -> None:
    """Suspend or end the mandate if the reason says that it can't go on like this."""
    fate = reasons.meaning(code).mandate if code else MandateFate.KEPT
    mandate = mandates.find(connection, stored.collection.mandate_reference, stored.collection.creditor)
    state = MandateState.SUSPENDED if fate is MandateFate.SUSPENDED else MandateState.CANCELLED
    going_on = (MandateState.ACTIVE, MandateState.SUSPENDED)
    if mandate is None or fate is MandateFate.KEPT or mandate.state not in going_on or mandate.state is state:
        return
    mandates.change(connection, mandate, mandate.moved(state), work.act(), code)
    work.did(
        Step.RECONCILE,
        DeedCode.MANDATE_CHANGED,
        customer=mandate.debtor_name,
        mandate=mandate.reference,
        state=state.value,
    )


def _reason_facts(work: Work, answer: Answer) -> dict[str, str]:
    """The reason in the finance user's language; the bank's own text behind it."""
    if answer.reason is None or not answer.reason.code:
        return {"reason_code": "", "reason_text": answer.reason.text if answer.reason else ""}
    meaning = reasons.meaning(answer.reason.code)
    own = meaning.text.get(work.installation.language.value, meaning.text["en"])
    text = f"{own} ({answer.reason.text})" if answer.reason.text else own
    return {"reason_code": answer.reason.code, "reason_text": text}


def _why(answer: Answer) -> str:
    """For the history: the bank's status word, reason code and reference."""
    code = answer.reason.code if answer.reason else ""
    return " ".join(part for part in (answer.status, code, answer.bank_reference or "") if part)


def _tell(work: Work, code: DeedCode, stored: StoredCollection, **facts: Fact) -> None:
    work.did(
        Step.RECONCILE,
        code,
        customer=stored.debtor_name,
        number=stored.collection.remittance,
        end_to_end_id=stored.collection.end_to_end_id,
        **facts,
    )
