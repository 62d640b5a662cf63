"""The mails around a signature: the one-time code before it, the signed mandate after it."""

from __future__ import annotations

from bankfiles.identifiers import mask_iban
from bankfiles.pain008.model import Scheme
from connector.mails.letter import Code, Facts, Letter, Paragraph
from connector.model.customer import Language
from connector.ports import Attachment, CreditorCard, Document, Mail
from connector.texts import say


def code_mail(
    creditor: CreditorCard,
    language: Language,
    to: str,
    debtor_name: str,
    reference: str,
    iban: str,
    code: str,
    minutes: int,
    key: str,
) -> Mail:
    """Send the one-time code that confirms the signature, and say what it signs. The mail holds a secret of the debtor.

    Args:
        debtor_name: as the creditor knows it; not as somebody typed it on the page.
        iban: account that was filled in; it is masked here.
    """

    def text(name: str) -> str:
        return say(language, f"mail.code.{name}", creditor=creditor.name, code=code, minutes=minutes)

    facts = Facts(
        (
            (say(language, "mail.mandate_reference"), reference),
            (say(language, "mail.account"), mask_iban(iban)),
        )
    )
    blocks = (Paragraph(text("intro")), Code(code), facts, Paragraph(text("valid")), Paragraph(text("not_you")))
    return Letter(creditor, language, debtor_name, text("subject"), text("preview"), blocks).mail(key, to)


def signed_mail(
    creditor: CreditorCard,
    language: Language,
    to: str,
    debtor_name: str,
    reference: str,
    scheme: Scheme,
    document: Document,
    key: str,
) -> Mail:
    """Confirm a signature, with the signed mandate attached."""

    def text(name: str) -> str:
        return say(language, f"mail.signed.{name}", creditor=creditor.name)

    blocks = (
        Paragraph(text("intro")),
        Facts(((say(language, "mail.mandate_reference"), reference),)),
        Paragraph(text("next_b2b" if scheme is Scheme.B2B else "next_core")),
        Paragraph(text("not_you")),
    )
    letter = Letter(creditor, language, debtor_name, text("subject"), text("preview"), blocks)
    return letter.mail(key, to, (Attachment(document.name, document.media_type, document.content),))
