"""The pre-notification: which amount is collected when, under which mandate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bankfiles.identifiers import mask_iban
from connector.mails.letter import Amounts, Facts, Letter, Paragraph
from connector.model.customer import Language
from connector.ports import CreditorCard, Mail
from connector.texts import say
from connector.texts.formatting import written


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One invoice, or part of one, that is collected. The amount is in EUR."""

    invoice_number: str
    amount: Decimal
    due_on: date


def notice_mail(
    creditor: CreditorCard,
    language: Language,
    to: str,
    debtor_name: str,
    iban: str,
    mandate_reference: str,
    collection_date: date,
    lines: Sequence[NoticeLine],
    key: str,
) -> Mail:
    """Tell a debtor of a collection: the total, its invoices, the day, the mandate. The IBAN is masked here."""
    total = sum((line.amount for line in lines), Decimal(0))

    def text(name: str) -> str:
        return say(language, f"mail.notice.{name}", creditor=creditor.name, total=total, day=collection_date)

    table = Amounts(
        head=(text("invoice"), text("due_on"), text("amount")),
        rows=tuple(
            (line.invoice_number, written(language, line.due_on), written(language, line.amount)) for line in lines
        ),
        total=(text("total"), written(language, total)),
    )
    facts = Facts(
        (
            (text("collection_date"), written(language, collection_date)),
            (text("account"), mask_iban(iban)),
            (say(language, "mail.mandate_reference"), mandate_reference),
        )
    )
    blocks = (Paragraph(text("intro")), table, facts, Paragraph(text("nothing_to_do")), Paragraph(text("question")))
    return Letter(creditor, language, debtor_name, text("subject"), text("preview"), blocks).mail(key, to)
