"""Attention: what a person has to do about a customer or an invoice, as far as a package's users should see it there.

| on a customer | while something is due and not collected |
|---|---|
| no_email | marked for direct debit, and nobody can write to them |
| no_mandate | marked for direct debit, and never invited |
| mandate_not_signed, invitation_lapsed | marked for direct debit, invited, and did not sign |
| mandate_awaits_bank, mandate_suspended, mandate_ended | signed once, and the mandate can't be used |

| on an invoice | while it is open and not being collected |
|---|---|
| attempts_used | refused or taken back as often as the rules allow |
| amount_out_of_range, mandate_unknown, collection_refused_by_check | as the Exception of it says |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from connector.installation import Source
from connector.model.customer import Customer, RecordKey
from connector.model.mandate import Mandate, MandateState, why_not_active
from connector.model.reason import Reason, ReasonCode
from connector.ports import Feed, RemarkKind
from connector.steps.work import Work
from connector.store import attention, mandates
from connector.store.chunks import chunks
from connector.store.history import RecordKind
from connector.store.remarks import Matter

_ON_INVOICES = (ReasonCode.AMOUNT_OUT_OF_RANGE, ReasonCode.MANDATE_UNKNOWN, ReasonCode.COLLECTION_REFUSED_BY_CHECK)
CODES = (
    ReasonCode.NO_EMAIL,
    ReasonCode.NO_MANDATE,
    ReasonCode.MANDATE_NOT_SIGNED,
    ReasonCode.INVITATION_LAPSED,
    ReasonCode.MANDATE_AWAITS_BANK,
    ReasonCode.MANDATE_SUSPENDED,
    ReasonCode.MANDATE_ENDED,
    ReasonCode.ATTEMPTS_USED,
    *_ON_INVOICES,
)
"""All reasons that become remarks; each has its title in connector/texts."""

_BATCH = 500


def due(work: Work, connection: Connection, source: Source) -> Iterator[Matter]:
    """Everything in a source that needs a person now, each matter once."""
    customers = attention.customers_without_mandate(connection, source.name, work.installation.today())
    for some in chunks(customers, _BATCH):
        own = mandates.of_customers(connection, [customer.key for customer in some])
        for customer in some:
            reason = _of_customer(customer, own.get(customer.key, ()))
            yield _matter(reason, Feed.CUSTOMERS, customer.key)
    rules = work.installation.rules.collect
    for asked in attention.invoices_asked_in_vain(connection, source.name, rules.attempts):
        reason = Reason(ReasonCode.ATTEMPTS_USED, {"attempts": str(asked.attempts)})
        yield _matter(reason, Feed.INVOICES, RecordKey(source.name, asked.invoice))
    yield from _shown_on_invoices(connection, source)


def _of_customer(customer: Customer, own: Sequence[Mandate]) -> Reason:
    """What stands between a customer and a mandate that can be used: the last one that there was tells."""
    if not own:
        return Reason(ReasonCode.NO_MANDATE if customer.email else ReasonCode.NO_EMAIL)
    last = own[-1]
    facts = {"mandate": last.reference}
    if last.state is MandateState.LAPSED:
        return Reason(ReasonCode.INVITATION_LAPSED, facts)
    return Reason(why_not_active(last.state), facts | {"state": last.state.value})


def _shown_on_invoices(connection: Connection, source: Source) -> Iterator[Matter]:
    """What Exceptions say of invoices that are still open."""
    reasons: dict[str, list[Reason]] = {}
    of_collections: dict[str, Reason] = {}
    for record, reason in attention.shown(connection, _ON_INVOICES):
        kind, _, key = record.partition(" ")
        if kind == RecordKind.INVOICE and key.startswith(f"{source.name}/"):
            reasons.setdefault(key.removeprefix(f"{source.name}/"), []).append(reason)
        elif kind == RecordKind.COLLECTION:
            of_collections[key] = reason
    for end_to_end_id, ids in attention.invoices_of(connection, source.name, of_collections).items():
        for invoice in ids:
            reasons.setdefault(invoice, []).append(of_collections[end_to_end_id])
    for invoice in sorted(attention.still_open(connection, source.name, reasons)):
        for reason in {one.code: one for one in reasons[invoice]}.values():
            yield _matter(reason, Feed.INVOICES, RecordKey(source.name, invoice))


def _matter(reason: Reason, feed: Feed, on: RecordKey) -> Matter:
    facts: Mapping[str, str] = {name: str(value) for name, value in reason.facts.items()}
    return Matter(RemarkKind.ATTENTION, feed, on, reason.code.value, facts)
