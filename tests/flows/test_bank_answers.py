"""What banks answer in all its forms: whole batches, whole files, by mandate, late, out of order, contradicting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connector.engine import resolve
from connector.model.collection import CollectionState
from connector.model.mandate import MandateEventKind, MandateState, MandateType
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, InviteRules, NotifyRules, Rules
from connector.store import bank_files, collections, exceptions, mandates
from connector.store.bank_files import FileState
from connector.store.collection_rows import StoredCollection
from connector.store.exceptions import OpenException
from tests.flows.world import World

PAIN002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
REFERENCES = iter(range(1, 1000))


def _under_way(world: World, *names: str) -> list[StoredCollection]:
    """Submitted collections of these customers: 121.00, 122.00, ..."""
    world.with_mandate(*names)
    for number, name in enumerate(names):
        world.invoice(f"2026-{number}", name, f"{121 + number}.00")
    world.walk()
    with world.store.reading() as connection:
        ids = collections.ids_where(connection, states=[CollectionState.SUBMITTED])
        return sorted(collections.find_many(connection, ids).values(), key=lambda one: one.collection.amount)


def _states(world: World) -> list[CollectionState]:
    with world.store.reading() as connection:
        found = collections.find_many(connection, collections.ids_where(connection)).values()
    return [one.collection.state for one in sorted(found, key=lambda one: one.collection.amount)]


def _open(world: World) -> list[OpenException]:
    with world.store.reading() as connection:
        return exceptions.all_open(connection)


def _codes(world: World) -> list[ReasonCode]:
    return [one.reason.code for one in _open(world)]


def _entry(amount: str, details: str, *, debit: bool = False, reason: str = "") -> str:
    back = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf></TxDtls>" if reason else "</TxDtls>"
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{"DBIT" if debit else "CRDT"}</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-12-01</Dt></BookgDt><ValDt><Dt>2026-12-01</Dt></ValDt>"
        f"<AcctSvcrRef>REF-{next(REFERENCES)}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd>"
        f"<SubFmlyCd>{'UPDD' if debit else 'ESDD'}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls>{details.replace('</TxDtls>', back)}</NtryDtls></Ntry>"
    )


def _transaction(amount: str, references: str, *, debit: bool = False) -> str:
    side = "DBIT" if debit else "CRDT"
    return f'<TxDtls><Refs>{references}</Refs><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd></TxDtls>'


def _statement(world: World, *entries: str) -> None:
    number = next(REFERENCES)
    document = (
        f'<Document xmlns="{CAMT053}"><BkToCstmrStmt><GrpHdr><MsgId>S{number}</MsgId>'
        f"<CreDtTm>2026-12-01T06:00:00</CreDtTm></GrpHdr><Stmt><Id>S{number}</Id>"
        f"<CreDtTm>2026-12-01T06:00:00</CreDtTm><Acct><Id><IBAN>BE71096123456769</IBAN></Id></Acct>"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    )
    world.bank.put(f"statement-{number}.xml", document.encode())
    world.walk()


def _status(world: World, message_id: str, status: str, *, batch_id: str = "", reason: str = "") -> None:
    number = next(REFERENCES)
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    group = why if batch_id else f"<GrpSts>{status}</GrpSts>{why}"
    batch = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch_id}</OrgnlPmtInfId><PmtInfSts>{status}</PmtInfSts>{why}"
        f"</OrgnlPmtInfAndSts>"
        if batch_id
        else ""
    )
    document = (
        f'<Document xmlns="{PAIN002}"><CstmrPmtStsRpt><GrpHdr><MsgId>R{number}</MsgId>'
        f"<CreDtTm>2026-11-25T06:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>{group}</OrgnlGrpInfAndSts>{batch}</CstmrPmtStsRpt></Document>"
    )
    world.bank.put(f"status-{number}.xml", document.encode())
    world.walk()


def test_a_batch_booked_as_one_amount_pays_all_its_collections(world: World) -> None:
    (first, _) = _under_way(world, "ada", "bob")
    batch = f"<Btch><MsgId>{first.run}</MsgId><PmtInfId>{first.batch_id}</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
    _statement(world, _entry("243.00", batch))
    assert _states(world) == [CollectionState.SETTLED] * 2
    assert sum(payment.amount for payment in world.package.payments.values()) == Decimal("243.00")


def test_a_batch_less_its_rejects_is_the_batch(world: World) -> None:
    (first, second) = _under_way(world, "ada", "bob")
    _reject_one(world, second)
    batch = f"<Btch><PmtInfId>{first.batch_id}</PmtInfId></Btch>"
    _statement(world, _entry("121.00", batch))
    assert _states(world) == [CollectionState.SETTLED, CollectionState.REJECTED]


def _reject_one(world: World, stored: StoredCollection) -> None:
    document = (
        f'<Document xmlns="{PAIN002}"><CstmrPmtStsRpt><GrpHdr><MsgId>R1</MsgId>'
        f"<CreDtTm>2026-11-25T06:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{stored.bank_file}"
        f"</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
        f"<OrgnlPmtInfId>{stored.batch_id}</OrgnlPmtInfId><TxInfAndSts>"
        f"<OrgnlEndToEndId>{stored.collection.end_to_end_id}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
        f"<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"
        f"</CstmrPmtStsRpt></Document>"
    )
    world.bank.put("reject.xml", document.encode())
    world.walk()


def test_a_batch_with_another_total_is_shown_and_pays_nothing(world: World) -> None:
    (first, _) = _under_way(world, "ada", "bob")
    batch = f"<Btch><PmtInfId>{first.batch_id}</PmtInfId></Btch>"
    _statement(world, _entry("100.00", batch))
    assert _states(world) == [CollectionState.SUBMITTED] * 2
    assert _codes(world) == [ReasonCode.BANK_ANSWER_UNMATCHED]


def test_a_whole_file_refused_frees_all_invoices_and_is_shown(world: World) -> None:
    (first, _) = _under_way(world, "ada", "bob")
    assert first.bank_file is not None
    _status(world, first.bank_file, "RJCT", reason="FF01")
    assert _states(world) == [CollectionState.REJECTED] * 2
    assert _codes(world) == [ReasonCode.BANK_FILE_REJECTED], "one thing to look at, not one for each collection"
    with world.store.reading() as connection:
        file = bank_files.find(connection, first.bank_file)
    assert file is not None
    assert file.state is FileState.REJECTED


def test_a_whole_file_accepted_is_accepted_once(world: World) -> None:
    (first,) = _under_way(world, "ada")
    assert first.bank_file is not None
    _status(world, first.bank_file, "ACCP")
    assert _states(world) == [CollectionState.ACCEPTED]
    _status(world, first.bank_file, "ACCP")
    assert _states(world) == [CollectionState.ACCEPTED]
    assert _codes(world) == []


def test_a_batch_refused_is_refused_with_all_in_it(world: World) -> None:
    (first, _) = _under_way(world, "ada", "bob")
    assert first.bank_file is not None
    assert first.batch_id is not None
    _status(world, first.bank_file, "RJCT", batch_id=first.batch_id, reason="AC01")
    assert _states(world) == [CollectionState.REJECTED] * 2


def test_a_return_without_end_to_end_id_is_found_by_mandate_and_amount(world: World) -> None:
    (first,) = _under_way(world, "ada")
    reference = first.collection.end_to_end_id
    _statement(world, _entry("121.00", _transaction("121.00", f"<EndToEndId>{reference}</EndToEndId>")))
    assert _states(world) == [CollectionState.SETTLED]
    mandate = f"<EndToEndId>NOTPROVIDED</EndToEndId><MndtId>{first.collection.mandate_reference}</MndtId>"
    _statement(world, _entry("121.00", _transaction("121.00", mandate, debit=True), debit=True, reason="AM04"))
    assert _states(world) == [CollectionState.RETURNED]
    assert len(world.package.returns) == 1


def test_a_return_of_another_amount_under_the_mandate_is_shown(world: World) -> None:
    (first,) = _under_way(world, "ada")
    mandate = f"<EndToEndId>NOTPROVIDED</EndToEndId><MndtId>{first.collection.mandate_reference}</MndtId>"
    _statement(world, _entry("99.00", _transaction("99.00", mandate, debit=True), debit=True, reason="AM04"))
    assert _states(world) == [CollectionState.SUBMITTED]
    assert _codes(world) == [ReasonCode.BANK_ANSWER_UNMATCHED]


def test_a_return_told_before_its_settlement_books_nothing_twice(world: World) -> None:
    (first,) = _under_way(world, "ada")
    name = f"<EndToEndId>{first.collection.end_to_end_id}</EndToEndId>"
    _statement(world, _entry("121.00", _transaction("121.00", name, debit=True), debit=True, reason="AM04"))
    _statement(world, _entry("121.00", _transaction("121.00", name)))
    assert _states(world) == [CollectionState.RETURNED]
    assert world.package.payments == {}
    assert world.package.returns == {}
    with world.store.reading() as connection:
        stored = collections.find(connection, first.collection.end_to_end_id)
    assert stored is not None
    assert stored.settled_on == date(2026, 12, 1)


def test_a_reject_after_the_money_came_is_shown_and_changes_nothing(world: World) -> None:
    (first,) = _under_way(world, "ada")
    name = f"<EndToEndId>{first.collection.end_to_end_id}</EndToEndId>"
    _statement(world, _entry("121.00", _transaction("121.00", name)))
    _reject_one(world, first)
    assert _states(world) == [CollectionState.SETTLED]
    assert _codes(world) == [ReasonCode.BANK_ANSWER_CONFLICTS]


def test_one_contradiction_in_a_batch_does_not_stop_the_others(world: World) -> None:
    (first, _) = _under_way(world, "ada", "bob")
    assert first.bank_file is not None
    assert first.batch_id is not None
    paid = _transaction("121.00", f"<EndToEndId>{first.collection.end_to_end_id}</EndToEndId>")
    _statement(world, _entry("121.00", paid))
    _status(world, first.bank_file, "RJCT", batch_id=first.batch_id, reason="AC01")
    assert _states(world) == [CollectionState.SETTLED, CollectionState.REJECTED]
    assert set(_codes(world)) == {ReasonCode.BANK_ANSWER_CONFLICTS, ReasonCode.BANK_FILE_REJECTED}


def test_money_of_somebody_else_is_none_of_ours(world: World) -> None:
    _under_way(world, "ada")
    _statement(world, _entry("75.25", _transaction("75.25", "<EndToEndId>THEIRS</EndToEndId>")))
    assert _states(world) == [CollectionState.SUBMITTED]
    assert _codes(world) == []


def test_a_refund_without_mandate_ends_the_mandate(world: World) -> None:
    (first,) = _under_way(world, "ada")
    name = f"<EndToEndId>{first.collection.end_to_end_id}</EndToEndId>"
    _statement(world, _entry("121.00", _transaction("121.00", name)))
    _statement(world, _entry("121.00", _transaction("121.00", name, debit=True), debit=True, reason="MD01"))
    assert _states(world)[0] in (CollectionState.REFUNDED, CollectionState.RETURNED)
    with world.store.reading() as connection:
        mandate = mandates.find(connection, first.collection.mandate_reference)
    assert mandate is not None
    assert mandate.state in (MandateState.CANCELLED, MandateState.SUSPENDED)


def test_a_one_off_mandate_is_spent_by_one_collection_and_freed_by_a_reject(world: World) -> None:
    one_off = InviteRules(type=MandateType.ONE_OFF)
    world.rules = Rules(invite=one_off, notify=NotifyRules(days=2), collect=CollectRules(attempts=2))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "10.00")
    world.invoice("2026-2", "ada", "20.00")
    world.walk()
    assert _states(world) == [CollectionState.SUBMITTED]
    with world.store.reading() as connection:
        (stored,) = collections.find_many(connection, collections.ids_where(connection)).values()
        mandate = mandates.find(connection, stored.collection.mandate_reference)
    assert stored.collection.sequence_type == "OOFF"
    assert mandate is not None
    assert mandate.state is MandateState.SPENT
    _reject_one(world, stored)
    with world.store.reading() as connection:
        freed = mandates.find(connection, stored.collection.mandate_reference)
    assert freed is not None
    assert freed.state is MandateState.ACTIVE


def test_a_business_mandate_waits_for_the_debtors_bank(world: World) -> None:
    world.rules = Rules(invite=InviteRules.model_validate({"scheme": "B2B"}), notify=NotifyRules(days=2))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.walk()
    assert world.bank.received == {}
    world.service.tell(MandateEventKind.BANK_CONFIRMED, world.reference_of("ada"))
    world.walk()
    assert _states(world) == [CollectionState.SUBMITTED]
    (file,) = world.bank.received.values()
    assert b"<Cd>B2B</Cd>" in file


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([MandateEventKind.SUSPENDED], MandateState.SUSPENDED),
        ([MandateEventKind.SUSPENDED, MandateEventKind.RESUMED], MandateState.ACTIVE),
        ([MandateEventKind.CANCELLED], MandateState.CANCELLED),
        ([MandateEventKind.VIEWED], MandateState.ACTIVE),
    ],
)
def test_what_happens_to_a_mandate_at_the_service_happens_here(
    world: World, kinds: list[MandateEventKind], state: MandateState
) -> None:
    world.with_mandate("ada")
    for kind in kinds:
        world.service.tell(kind, world.reference_of("ada"))
    world.walk()
    with world.store.reading() as connection:
        mandate = mandates.find(connection, world.reference_of("ada"))
    assert mandate is not None
    assert mandate.state is state


def test_an_event_that_contradicts_is_shown(world: World) -> None:
    world.with_mandate("ada")
    world.service.tell(MandateEventKind.REFUSED, world.reference_of("ada"))
    world.walk()
    assert _codes(world) == [ReasonCode.RECORD_UNREADABLE]


def test_a_mandate_unused_for_36_months_expires(world: World) -> None:
    world.with_mandate("ada")
    world.clock.forward(days=3 * 365 + 2)
    result = world.walk()
    assert result.counts["follow.mandate_expired"] == 1
    world.invoice("2029-1", "ada", due_on=date(2029, 12, 1))
    world.nights(20)
    assert world.bank.received == {}


def test_a_debtor_outside_the_area_is_kept_out_of_the_file_and_the_others_go(world: World) -> None:
    world.customer("ada")
    world.customer("bob")
    world.walk()
    world.sign("ada")
    world.service.sign(world.reference_of("bob"), "SA0380000000608010167519", date(2026, 11, 24))
    world.walk()
    world.invoice("2026-1", "ada")
    world.invoice("2026-2", "bob", "122.00")
    world.walk()
    assert _states(world) == [CollectionState.SUBMITTED, CollectionState.CANCELLED]
    assert _codes(world) == [ReasonCode.COLLECTION_REFUSED_BY_CHECK]


def test_a_run_of_which_nothing_can_be_sent_makes_no_file(world: World) -> None:
    world.customer("bob")
    world.walk()
    world.service.sign(world.reference_of("bob"), "SA0380000000608010167519", date(2026, 11, 24))
    world.walk()
    world.invoice("2026-2", "bob")
    world.walk()
    assert _states(world) == [CollectionState.CANCELLED]
    assert world.bank.received == {}
    mails = len(world.mailer.sent)
    world.nights(3)
    assert _states(world) == [CollectionState.CANCELLED], "not proposed again, night after night"
    assert len(world.mailer.sent) == mails


def test_a_person_may_have_a_returned_invoice_asked_for_again(world: World) -> None:
    (first,) = _under_way(world, "ada")
    name = f"<EndToEndId>{first.collection.end_to_end_id}</EndToEndId>"
    _statement(world, _entry("121.00", _transaction("121.00", name)))
    _statement(world, _entry("121.00", _transaction("121.00", name, debit=True), debit=True, reason="AM04"))
    world.nights(3)
    assert len(world.bank.received) == 1
    (shown,) = _open(world)
    assert resolve.retry(world.store, shown.id, world.clock.now, "Ann")
    world.nights(12)
    assert len(world.bank.received) == 2
    assert sorted(_states(world)) == [CollectionState.RETURNED, CollectionState.SETTLED]
    assert world.package.invoice("2026-0").open_amount == 0


def test_a_person_may_have_a_refused_file_asked_for_again(world: World) -> None:
    (first, _) = _under_way(world, "ada", "bob")
    assert first.bank_file is not None
    _status(world, first.bank_file, "RJCT", reason="FF01")
    (shown,) = _open(world)
    assert resolve.retry(world.store, shown.id, world.clock.now, "Ann")
    world.walk()
    assert sorted(_states(world)) == [CollectionState.REJECTED] * 2 + [CollectionState.SUBMITTED] * 2
    assert len(world.bank.received) == 2


def _above_the_rules(world: World) -> None:
    """An invoice whose amount is above what the rules allow, which is shown."""
    world.rules = Rules(notify=NotifyRules(days=2), collect=CollectRules(maximum=Decimal("100.00")))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", announces_debit=True)
    world.walk()
    assert _codes(world) == [ReasonCode.AMOUNT_OUT_OF_RANGE]


def test_an_amount_above_the_rules_is_shown_until_it_is_lower(world: World) -> None:
    _above_the_rules(world)
    world.invoice("2026-1", "ada", "100.00", announces_debit=True)
    world.walk()
    assert _codes(world) == []
    assert _states(world) == [CollectionState.SUBMITTED]


def test_an_amount_above_the_rules_is_shown_no_more_once_it_is_lower_though_the_mandate_ended(world: World) -> None:
    _above_the_rules(world)
    world.service.tell(MandateEventKind.CANCELLED, world.reference_of("ada"))
    world.walk()
    assert _codes(world) == [ReasonCode.AMOUNT_OUT_OF_RANGE]
    world.invoice("2026-1", "ada", "100.00", announces_debit=True)
    world.walk()
    assert _codes(world) == []


def test_an_invoice_that_names_its_mandate_is_collected_under_that_one(world: World) -> None:
    world.with_mandate("ada", "bob")
    world.invoice("2026-1", "ada", mandate_reference=world.reference_of("bob"), announces_debit=True)
    world.invoice("2026-2", "ada", mandate_reference="M-UNKNOWN", announces_debit=True)
    world.walk()
    assert _states(world) == []
    assert _codes(world) == [ReasonCode.MANDATE_UNKNOWN]
