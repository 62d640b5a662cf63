"""Forgotten mandates: invitations made after the copy that was put back, to customers who are not invited any more.

Their invoices were paid meanwhile, or the rules changed: the steps don't invite them again, and what the service tells
of their mandates found nothing here. The reference of a mandate is made from its customer's key, so the customer is
found by it. The mandate is put in as it was when it was invited, and the next pass hears again what became of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from connector.model.customer import RecordKey
from connector.model.derived import mandate_reference
from connector.model.mandate import Mandate, MandateState
from connector.model.reason import ReasonCode
from connector.ports import Feed
from connector.steps.work import Work
from connector.store import auditing, cursors, customers, exceptions, mandates, rereading


def take_up(work: Work) -> None:
    """Put in the mandates that the service told of and that are not known here, if their customers are."""
    service = work.installation.mandates.name
    with work.store.reading() as connection:
        events = auditing.events_without_mandate(connection, service)
    for reference, creditor, customer in _customers_of(work, events.keys()) if events else ():
        act = work.act()
        with work.store.transaction() as connection:
            found = customers.find(connection, customer)
            if found is None:
                continue
            rules = work.installation.rules.invite
            mandate = Mandate(
                reference=reference,
                creditor=creditor,
                customer=customer,
                scheme=rules.scheme,
                type=rules.type,
                state=MandateState.INVITED,
                language=found.language or rules.language,
                debtor_name=found.name,
            )
            mandates.add_invited(connection, mandate, act.at + timedelta(days=rules.valid_days), act)
            rereading.forget_events(connection, service, events[reference])
            cursors.move(connection, service, Feed.MANDATE_EVENTS, "", act.at)
            exceptions.close(connection, [mandates.record_of(mandate)], ReasonCode.MANDATE_UNKNOWN, act.at, act.by)


def _customers_of(work: Work, references: Collection[str]) -> Iterator[tuple[str, str, RecordKey]]:
    """Reference, creditor and customer of those of these mandates that are a customer's first one."""
    for source in work.installation.sources.values():
        creditor = work.installation.creditors[source.creditor]
        with work.store.reading() as connection:
            keys = auditing.customers_without_mandate(connection, source.name)
        for key in keys:
            reference = mandate_reference(creditor.mandate_prefix, creditor.id, key, number=1)
            if reference in references:
                yield reference, creditor.id, key
