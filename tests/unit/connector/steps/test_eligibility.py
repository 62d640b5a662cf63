"""The verdict on an invoice: may it be collected, when, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankfiles.calendar import add_target_days, is_target_day
from bankfiles.pain008.model import Scheme
from connector.model.collection import Claim, CollectionState
from connector.model.customer import Customer, Language, RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import Mandate, MandateState, MandateType
from connector.model.notice import Notice
from connector.model.reason import ReasonCode
from connector.model.rules import CollectRules, InviteRules, NoticeChannel, NotifyRules, Rules, WhomToInvite
from connector.steps.eligibility import Action, InvoiceFacts, Verdict, judge, terms_on, why_not_invited
from connector.store.collections import PastClaim

TODAY = date(2026, 11, 24)  # a Tuesday
ADA = Customer(RecordKey("books", "ada"), "Ada", email="ada@example.org", direct_debit=True)
INVOICE = Invoice(
    key=RecordKey("books", "1"),
    customer=ADA.key,
    number="2026-1",
    kind=InvoiceKind.INVOICE,
    issued_on=date(2026, 11, 1),
    due_on=date(2026, 12, 1),
    total=Decimal("121.00"),
    open_amount=Decimal("121.00"),
)
MANDATE = Mandate(
    reference="M-1",
    creditor="main",
    customer=ADA.key,
    scheme=Scheme.CORE,
    type=MandateType.RECURRENT,
    state=MandateState.ACTIVE,
    language=Language.DUTCH,
    iban="BE71096123456769",
    signed_on=date(2026, 11, 1),
)
NOTICE = Notice(INVOICE.key, 1, "M-1", Decimal("121.00"), date(2026, 12, 1), date(2026, 11, 17), sent=True)
RULES = Rules()


def _judge(
    invoice: Invoice = INVOICE,
    *,
    customer: Customer | None = ADA,
    mandates: Sequence[Mandate] = (MANDATE,),
    claims: Sequence[PastClaim] = (),
    notice: Notice | None = NOTICE,
    rules: Rules = RULES,
    today: date = TODAY,
) -> Verdict:
    facts = InvoiceFacts(invoice, customer.name if customer else None, mandates, claims, notice)
    return judge(facts, "main", terms_on(today, rules))


def _claim(state: CollectionState, *, live: bool, counts: bool = True) -> PastClaim:
    claim = Claim(INVOICE.key, 1, 1, Decimal("121.00"))
    return PastClaim(claim, "E1", live, counts, state, date(2026, 12, 1))


def test_an_invoice_that_was_announced_is_collected_on_the_announced_day() -> None:
    verdict = _judge()
    assert verdict.action is Action.COLLECT
    assert verdict.settled_terms == (MANDATE, NOTICE.collection_date)


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (replace(INVOICE, kind=InvoiceKind.CREDIT_NOTE), ReasonCode.CREDIT_NOTE),
        (replace(INVOICE, open_amount=Decimal(0)), ReasonCode.NOTHING_OPEN),
        (replace(INVOICE, currency="USD"), ReasonCode.CURRENCY_NOT_EUR),
        (replace(INVOICE, open_amount=Decimal("1000000000.00")), ReasonCode.AMOUNT_OUT_OF_RANGE),
        (replace(INVOICE, mandate_reference="M-9"), ReasonCode.MANDATE_UNKNOWN),
    ],
)
def test_what_is_against_an_invoice_itself(invoice: Invoice, code: ReasonCode) -> None:
    verdict = _judge(invoice)
    assert (verdict.action, verdict.reason.code) == (Action.NONE, code)
    with pytest.raises(ValueError, match="Nothing is to be done"):
        _ = verdict.settled_terms


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ([_claim(CollectionState.SUBMITTED, live=True)], ReasonCode.BEING_COLLECTED),
        ([_claim(CollectionState.SETTLED, live=True)], ReasonCode.ALREADY_COLLECTED),
        ([_claim(CollectionState.RETURNED, live=False)], ReasonCode.ATTEMPTS_USED),
    ],
)
def test_an_invoice_is_not_asked_for_twice(claims: list[PastClaim], code: ReasonCode) -> None:
    assert _judge(claims=claims).reason.code is code


def test_an_attempt_that_does_not_count_leaves_the_invoice_free() -> None:
    assert _judge(claims=[_claim(CollectionState.RETURNED, live=False, counts=False)]).action is Action.COLLECT


def test_a_second_attempt_is_a_matter_of_the_rules() -> None:
    rules = Rules(collect=CollectRules(attempts=2))
    failed = [_claim(CollectionState.RETURNED, live=False)]
    assert _judge(claims=failed, rules=rules).action is Action.COLLECT


def test_without_customer_or_mandate_nothing_is_collected() -> None:
    assert _judge(customer=None).reason.code is ReasonCode.CUSTOMER_UNKNOWN
    assert _judge(mandates=()).reason.code is ReasonCode.NO_MANDATE
    suspended = replace(MANDATE, state=MandateState.SUSPENDED)
    assert _judge(mandates=[suspended]).reason.code is ReasonCode.MANDATE_SUSPENDED


def test_the_latest_active_mandate_is_taken_unless_the_invoice_names_one() -> None:
    older = replace(MANDATE, reference="M-0")
    ended = replace(MANDATE, reference="M-2", state=MandateState.CANCELLED)
    assert _judge(mandates=[older, MANDATE, ended]).mandate == MANDATE
    named = replace(INVOICE, mandate_reference="M-0", announces_debit=True)
    assert _judge(named, mandates=[older, MANDATE], notice=None, today=date(2026, 11, 26)).mandate == older


def test_a_mandate_of_somebody_else_is_never_used() -> None:
    others = replace(MANDATE, reference="M-9", customer=RecordKey("books", "bob"))
    named = replace(INVOICE, mandate_reference="M-9")
    assert _judge(named, mandates=[MANDATE, others]).reason.code is ReasonCode.MANDATE_OF_OTHER_CUSTOMER


def test_a_debtor_is_told_the_agreed_days_before() -> None:
    verdict = _judge(notice=None)
    assert verdict.action is Action.NOTIFY
    assert verdict.settled_terms[1] == date(2026, 12, 8), "fourteen days from today, for it was due earlier"
    far = replace(INVOICE, due_on=date(2027, 2, 1))
    assert _judge(far, notice=None).reason.code is ReasonCode.NOT_DUE_YET


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Decimal("120.99")},  # more is open now than was told
        {"collection_date": date(2026, 11, 24)},  # can't be met any more
        {"noticed_on": date(2026, 11, 20)},  # left too late
        {"mandate_reference": "M-0"},  # told under a mandate that is not there
    ],
)
def test_a_notice_that_no_longer_holds_is_sent_anew(changed: dict[str, object]) -> None:
    verdict = _judge(notice=replace(NOTICE, **changed))  # type: ignore[arg-type]
    assert (verdict.action, verdict.reason.code) == (Action.NOTIFY, ReasonCode.NOTICE_OUTDATED)


def test_less_than_was_told_may_be_collected() -> None:
    paid_in_part = replace(INVOICE, open_amount=Decimal("21.00"))
    assert _judge(paid_in_part).action is Action.COLLECT


def test_nothing_is_collected_before_the_notice_has_left() -> None:
    assert _judge(notice=replace(NOTICE, sent=False)).reason.code is ReasonCode.NOTICE_NOT_SENT


def test_a_collection_waits_for_its_window() -> None:
    early = _judge(today=date(2026, 11, 23))
    assert (early.action, early.reason.code) == (Action.NONE, ReasonCode.NOTICE_RUNNING)


def test_an_invoice_that_announces_the_debit_needs_no_notice() -> None:
    announced = replace(INVOICE, announces_debit=True, due_on=date(2026, 11, 28))
    verdict = _judge(announced, notice=None)
    assert verdict.action is Action.COLLECT
    assert verdict.settled_terms[1] == date(2026, 11, 30), "the 28th is a Saturday"
    by_rule = Rules(notify=NotifyRules(channel=NoticeChannel.INVOICE))
    assert _judge(replace(announced, announces_debit=False), notice=None, rules=by_rule).action is Action.COLLECT
    assert _judge(replace(announced, due_on=date(2027, 1, 5)), notice=None).reason.code is ReasonCode.NOT_DUE_YET


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(-60, 60),
    st.integers(1, 30),
    st.integers(1, 5),
    st.booleans(),
)
def test_whatever_the_day_a_debit_is_lawful(today: date, due_in: int, days: int, lead: int, announces: bool) -> None:
    rules = Rules(notify=NotifyRules(days=days), collect=CollectRules(lead_days=lead))
    invoice = replace(INVOICE, due_on=today + timedelta(days=due_in), announces_debit=announces)
    mandate = replace(MANDATE, signed_on=today - timedelta(days=90))
    verdict = _judge(invoice, mandates=[mandate], notice=None, rules=rules, today=today)
    if verdict.action is Action.NONE:
        assert due_in > 0
        return
    on = verdict.settled_terms[1]
    assert is_target_day(on)
    assert on >= invoice.due_on
    assert on >= add_target_days(today, lead)
    assert announces or on >= today + timedelta(days=days)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 14), st.integers(1, 10), st.integers(1, 20))
def test_every_invoice_is_announced_once_and_collected_in_the_end(
    first: date, window: int, lead: int, days: int
) -> None:
    rules = Rules(notify=NotifyRules(days=days), collect=CollectRules(lead_days=lead, window_days=window))
    invoice = replace(INVOICE, due_on=first + timedelta(days=10))
    mandate = replace(MANDATE, signed_on=first)
    notice, notices = None, 0
    for passed in range(90):
        today = first + timedelta(days=passed)
        verdict = _judge(invoice, mandates=[mandate], notice=notice, rules=rules, today=today)
        if verdict.action is Action.NOTIFY:
            on, notices = verdict.settled_terms[1], notices + 1
            notice = Notice(invoice.key, 1, mandate.reference, invoice.open_amount, on, today, sent=True)
            verdict = _judge(invoice, mandates=[mandate], notice=notice, rules=rules, today=today)
        if verdict.action is Action.COLLECT:
            break
    assert (verdict.action, notices) == (Action.COLLECT, 1)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (MandateState.INVITED, ReasonCode.INVITATION_OPEN),
        (MandateState.ACTIVE, ReasonCode.ALREADY_HAS_MANDATE),
        (MandateState.LAPSED, ReasonCode.INVITATION_LAPSED),
        (MandateState.CANCELLED, ReasonCode.MANDATE_ENDED),
    ],
)
def test_who_has_or_had_a_mandate_is_not_asked_again(state: MandateState, code: ReasonCode) -> None:
    reason = why_not_invited(ADA, [replace(MANDATE, state=state)], owes=True, rules=InviteRules())
    assert reason is not None
    assert reason.code is code


@pytest.mark.parametrize(
    ("changed", "owes", "whom", "code"),
    [
        ({}, True, WhomToInvite.MARKED, None),
        ({"direct_debit": None}, True, WhomToInvite.MARKED, ReasonCode.DIRECT_DEBIT_NOT_WANTED),
        ({"direct_debit": None}, True, WhomToInvite.WITH_OPEN_INVOICES, None),
        ({"direct_debit": None}, False, WhomToInvite.WITH_OPEN_INVOICES, ReasonCode.NOTHING_TO_COLLECT_YET),
        ({"direct_debit": None}, False, WhomToInvite.ALL, None),
        ({"direct_debit": False}, True, WhomToInvite.ALL, ReasonCode.DIRECT_DEBIT_NOT_WANTED),
        ({"active": False}, True, WhomToInvite.ALL, ReasonCode.CUSTOMER_INACTIVE),
        ({"email": ""}, True, WhomToInvite.ALL, ReasonCode.NO_EMAIL),
    ],
)
def test_whom_the_rules_invite(
    changed: dict[str, object], owes: bool, whom: WhomToInvite, code: ReasonCode | None
) -> None:
    customer = replace(ADA, **changed)  # type: ignore[arg-type]
    reason = why_not_invited(customer, (), owes=owes, rules=InviteRules(whom=whom))
    assert (reason.code if reason else None) is code
