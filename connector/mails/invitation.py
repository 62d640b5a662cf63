"""The mail that asks a debtor to sign a mandate."""

from __future__ import annotations

from datetime import timedelta

from bankfiles.pain008.model import Scheme
from connector.mails.letter import Button, Facts, Letter, Paragraph
from connector.model.customer import Customer, Language
from connector.ports import CreditorCard, Invitation, Mail
from connector.texts import say


def invitation_mail(
    creditor: CreditorCard, customer: Customer, language: Language, invitation: Invitation, scheme: Scheme
) -> Mail:
    """Ask the customer to sign, with the link in it: the mail holds a secret of the debtor."""

    # The last day of which the link lives to see the end, in UTC: wherever the debtor is in Europe, we promise no more.
    last_day = (invitation.expires_at - timedelta(days=1)).date()

    def text(key: str) -> str:
        return say(language, f"mail.invitation.{key}", creditor=creditor.name, day=last_day)

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
