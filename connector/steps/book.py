"""Book: tell the package that money arrived on an invoice, or that it was taken back; when, the rules say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from bankfiles.pain008.model import Scheme
from connector.errors import NotYet, Skippable
from connector.model.collection import FAILED_STATES, Claim, CollectionState
from connector.model.customer import RecordKey
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.reason import Reason, ReasonCode
from connector.model.rules import BookWhen, Rules
from connector.ports import Payment, PaymentReturn
from connector.steps.handler import source_of
from connector.steps.work import Work
from connector.store import collections, effects, invoices, waiting_payments
from connector.store.collection_rows import StoredCollection
from connector.store.history import Act
from connector.store.waiting_payments import WaitingPayment

_BATCH = 500
_REFUND_PERIOD = timedelta(weeks=8)  # EPC SDD Core rulebook: a debtor's refund without a reason
_UNDER_WAY = (CollectionState.SUBMITTED, CollectionState.ACCEPTED)


def submitted(work: Work, connection: Connection, message_id: str) -> None:
    """The bank has a file: where the rules say so, its collections are booked as paid on their day."""
    if work.installation.rules.book.when is not BookWhen.SUBMITTED:
        return
    ids = collections.ids_where(connection, bank_file=message_id, states=_UNDER_WAY)
    for stored in collections.find_many(connection, ids).values():
        _owe_payment(work, connection, stored, stored.collection.collection_date, "")


def settled(work: Work, connection: Connection, stored: StoredCollection, on: date, bank_reference: str) -> None:
    """The money is there: it is booked, or waits until nobody can have it back without a reason."""
    if _waits_for_refunds(work.installation.rules, stored):
        waiting = WaitingPayment(stored.collection.end_to_end_id, on + _REFUND_PERIOD, on, bank_reference)
        waiting_payments.add(connection, waiting)
    else:
        _owe_payment(work, connection, stored, on, bank_reference)


def book_waiting(work: Work) -> None:
    """Book what has waited long enough; everything that waits, if the rules no longer let it."""
    installation = work.installation
    waits = installation.rules.book.when is BookWhen.AFTER_REFUND_PERIOD
    until = installation.today() if waits else None
    while True:
        with work.store.transaction() as connection:
            due = waiting_payments.due(connection, installation.creditors, until, _BATCH)
            found = collections.find_many(connection, [one.end_to_end_id for one in due])
            for one in due:
                waiting_payments.remove(connection, one.end_to_end_id)
                _owe_payment(work, connection, found[one.end_to_end_id], one.paid_on, one.bank_reference)
        if not due:
            return
        work.check_stop()


def taken_back(
    work: Work,
    connection: Connection,
    stored: StoredCollection,
    returned_on: date,
    *,
    reason_code: str,
    reason_text: str,
    charges: Decimal | None,
) -> None:
    """No money, or no more money: owe the return of each payment that was booked. What was not booked needs none.

    Args:
        stored: as it was before.
        charges: go with the first of the returns.
    """
    waiting_payments.remove(connection, stored.collection.end_to_end_id)
    for number, claim in enumerate(stored.collection.claims, start=1):
        payment = effects.find(connection, _key(EffectKind.REGISTER_PAYMENT, stored, number))
        if payment is None or _is_let_go(work, connection, stored, payment):
            continue
        facts = _facts(stored, claim) | {
            "returned_on": returned_on.isoformat(),
            "payment": payment.key,
            "reason_code": reason_code,
            "reason_text": reason_text,
            "charges": str(charges) if charges is not None and number == 1 else "",
        }
        owed = _effect(EffectKind.REGISTER_RETURN, stored, number, claim, facts)
        effects.owe(connection, owed, work.act().at)


def _is_let_go(work: Work, connection: Connection, stored: StoredCollection, payment: Effect) -> bool:
    """Whether a payment that was to be booked before any money moved could still be stopped."""
    if stored.collection.state is CollectionState.SETTLED or payment.state is not EffectState.PENDING:
        return False
    why = "no money came before it was booked"
    return effects.mark(connection, payment, EffectState.LEFT, work.act(), error=why) is not None


def when_booked(connection: Connection, rules: Rules, stored: StoredCollection) -> Reason | None:
    """When a collection will be booked as paid; None if it is, or never will be."""
    collection = stored.collection
    waiting = waiting_payments.find(connection, collection.end_to_end_id)
    if waiting is not None:
        return Reason(ReasonCode.BOOK_ON, {"book_on": waiting.book_on.isoformat()})
    owed = effects.find(connection, _key(EffectKind.REGISTER_PAYMENT, stored, 1))
    if owed is not None or collection.state in FAILED_STATES or collection.state is CollectionState.SETTLED:
        return None
    if rules.book.when is BookWhen.SUBMITTED:
        return Reason(ReasonCode.BOOK_WHEN_SUBMITTED)
    waits = _waits_for_refunds(rules, stored)
    return Reason(ReasonCode.BOOK_AFTER_REFUND_PERIOD if waits else ReasonCode.BOOK_WHEN_SETTLED)


def _waits_for_refunds(rules: Rules, stored: StoredCollection) -> bool:
    """B2B has no refunds without a reason, so there is nothing to wait for."""
    return rules.book.when is BookWhen.AFTER_REFUND_PERIOD and stored.scheme is Scheme.CORE


def _owe_payment(
    work: Work, connection: Connection, stored: StoredCollection, paid_on: date, bank_reference: str
) -> None:
    """Owe the package a payment for each invoice that the collection pays; one that is owed already stays as it is."""
    for number, claim in enumerate(stored.collection.claims, start=1):
        facts = _facts(stored, claim) | {
            "paid_on": paid_on.isoformat(),
            "bank_reference": bank_reference,
            "batch": stored.batch_id or "",
        }
        owed = _effect(EffectKind.REGISTER_PAYMENT, stored, number, claim, facts)
        effects.owe(connection, owed, work.act().at)


def _key(kind: EffectKind, stored: StoredCollection, number: int) -> str:
    return f"{kind}:{stored.collection.end_to_end_id}/{number}"


def _payment_key(effect_key: str) -> str:
    """A payment's key in the package, where people see it: end-to-end id and part."""
    return effect_key.removeprefix(f"{EffectKind.REGISTER_PAYMENT}:")


