"""Mail: the effects that write to debtors - the invitation's link and the notice of a collection."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from connector.errors import Skippable
from connector.installation import card_of
from connector.mails import NoticeLine, invitation_mail, notice_mail
from connector.model.effect import Effect
from connector.model.mandate import Mandate
from connector.ports import Mail
from connector.steps.work import Work
from connector.store import customers, invoices, mandates, notices
from connector.store.history import Act

_NOT_NEEDED = "not needed any more"


class SendMail:
    """Effect: send one mail. What it says is read from the database when it is sent."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Send it, unless what it tells was overtaken."""
        mail = _invitation(effect, work) if effect.facts["mail"] == "invitation" else _notice(effect, work)
        if mail is None:
            return _NOT_NEEDED
        return work.installation.mailer.send(replace(mail, key=effect.key))

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether it left."""
        return work.installation.mailer.look_up(effect.key)

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """The days of notice count from the day on which the notice left."""
        if effect.facts["mail"] == "notice" and result != _NOT_NEEDED:
            notices.sent(connection, effect.key, work.installation.today())


def _invitation(effect: Effect, work: Work) -> Mail | None:
    """The mail with the link; the link itself stands in no table, the service makes it again."""
    with work.store.reading() as connection:
        mandate = _mandate(connection, effect)
        customer = customers.find(connection, mandate.customer)
    invitation = work.installation.mandates.look_up(mandate.reference)
    if invitation is None or customer is None:
        raise Skippable(
            f"The invitation to sign mandate {mandate.reference} is gone from {work.installation.mandates.name}.",
            where=f"mandate {mandate.reference}",
            remedy="Cancel the mandate and invite the customer again.",
        )
    card = card_of(work.installation.creditors[mandate.creditor])
    return invitation_mail(card, customer, mandate.language, invitation, mandate.scheme)


def _notice(effect: Effect, work: Work) -> Mail | None:
    """The mail that tells all invoices collected from a debtor on one day; None if none of it stands any more."""
    with work.store.reading() as connection:
        mandate = _mandate(connection, effect)
        customer = customers.find(connection, mandate.customer)
        lines = []
        for notice in notices.of_effect(connection, effect.key):
            invoice = invoices.find(connection, notice.invoice)
            if invoice is not None:
                lines.append(NoticeLine(invoice.number, notice.amount, invoice.due_on))
    if not lines or customer is None or mandate.iban is None:
        return None
    return notice_mail(
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


def _mandate(connection: Connection, effect: Effect) -> Mandate:
    mandate = mandates.find(connection, effect.facts["reference"], effect.facts["creditor"])
    if mandate is None:
        raise LookupError(f"The mandate of effect {effect.key} is gone from the database.")
    return mandate
