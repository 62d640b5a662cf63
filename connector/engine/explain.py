"""Explain: why something was or was not invited, collected or written back - by the rules that the steps used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from connector.installation import Installation
from connector.model.customer import Customer
from connector.model.deed import Fact
from connector.model.effect import Effect
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import Mandate
from connector.model.reason import Reason, ReasonCode
from connector.steps.book import when_booked
from connector.steps.eligibility import judge, terms_on, why_not_invited
from connector.steps.invoice_facts import gather
from connector.store import collections, customers, effects, exceptions, history, invoices, mandates
from connector.store.collection_rows import StoredCollection
from connector.store.database import Store
from connector.store.exceptions import OpenException
from connector.store.history import PastChange, RecordKind, record_name


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that can be told of one record.

    Attributes:
        record: its name, e.g. "invoice books/2026-1".
        facts: what is known of it.
        reasons: the verdicts on it now.
        history: its state changes, oldest first.
        effects: what we owe or owed the outside about it.
        exceptions: what a person was shown about it, closed ones too.
        related: names of records that explain it further.
    """

    record: str
    facts: Mapping[str, Fact]
    reasons: Sequence[Reason]
    history: Sequence[PastChange]
    effects: Sequence[Effect]
    exceptions: Sequence[OpenException]
    related: Sequence[str] = ()


def explain(installation: Installation, store: Store, kind: RecordKind, word: str) -> list[Explanation]:
    """Explain every record of a kind that a word names: its id, number, name, reference or end-to-end id.

    Empty if there is none. `source/id` names one record of one source.
    """
    teller: Mapping[RecordKind, Callable[[Installation, Connection, str], list[Explanation]]] = {
        RecordKind.INVOICE: _invoices,
        RecordKind.CUSTOMER: _customers,
        RecordKind.MANDATE: _mandates,
        RecordKind.COLLECTION: _collections,
    }
    with store.reading() as connection:
        return teller[kind](installation, connection, word)


def _invoices(installation: Installation, connection: Connection, word: str) -> list[Explanation]:
    source, _, key = word.rpartition("/")
    found = [one for one in invoices.search(connection, key) if source in ("", one.key.source)]
    return [_invoice(installation, connection, invoice) for invoice in found]


def _invoice(installation: Installation, connection: Connection, invoice: Invoice) -> Explanation:
    (facts,) = gather(connection, [invoice])
    creditor = installation.sources[invoice.key.source].creditor
    verdict = judge(facts, creditor, terms_on(installation.today(), installation.rules))
    said: dict[str, Fact] = {
        "number": invoice.number,
        "customer": facts.customer_name or invoice.customer.id,
        "due_on": invoice.due_on,
        "total": invoice.total,
        "open_amount": invoice.open_amount,
        "currency": invoice.currency,
    }
    related = [collections.record_of(claim.end_to_end_id) for claim in facts.claims]
    related.append(record_name(RecordKind.CUSTOMER, invoice.customer))
    return _told(connection, record_name(RecordKind.INVOICE, invoice.key), said, [verdict.reason], related)


def _customers(installation: Installation, connection: Connection, word: str) -> list[Explanation]:
    source, _, key = word.rpartition("/")
    found = [one for one in customers.search(connection, key) if source in ("", one.key.source)]
    return [_customer(installation, connection, customer) for customer in found]


def _customer(installation: Installation, connection: Connection, customer: Customer) -> Explanation:
    own = mandates.of_customers(connection, [customer.key]).get(customer.key, [])
    of_customer = invoices.of_customer(connection, customer.key)
    owes = any(one.open_amount > 0 and one.kind is InvoiceKind.INVOICE for one in of_customer)
    reason = why_not_invited(customer, own, owes=owes, rules=installation.rules.invite)
    said: dict[str, Fact] = {
        "customer": customer.name,
        "number": customer.number,
        "email": customer.email,
        "invoices": len(of_customer),
    }
    related = [mandates.record_of(mandate) for mandate in own]
    related += [record_name(RecordKind.INVOICE, one.key) for one in of_customer if one.open_amount > 0]
    reasons = [reason or Reason(ReasonCode.WILL_INVITE, {"customer": customer.name})]
    return _told(connection, record_name(RecordKind.CUSTOMER, customer.key), said, reasons, related)


def _mandates(installation: Installation, connection: Connection, word: str) -> list[Explanation]:
    mandate = mandates.find(connection, word)
    return [_mandate(installation, connection, mandate)] if mandate else []


def _mandate(installation: Installation, connection: Connection, mandate: Mandate) -> Explanation:
    reason = mandate.why_unusable(mandate.creditor, installation.today())
    said: dict[str, Fact] = {
        "customer": mandate.debtor_name,
        "mandate": mandate.reference,
        "state": mandate.state.value,
        "scheme": mandate.scheme.value,
    }
    if mandate.signed_on:
        said["signed_on"] = mandate.signed_on
    if mandate.last_used_on:
        said["used_on"] = mandate.last_used_on
    under = collections.of_mandate(connection, mandate.creditor, mandate.reference)
    related = [record_name(RecordKind.CUSTOMER, mandate.customer)]
    related += [collections.record_of(one.collection.end_to_end_id) for one in under]
    return _told(connection, mandates.record_of(mandate), said, [reason] if reason else [], related)


def _collections(installation: Installation, connection: Connection, word: str) -> list[Explanation]:
    stored = collections.find(connection, word)
    return [_collection(installation, connection, stored)] if stored else []


def _collection(installation: Installation, connection: Connection, stored: StoredCollection) -> Explanation:
    collection = stored.collection
    said: dict[str, Fact] = {
        "customer": stored.debtor_name,
        "amount": collection.amount,
        "collection_date": collection.collection_date,
        "state": collection.state.value,
        "mandate": collection.mandate_reference,
    }
    if stored.bank_file:
        said["file"] = stored.bank_file
    if stored.settled_on:
        said["settled_on"] = stored.settled_on
    if stored.reason_code:
        said["reason_code"] = stored.reason_code
    related = [record_name(RecordKind.INVOICE, claim.invoice) for claim in collection.claims]
    related.append(record_name(RecordKind.MANDATE, collection.mandate_reference))
    booked = when_booked(connection, installation.rules, stored)
    reasons = [booked] if booked else []
    return _told(connection, collections.record_of(collection.end_to_end_id), said, reasons, related)


def _told(
    connection: Connection,
    record: str,
    facts: Mapping[str, Fact],
    reasons: Sequence[Reason],
    related: Sequence[str],
) -> Explanation:
    return Explanation(
        record=record,
        facts=facts,
        reasons=reasons,
        history=history.of(connection, record),
        effects=effects.about(connection, record),
        exceptions=exceptions.about(connection, record),
        related=related,
    )
