"""Eligibility: may this customer be invited, may this invoice be collected - and if not, why not.

Pure functions over what is known. The steps act on their verdicts and `explain` shows them, so that what a person
is told is what the machine did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from bankfiles.calendar import earliest_collection_date, next_target_day
from bankfiles.frozen import maker_of
from connector.model.collection import AMOUNT_MAX, AMOUNT_MIN, CollectionState
from connector.model.customer import Customer
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import OPEN_STATES, Mandate, MandateState
from connector.model.notice import Notice
from connector.model.reason import Reason, ReasonCode, new_reason
from connector.model.rules import InviteRules, NoticeChannel, Rules, WhomToInvite
from connector.store.collections import PastClaim

_NIGHTS_TO_SPARE = 5  # as many as bank days can be closed in a row


def why_not_invited(
    customer: Customer, mandates: Sequence[Mandate], *, owes: bool, rules: InviteRules
) -> Reason | None:
    """Why a customer is not asked to sign a mandate now; None if they are."""
    for mandate in mandates:
        facts = {"mandate": mandate.reference, "state": mandate.state.value}
        if mandate.state is MandateState.INVITED:
            return Reason(ReasonCode.INVITATION_OPEN, facts)
        if mandate.state in OPEN_STATES:
            return Reason(ReasonCode.ALREADY_HAS_MANDATE, facts)
    if mandates:
        last = mandates[-1]
        facts = {"mandate": last.reference, "state": last.state.value}
        lapsed = last.state is MandateState.LAPSED
        return Reason(ReasonCode.INVITATION_LAPSED if lapsed else ReasonCode.MANDATE_ENDED, facts)
    facts = {"customer": customer.name}
    if customer.gone:
        return Reason(ReasonCode.CUSTOMER_GONE, facts)
    if not customer.active:
        return Reason(ReasonCode.CUSTOMER_INACTIVE, facts)
    if customer.direct_debit is False or (rules.whom is WhomToInvite.MARKED and not customer.direct_debit):
        return Reason(ReasonCode.DIRECT_DEBIT_NOT_WANTED, facts)
    if rules.whom is WhomToInvite.WITH_OPEN_INVOICES and not owes:
        return Reason(ReasonCode.NOTHING_TO_COLLECT_YET, facts)
    if not customer.email:
        return Reason(ReasonCode.NO_EMAIL, facts)
    return None


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """All that is known about one invoice.

    Attributes:
        customer_name: None if the customer was never read.
        mandates: of its customer, and the one that the invoice names, oldest first.
        claims: all ever made on it.
        notice: the one that counts, if any.
    """

    invoice: Invoice
    customer_name: str | None
    mandates: Sequence[Mandate]
    claims: Sequence[PastClaim]
    notice: Notice | None


new_facts = maker_of(InvoiceFacts)  # as `InvoiceFacts(...)`, where very many are made


class Action(Enum):
    """What is to be done for an invoice now."""

    NONE = "none"
    NOTIFY = "notify"
    COLLECT = "collect"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done for an invoice, and why. Mandate and date are known if there is anything to do."""

    action: Action
    reason: Reason
    mandate: Mandate | None = None
    collection_date: date | None = None

    @property
    def settled_terms(self) -> tuple[Mandate, date]:
        """Mandate and collection date of an action."""
        if self.mandate is None or self.collection_date is None:
            raise ValueError(f"Nothing is to be done here: {self.reason.code}.")
        return self.mandate, self.collection_date


