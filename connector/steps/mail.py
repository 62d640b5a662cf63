"""Mail: the effects that write to debtors - the invitation's link and the notice of a collection.

What a mail says is read from the database when it is sent, and so is whether it is still needed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from connector.errors import Skippable
from connector.installation import card_of
from connector.mails import NoticeLine, invitation_mail, notice_mail
from connector.model.effect import Effect, EffectState
from connector.model.mandate import Mandate, MandateState
from connector.ports import Mail
from connector.steps.work import Work
from connector.store import customers, invoices, mandates, notices
from connector.store.history import Act

_NOT_NEEDED = "not needed any more"


class MailInvitation:
    """Effect: mail the link of an invitation. The link stands in no table: the service makes it again."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Send it, unless the debtor has answered already."""
        with work.store.reading() as connection:
            mandate = _mandate(connection, effect)
            customer = customers.find(connection, mandate.customer)
        if mandate.state is not MandateState.INVITED or customer is None:
            return _NOT_NEEDED
        service = work.installation.mandates
        invitation = service.look_up(mandate.reference)
        if invitation is None:
            raise Skippable(
                f"The invitation to sign mandate {mandate.reference} is gone from {service.name}.",
                where=f"mandate {mandate.reference}",
                remedy="Cancel the mandate and invite the customer again.",
            )
        card = card_of(work.installation.creditors[mandate.creditor])
        return _send(effect, work, invitation_mail(card, customer, mandate.language, invitation, mandate.scheme))

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether it left."""
        return work.installation.mailer.look_up(effect.key)

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """Nothing follows."""


class MailNotice:
    """Effect: tell a debtor of all invoices that are collected under one mandate on one day."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Send it, unless a newer notice took its place."""
        with work.store.reading() as connection:
            mandate = _mandate(connection, effect)
            customer = customers.find(connection, mandate.customer)
            lines = _lines(connection, effect)
        if not lines or customer is None or mandate.iban is None:
            return _NOT_NEEDED
        mail = notice_mail(
            card_of(work.installation.creditors[mandate.creditor]),
            mandate.language,
            customer.email,
            mandate.debtor_name,
            mandate.iban,
            mandate.reference,
            date.fromisoformat(effect.facts["collection_date"]),
            lines,
            effect.key,
        )
        return _send(effect, work, mail)

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether it left."""
        return work.installation.mailer.look_up(effect.key)

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """The days of notice count from the day on which it left."""
        if result != _NOT_NEEDED:
            noticed_on = effect.facts.get("noticed_on") if effect.state is EffectState.UNKNOWN else None
            day = date.fromisoformat(noticed_on) if noticed_on else work.installation.today()
            notices.sent(connection, effect.key, day)


def _lines(connection: Connection, effect: Effect) -> list[NoticeLine]:
    """The invoices that a notice tells and that no newer notice tells."""
    told = [(notice, invoices.find(connection, notice.invoice)) for notice in notices.of_effect(connection, effect.key)]
    return [NoticeLine(invoice.number, notice.amount, invoice.due_on) for notice, invoice in told if invoice]


def _send(effect: Effect, work: Work, mail: Mail) -> str:
    return work.installation.mailer.send(replace(mail, key=effect.key))


def _mandate(connection: Connection, effect: Effect) -> Mandate:
    mandate = mandates.find(connection, effect.facts["reference"], effect.facts["creditor"])
    if mandate is None:
        raise LookupError(f"The mandate of effect {effect.key} is gone from the database.")
    return mandate
