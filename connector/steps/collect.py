"""Collect: propose a collection for every invoice that is due, announced and covered by a mandate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from bankfiles.pain008.model import SequenceType
from connector.installation import Source
from connector.model.collection import CollectionState, new_claim, new_collection, sequence_type_for
from connector.model.customer import RecordKey
from connector.model.deed import DeedCode, Step
from connector.model.derived import end_to_end_id
from connector.model.invoice import Invoice
from connector.model.mandate import MandateState, MandateType
from connector.model.reason import Reason, ReasonCode
from connector.model.rules import NoticeChannel
from connector.steps.eligibility import Action, InvoiceFacts, Terms, Verdict, judge, terms_on
from connector.steps.invoice_facts import gather
from connector.steps.work import Progress, Work
from connector.store import amendments, attention, collections, exceptions, invoices, mandates, runs
from connector.store.collection_rows import StoredCollection, new_stored
from connector.store.history import RecordKind, record_name
from connector.store.runs import Run

_REMITTANCE_MAX = 140
_ON_ONE_PART = 1
_WORTH_A_LOOK = frozenset({ReasonCode.AMOUNT_OUT_OF_RANGE, ReasonCode.MANDATE_UNKNOWN})


def run(work: Work) -> None:
    """Propose one run per creditor, and approve it unless a person has to."""
    for creditor in work.installation.creditors:
        sources = [source for source in work.installation.sources.values() if source.creditor == creditor]
        for source in sources:
            _propose_source(work, source)
            _look_again(work, source)
        _finish_runs(work, creditor)


def _propose_source(work: Work, source: Source) -> None:
    """Walk the invoices that may be collected; each batch is claimed in one transaction."""
    rules = work.installation.rules
    terms = terms_on(work.installation.today(), rules)
    done, after = 0, None
    while True:
        with work.store.transaction() as connection:
            batch = invoices.to_collect(
                connection,
                source.name,
                due_until=terms.collected_until,
                collected_until=terms.collected_until,
                attempts=rules.collect.attempts,
                with_notices=rules.notify.channel is NoticeChannel.MAIL,
                after=after,
            )
            _propose(work, connection, source, batch, terms)
        if not batch:
            return
        after, done = invoices.place_of(batch[-1]), done + len(batch)
        work.progress(Progress(Step.COLLECT, source.name, done))
        work.check_stop()


def _propose(work: Work, connection: Connection, source: Source, batch: Sequence[Invoice], terms: Terms) -> None:
    act = work.act()
    to_collect: list[tuple[InvoiceFacts, Verdict]] = []
    for facts in gather(connection, batch):
        verdict = judge(facts, source.creditor, terms)
        if verdict.action is Action.COLLECT:
            to_collect.append((facts, verdict))
        elif verdict.reason.code in _WORTH_A_LOOK:
            _show(work, connection, facts.invoice, verdict.reason)
    if not to_collect:
        return
    current = runs.begin_or_resume(connection, source.creditor, terms.today, act)
    known = _known_accounts(connection, source, [verdict for _, verdict in to_collect])
    proposed = []
    for facts, verdict in to_collect:
        stored = _collection(facts, verdict, current, known)
        if _takes_its_mandate(connection, stored, work):
            proposed.append(stored)
    collections.propose(connection, proposed, act)
    for stored in proposed:
        _tell(work, stored)


def _look_again(work: Work, source: Source) -> None:
    """What is shown of an invoice and no longer so is over, also where no mandate is left to collect it under."""
    terms, act = terms_on(work.installation.today(), work.installation.rules), work.act()
    of_source = record_name(RecordKind.INVOICE, f"{source.name}/")
    with work.store.transaction() as connection:
        for record, reason in attention.shown(connection, _WORTH_A_LOOK):
            key = RecordKey(source.name, record.removeprefix(of_source))
            invoice = invoices.find(connection, key) if record.startswith(of_source) else None
            for facts in gather(connection, [invoice] if invoice else []):
                if judge(facts, source.creditor, terms).reason.code is not reason.code:
                    exceptions.close(connection, [record], reason.code, act.at, act.by)


def _known_accounts(connection: Connection, source: Source, verdicts: Sequence[Verdict]) -> Mapping[str, str]:
    """The accounts that the debtors' banks know of mandates that were amended, by mandate reference."""
    amended = {verdict.mandate.reference for verdict in verdicts if verdict.mandate and verdict.mandate.amended}
    return amendments.known_accounts(connection, source.creditor, sorted(amended))


def _collection(
    facts: InvoiceFacts, verdict: Verdict, current: Run, known_accounts: Mapping[str, str]
) -> StoredCollection:
    invoice = facts.invoice
    mandate, collection_date = verdict.settled_terms
    if mandate.iban is None or mandate.signed_on is None:
        raise ValueError(f"Mandate {mandate.reference} was found usable without an IBAN or a signature.")
    known = known_accounts.get(mandate.reference, mandate.iban)
    attempt = 1 + max([past.claim.attempt for past in facts.claims], default=0)
    claim = new_claim(invoice.key, _ON_ONE_PART, attempt, invoice.open_amount)
    collection = new_collection(
        end_to_end_id=end_to_end_id(invoice.key, invoice.number, claim.part, attempt),
        creditor=mandate.creditor,
        customer=invoice.customer,
        mandate_reference=mandate.reference,
        amount=claim.amount,
        collection_date=collection_date,
        sequence_type=sequence_type_for(mandate.type),
        state=CollectionState.PROPOSED,
        remittance=(invoice.reference or invoice.number)[:_REMITTANCE_MAX],
        claims=(claim,),
    )
    return new_stored(
        collection=collection,
        run=current.id,
        scheme=mandate.scheme,
        debtor_name=mandate.debtor_name,
        debtor_iban=mandate.iban,
        debtor_bic=mandate.bic,
        mandate_signed_on=mandate.signed_on,
        bank_file=None,
        batch_id=None,
        settled_on=None,
        reason_code=None,
        amended_from=known if known != mandate.iban else None,
    )


def _takes_its_mandate(connection: Connection, stored: StoredCollection, work: Work) -> bool:
    """Mark a one-off mandate as spent by its one collection. False if another collection was faster."""
    if stored.collection.sequence_type is not SequenceType.ONE_OFF:
        return True
    mandate = mandates.find(connection, stored.collection.mandate_reference, stored.collection.creditor)
    if mandate is None or mandate.state is not MandateState.ACTIVE:
        return False
    mandates.change(connection, mandate, mandate.moved(MandateState.SPENT), work.act(), MandateType.ONE_OFF.value)
    return True


def _finish_runs(work: Work, creditor: str) -> None:
    """The run is complete. Without a rule that a person approves it, it may go to the bank."""
    act = work.act()
    with work.store.transaction() as connection:
        current = runs.unfinished(connection, creditor)
        if current is None:
            return
        runs.finish(connection, current, act)
        if work.installation.rules.collect.approval:
            work.did(Step.COLLECT, DeedCode.WAIT_FOR_APPROVAL, run=current.id)
        else:
            runs.approve(connection, current, act, "no approval asked by the rules")


def _show(work: Work, connection: Connection, invoice: Invoice, reason: Reason) -> None:
    work.show(connection, Step.COLLECT, record_name(RecordKind.INVOICE, invoice.key), reason)


def _tell(work: Work, stored: StoredCollection) -> None:
    work.did(
        Step.COLLECT,
        DeedCode.COLLECT,
        customer=stored.debtor_name,
        amount=stored.collection.amount,
        number=stored.collection.remittance,
        collection_date=stored.collection.collection_date,
        mandate=stored.collection.mandate_reference,
    )
