"""The mail that asks a debtor to sign a mandate."""

from __future__ import annotations

from bankfiles.pain008.model import Scheme
from connector.mails.letter import Button, Facts, Letter, Paragraph
from connector.model.customer import Customer, Language
from connector.ports import CreditorCard, Invitation, Mail
from connector.texts import say


def invitation_mail(
    creditor: CreditorCard, customer: Customer, language: Language, invitation: Invitation, scheme: Scheme
) -> Mail:
    """Ask the customer to sign, with the link in it: the mail holds a secret of the debtor."""

    def text(key: str) -> str:
        # The date in UTC: in Europe never later than the local one, so the link works at least as long as we say.
        return say(language, f"mail.invitation.{key}", creditor=creditor.name, day=invitation.expires_at.date())

    blocks = (
        Paragraph(text("ask")),
        Paragraph(text("rights_b2b" if scheme is Scheme.B2B else "rights_core")),
        Button(text("button"), invitation.link),
        Facts(((say(language, "mail.mandate_reference"), invitation.reference),)),
        Paragraph(text("until")),
        Paragraph(text("doubt")),
    )
    letter = Letter(creditor, language, customer.name, text("subject"), text("preview"), blocks)
    return letter.mail(f"invite:{invitation.reference}:mail", customer.email)