def _effect(kind: EffectKind, stored: StoredCollection, number: int, claim: Claim, facts: dict[str, str]) -> Effect:
    return Effect(
        key=_key(kind, stored, number),
        kind=kind,
        target=claim.invoice.source,
        about=collections.record_of(stored.collection.end_to_end_id),
        facts=facts,
        lane=str(stored.collection.customer),
    )


def _facts(stored: StoredCollection, claim: Claim) -> dict[str, str]:
    return {
        "end_to_end_id": stored.collection.end_to_end_id,
        "customer": stored.collection.customer.id,
        "invoice": claim.invoice.id,
        "amount": str(claim.amount),
        "mandate": stored.collection.mandate_reference,
    }


class RegisterPayment:
    """Effect: book a payment on its invoice."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Book it."""
        facts, source = effect.facts, source_of(effect, work)
        payment = Payment(
            key=_payment_key(effect.key),
            customer=RecordKey(source.name, facts["customer"]),
            invoice=RecordKey(source.name, facts["invoice"]),
            invoice_number=_invoice_number(effect, work),
            amount=Decimal(facts["amount"]),
            paid_on=date.fromisoformat(facts["paid_on"]),
            mandate_reference=facts["mandate"],
            end_to_end_id=facts["end_to_end_id"],
            bank_reference=facts["bank_reference"],
            batch_id=facts.get("batch", ""),
        )
        return source.package.register_payment(payment)

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether the package has it."""
        return source_of(effect, work).package.look_up(effect.kind, _payment_key(effect.key))

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Tell it."""
        _tell(effect, connection, work, DeedCode.REGISTER_PAYMENT)


class RegisterReturn:
    """Effect: undo a payment, so that its invoice is open again."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Undo it, once the payment is booked."""
        facts, source = effect.facts, source_of(effect, work)
        with work.store.reading() as connection:
            payment_id = effects.result_of(connection, facts["payment"])
            paid = effects.find(connection, facts["payment"])
        if paid is not None and paid.state is EffectState.LEFT:
            raise Skippable(
                f"The payment {facts['payment']} was not booked by us, so there is nothing that we can undo.",
                where=f"effect {effect.key}",
                remedy="If it was booked by hand, undo it by hand.",
            )
        if payment_id is None:
            raise NotYet(
                f"The payment {facts['payment']} is not booked yet, so it can't be undone.",
                where=f"effect {effect.key}",
                remedy="Deal with the Exception of the payment first.",
            )
        returned = PaymentReturn(
            key=effect.key,
            payment=_payment_key(facts["payment"]),
            payment_id=payment_id,
            customer=RecordKey(source.name, facts["customer"]),
            invoice=RecordKey(source.name, facts["invoice"]),
            invoice_number=_invoice_number(effect, work),
            amount=Decimal(facts["amount"]),
            returned_on=date.fromisoformat(facts["returned_on"]),
            reason_code=facts["reason_code"],
            reason_text=facts["reason_text"],
            end_to_end_id=facts["end_to_end_id"],
            charges=Decimal(facts["charges"]) if facts["charges"] else None,
        )
        return source.package.register_return(returned)

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether the package has it."""
        return source_of(effect, work).package.look_up(effect.kind, effect.key)

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Tell it."""
        _tell(effect, connection, work, DeedCode.REGISTER_RETURN)


def _invoice_number(effect: Effect, work: Work) -> str:
    with work.store.reading() as connection:
        invoice = invoices.find(connection, RecordKey(effect.target, effect.facts["invoice"]))
    return invoice.number if invoice else effect.facts["invoice"]


def _tell(effect: Effect, connection: Connection, work: Work, code: DeedCode) -> None:
    invoice = invoices.find(connection, RecordKey(effect.target, effect.facts["invoice"]))
    work.did(
        Step.RECONCILE,
        code,
        number=invoice.number if invoice else effect.facts["invoice"],
        amount=Decimal(effect.facts["amount"]),
        source=effect.target,
    )
