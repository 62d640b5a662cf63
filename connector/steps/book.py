"""Book: tell the package that money arrived on an invoice, or that it was taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from connector.errors import NotYet, Skippable
from connector.model.collection import Claim
from connector.model.customer import RecordKey
from connector.model.deed import DeedCode, Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.ports import Payment, PaymentReturn
from connector.steps.handler import source_of
from connector.steps.work import Work
from connector.store import collections, effects, invoices
from connector.store.collections import StoredCollection
from connector.store.history import Act


def owe_payment(
    work: Work, connection: Connection, stored: StoredCollection, paid_on: date, bank_reference: str
) -> None:
    """Owe the package a payment for each invoice that the collection paid."""
    for number, claim in enumerate(stored.collection.claims, start=1):
        facts = _facts(stored, claim) | {"paid_on": paid_on.isoformat(), "bank_reference": bank_reference}
        owed = _effect(EffectKind.REGISTER_PAYMENT, stored, number, claim, facts)
        effects.owe(connection, owed, work.act().at)


def owe_return(
    work: Work,
    connection: Connection,
    stored: StoredCollection,
    returned_on: date,
    *,
    reason_code: str,
    reason_text: str,
    charges: Decimal | None,
) -> None:
    """Owe the package the return of each payment that it was owed. The charges go with the first of them."""
    for number, claim in enumerate(stored.collection.claims, start=1):
        facts = _facts(stored, claim) | {
            "returned_on": returned_on.isoformat(),
            "payment": _key(EffectKind.REGISTER_PAYMENT, stored, number),
            "reason_code": reason_code,
            "reason_text": reason_text,
            "charges": str(charges) if charges is not None and number == 1 else "",
        }
        owed = _effect(EffectKind.REGISTER_RETURN, stored, number, claim, facts)
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
