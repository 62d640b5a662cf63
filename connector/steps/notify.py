"""Notify: tell debtors amount and date of each collection the agreed days before it (pre-notification)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import blake2b

from sqlalchemy import Connection

from connector.installation import Source
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect, EffectKind
from connector.model.invoice import Invoice
from connector.model.mandate import Mandate
from connector.model.notice import Notice
from connector.model.reason import Reason, ReasonCode
from connector.model.rules import NoticeChannel
from connector.steps import journal
from connector.steps.eligibility import Action, InvoiceFacts, Terms, judge, terms_on
from connector.steps.invoice_facts import gather
from connector.steps.work import Progress, Work
from connector.store import customers, effects, exceptions, invoices, mandates, notices
from connector.store.history import RecordKind, record_name
from connector.store.notices import PlannedNotice


def run(work: Work) -> None:
    """Owe a mail to every debtor of an invoice that will be collected and was not announced yet."""
    if work.installation.rules.notify.channel is NoticeChannel.INVOICE:
        return
    for source in work.installation.sources.values():
        _notify_source(work, source)


def _notify_source(work: Work, source: Source) -> None:
    rules = work.installation.rules
    terms = terms_on(work.installation.today(), rules)
    done, after = 0, None
    while True:
        with work.store.transaction() as connection:
            batch = invoices.to_announce(
                connection,
                source.name,
                due_until=terms.announced_until,
                stale_before=terms.first_day,
                attempts=rules.collect.attempts,
                after=after,
            )
            _announce(work, connection, source, batch, terms)
        if not batch:
            return
        after, done = invoices.place_of(batch[-1]), done + len(batch)
        work.progress(Progress(Step.NOTIFY, source.name, done))
        work.check_stop()


def _announce(work: Work, connection: Connection, source: Source, batch: Sequence[Invoice], terms: Terms) -> None:
    """Group the invoices to announce by mandate and day: one mail to a debtor tells them all."""
    groups: dict[tuple[str, date], tuple[Mandate, list[InvoiceFacts]]] = {}
    for facts in gather(connection, batch):
        verdict = judge(facts, source.creditor, terms)
        if verdict.action is Action.NOTIFY:
            mandate, collection_date = verdict.settled_terms
            groups.setdefault((mandate.reference, collection_date), (mandate, []))[1].append(facts)
    for (_, collection_date), (mandate, told) in groups.items():
        _owe_notice(work, connection, mandate, collection_date, told)


def _owe_notice(
    work: Work, connection: Connection, mandate: Mandate, collection_date: date, told: Sequence[InvoiceFacts]
) -> None:
    act, today = work.act(), work.installation.today()
    customer = customers.find(connection, mandate.customer)
    record = record_name(RecordKind.CUSTOMER, mandate.customer)
    if customer is None or not customer.email:
        reason = Reason(ReasonCode.NO_EMAIL, {"customer": mandate.debtor_name})
        return work.show(connection, Step.NOTIFY, record, reason)
    exceptions.close(connection, [record], ReasonCode.NO_EMAIL, act.at, act.by)
    effect = Effect(
        key=_key(mandate, collection_date, told, today),
        kind=EffectKind.MAIL_NOTICE,
        target=work.installation.mailer.name,
        about=mandates.record_of(mandate),
        facts={
            "reference": mandate.reference,
            "creditor": mandate.creditor,
            "collection_date": collection_date.isoformat(),
        },
    )
    effects.owe(connection, effect, act.at)
    planned = [
        PlannedNotice(
            key=f"{effect.key}:{number}",
            creditor=mandate.creditor,
            channel=NoticeChannel.MAIL.value,
            effect=effect.key,
            notice=Notice(
                invoice=facts.invoice.key,
                part=1,
                mandate_reference=mandate.reference,
                amount=facts.invoice.open_amount,
                collection_date=collection_date,
                noticed_on=today,
                sent=False,
            ),
        )
        for number, facts in enumerate(told, start=1)
    ]
    notices.add(connection, planned)
    journal.note_notice(work, effect, planned)
    for facts in told:
        work.did(
            Step.NOTIFY,
            DeedCode.NOTIFY,
            customer=customer.name,
            number=facts.invoice.number,
            amount=facts.invoice.open_amount,
            collection_date=collection_date,
        )
    return None


def _key(mandate: Mandate, collection_date: date, told: Sequence[InvoiceFacts], today: date) -> str:
    """Key of the mail: the same invoices, amounts, attempts and days make the same notice."""
    invoices_told = ",".join(f"{facts.invoice.key}={facts.invoice.open_amount}/{len(facts.claims)}" for facts in told)
    digest = blake2b(invoices_told.encode(), digest_size=6).hexdigest()
    return f"notice:{mandate.creditor}/{mandate.reference}:{collection_date}:{today}:{digest}"