_new_verdict = maker_of(Verdict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules come to on a day, found once for very many invoices.

    Attributes:
        first_day: of debit that can be met by what is proposed today.
        collected_until, announced_until: the last day of debit that may be handed in today, and that is announced.
        lowest, highest: amount of one collection, in EUR.
    """

    rules: Rules
    today: date
    first_day: date
    collected_until: date
    announced_until: date
    lowest: Decimal
    highest: Decimal


def terms_on(today: date, rules: Rules) -> Terms:
    """What the rules come to today."""
    return Terms(
        rules,
        today,
        first_day(rules, today),
        collected_until(rules, today),
        announced_until(rules, today),
        lowest=max(rules.collect.minimum, AMOUNT_MIN),
        highest=min(rules.collect.maximum, AMOUNT_MAX),
    )


def judge(facts: InvoiceFacts, creditor: str, terms: Terms) -> Verdict:
    """What is to be done for an invoice today."""
    reason = _why_not_collectable(facts, terms)
    if reason is not None:
        return _nothing(reason)
    mandate = _mandate_for(facts)
    if isinstance(mandate, Reason):
        return _nothing(mandate)
    collection_date = _collection_date(facts, terms)
    unusable = mandate.why_unusable(creditor, collection_date)
    if unusable is not None:
        return _nothing(unusable)
    return _by_time(facts, mandate, collection_date, terms)


def needs_notice(invoice: Invoice, rules: Rules) -> bool:
    """Whether we tell the debtor beforehand; not if the invoice itself does."""
    return rules.notify.channel is NoticeChannel.MAIL and not invoice.announces_debit


def first_day(rules: Rules, today: date) -> date:
    """The first day of debit that can be met by what is proposed today; one more if it waits a day for a person."""
    waiting = 1 if rules.collect.approval else 0
    return earliest_collection_date(today, rules.collect.lead_days + waiting)


def collected_until(rules: Rules, today: date) -> date:
    """The last day of debit that may be handed in today; never before the first that still can be."""
    return max(today + timedelta(days=rules.collect.window_days), first_day(rules, today))


def announced_until(rules: Rules, today: date) -> date:
    """The last day of debit that is announced today: early enough for its window even if a night or two fail."""
    return collected_until(rules, today) + timedelta(days=rules.notify.days + _NIGHTS_TO_SPARE)


def _nothing(reason: Reason) -> Verdict:
    return Verdict(Action.NONE, reason)


def _why_not_collectable(facts: InvoiceFacts, terms: Terms) -> Reason | None:
    """What is against collecting this invoice at all, whatever mandate there is."""
    invoice, live = facts.invoice, _live_claim(facts)
    code = _what_is_against(facts, live, terms)
    if code is None:
        return None
    said = {"number": invoice.number, "open_amount": str(invoice.open_amount), "currency": invoice.currency}
    if code is ReasonCode.ATTEMPTS_USED:
        said["attempts"] = str(used_attempts(facts.claims))
    elif code is ReasonCode.CUSTOMER_UNKNOWN:
        said["customer"] = invoice.customer.id
    elif live is not None and code is not ReasonCode.CREDIT_NOTE:
        said |= {"end_to_end_id": live.end_to_end_id, "collection_date": live.collection_date.isoformat()}
    return Reason(code, said)


def _what_is_against(facts: InvoiceFacts, live: PastClaim | None, terms: Terms) -> ReasonCode | None:
    """The first thing that is against it. Nearly always there is none, and nothing is to be said."""
    invoice = facts.invoice
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return ReasonCode.CREDIT_NOTE
    if live is not None:
        over = live.state is CollectionState.SETTLED
        return ReasonCode.ALREADY_COLLECTED if over else ReasonCode.BEING_COLLECTED
    if invoice.gone:
        return ReasonCode.INVOICE_GONE
    if invoice.open_amount <= 0:
        return ReasonCode.NOTHING_OPEN
    if invoice.currency != "EUR":
        return ReasonCode.CURRENCY_NOT_EUR
    if not terms.lowest <= invoice.open_amount <= terms.highest:
        return ReasonCode.AMOUNT_OUT_OF_RANGE
    if used_attempts(facts.claims) >= terms.rules.collect.attempts:
        return ReasonCode.ATTEMPTS_USED
    if facts.customer_name is None:
        return ReasonCode.CUSTOMER_UNKNOWN
    return None


def _live_claim(facts: InvoiceFacts) -> PastClaim | None:
    for claim in facts.claims:
        if claim.live:
            return claim
    return None


def used_attempts(claims: Sequence[PastClaim]) -> int:
    """How often the invoice was asked for; attempts that a person forgave or that came too late do not count."""
    return sum(claim.counts for claim in claims)


def _mandate_for(facts: InvoiceFacts) -> Mandate | Reason:
    """The mandate to collect under: the one that the invoice names, else the customer's latest active one."""
    invoice = facts.invoice
    if invoice.mandate_reference:
        said = {"number": invoice.number, "customer": facts.customer_name or "", "mandate": invoice.mandate_reference}
        named = next((m for m in facts.mandates if m.reference == invoice.mandate_reference), None)
        if named is None:
            return Reason(ReasonCode.MANDATE_UNKNOWN, said)
        if named.customer != invoice.customer:
            return Reason(ReasonCode.MANDATE_OF_OTHER_CUSTOMER, said)
        return named
    if not facts.mandates:
        return Reason(ReasonCode.NO_MANDATE, {"number": invoice.number, "customer": facts.customer_name or ""})
    for mandate in reversed(facts.mandates):
        if mandate.state is MandateState.ACTIVE:
            return mandate
    return facts.mandates[-1]


def _collection_date(facts: InvoiceFacts, terms: Terms) -> date:
    """The day of the debit: as noticed while that can be met, else the first that is lawful."""
    invoice = facts.invoice
    if not needs_notice(invoice, terms.rules):
        return next_target_day(max(invoice.due_on, terms.first_day))
    if facts.notice is not None and _still_holds(facts, terms):
        return facts.notice.collection_date
    return next_target_day(max(invoice.due_on, terms.today + timedelta(days=terms.rules.notify.days), terms.first_day))


def _still_holds(facts: InvoiceFacts, terms: Terms) -> bool:
    """A notice holds if its day can be met, its days of notice were kept and no more is asked than it said."""
    notice = facts.notice
    return (
        notice is not None
        and notice.collection_date >= terms.first_day
        and notice.noticed_on + timedelta(days=terms.rules.notify.days) <= notice.collection_date
        and facts.invoice.open_amount <= notice.amount
        and any(mandate.reference == notice.mandate_reference for mandate in facts.mandates)
    )


def _by_time(facts: InvoiceFacts, mandate: Mandate, collection_date: date, terms: Terms) -> Verdict:
    """All is well with the invoice and its mandate; it is a matter of the day."""
    invoice, notice = facts.invoice, facts.notice
    said = {
        "number": invoice.number,
        "due_on": invoice.due_on.isoformat(),
        "collection_date": collection_date.isoformat(),
        "mandate": mandate.reference,
        "open_amount": str(invoice.open_amount),
        "currency": invoice.currency,
    }
    in_window = collection_date <= terms.collected_until
    if needs_notice(invoice, terms.rules):
        if notice is not None:
            said["notice_on"] = notice.noticed_on.isoformat()
        if notice is None or not _still_holds(facts, terms):
            if collection_date > terms.announced_until:
                return _nothing(Reason(ReasonCode.NOT_DUE_YET, said))
            code = ReasonCode.NOTICE_OUTDATED if notice else ReasonCode.NOTICE_TO_SEND
            return Verdict(Action.NOTIFY, Reason(code, said), mandate, collection_date)
        if not in_window:
            return _nothing(Reason(ReasonCode.NOTICE_RUNNING, said))
        if not notice.sent:
            return _nothing(Reason(ReasonCode.NOTICE_NOT_SENT, said))
    elif not in_window:
        return _nothing(Reason(ReasonCode.NOT_DUE_YET, said))
    return _new_verdict(Action.COLLECT, new_reason(ReasonCode.WILL_COLLECT, said), mandate, collection_date)
