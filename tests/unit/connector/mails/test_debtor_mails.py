"""The mails that debtors get."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import lxml.html
import pytest

from bankfiles.pain008.model import Scheme
from connector.mails import NoticeLine, code_mail, invitation_mail, notice_mail, signed_mail
from connector.model.customer import Customer, Language, PostalAddress, RecordKey
from connector.ports import CreditorCard, Document, Invitation, Mail

CREDITOR = CreditorCard(
    name="Bakkerij <Peeters> & Zoon",
    identifier="BE69ZZZ0123456789",
    address=PostalAddress(country="BE", town="Gent", postcode="9000", street="Veldstraat 1"),
    email="info@peeters.example",
    phone="+32 9 000 00 00",
    colour="#f5c518",
)
CUSTOMER = Customer(key=RecordKey("shop", "7"), name="Amélie Wauters", email="amelie@example.org")
INVITATION = Invitation("M-7", "abc", "https://sign.example/s/token", datetime(2026, 12, 24, 10, tzinfo=UTC))
LINES = (
    NoticeLine("2026/101", Decimal("120.50"), date(2026, 12, 1)),
    NoticeLine("2026/99", Decimal("1000.00"), date(2026, 11, 20)),
)
PDF = Document("mandate.pdf", "application/pdf", b"%PDF-1.4", "0" * 64)


def notice(language: Language) -> Mail:
    return notice_mail(
        creditor=CREDITOR,
        language=language,
        to="amelie@example.org",
        debtor_name="Amélie Wauters",
        iban="BE68539007547034",
        mandate_reference="M-7",
        collection_date=date(2026, 12, 15),
        lines=LINES,
        key="notice:1",
    )


def all_mails(language: Language) -> list[Mail]:
    return [
        invitation_mail(CREDITOR, CUSTOMER, language, INVITATION, Scheme.CORE),
        invitation_mail(CREDITOR, CUSTOMER, language, INVITATION, Scheme.B2B),
        code_mail(CREDITOR, language, CUSTOMER.email, CUSTOMER.name, "M-7", "BE68539007547034", "012345", 10, "code:1"),
        signed_mail(CREDITOR, language, CUSTOMER.email, CUSTOMER.name, "M-7", Scheme.CORE, PDF, "signed:1"),
        notice(language),
    ]


@pytest.mark.parametrize("language", Language)
def test_every_mail_has_text_and_well_formed_html_in_its_language(language: Language) -> None:
    for mail in all_mails(language):
        page: lxml.html.HtmlElement = lxml.html.document_fromstring(mail.html)
        assert page.get("lang") == mail.language == language
        assert "Bakkerij <Peeters> & Zoon" in page.text_content()
        assert "Peeters" in mail.text
        assert "BE69ZZZ0123456789" in mail.text
        assert mail.reply_to == "info@peeters.example"
        assert "{" not in mail.text + mail.subject


@pytest.mark.parametrize("language", Language)
def test_the_notice_names_total_day_mandate_and_invoices_and_masks_the_account(language: Language) -> None:
    mail = notice(language)
    seen = mail.text + mail.html
    assert "BE68" in seen
    assert "BE68539007547034" not in seen
    for needed in ("2026/101", "2026/99", "M-7", "15"):
        assert needed in mail.text
    digits = "".join(sign for sign in mail.subject if sign.isdigit())
    assert "112050" in digits


def test_the_invitation_has_the_key_of_its_reference_and_the_link_in_both_forms() -> None:
    mail = invitation_mail(CREDITOR, CUSTOMER, Language.FRENCH, INVITATION, Scheme.CORE)
    assert mail.key == "invite:M-7:mail"
    assert INVITATION.link in mail.text
    page: lxml.html.HtmlElement = lxml.html.document_fromstring(mail.html)
    assert set(page.xpath("//@href")) == {INVITATION.link}


def test_the_invitation_promises_no_day_that_the_link_does_not_live_to_the_end_of() -> None:
    mail = invitation_mail(CREDITOR, CUSTOMER, Language.ENGLISH, INVITATION, Scheme.CORE)
    assert "until 23 December 2026" in mail.text  # it dies on the 24th in the morning


@pytest.mark.parametrize("language", Language)
def test_only_the_core_invitation_promises_the_refund_of_eight_weeks(language: Language) -> None:
    core, b2b = (
        invitation_mail(CREDITOR, CUSTOMER, language, INVITATION, scheme).text.partition("https")[0]
        for scheme in (Scheme.CORE, Scheme.B2B)
    )
    assert "8 " in core
    assert "8 " not in b2b


@pytest.mark.parametrize("language", Language)
def test_the_code_mail_says_what_the_code_signs_and_masks_the_account(language: Language) -> None:
    mail = all_mails(language)[2]
    assert mail.subject.startswith("012345")
    for needed in ("012345", "M-7", "BE68*********034", "10"):
        assert needed in mail.text
    assert "BE68539007547034" not in mail.text + mail.html


def test_the_signed_mail_carries_the_pdf() -> None:
    mail = signed_mail(CREDITOR, Language.GERMAN, "a@b.example", "A", "M-7", Scheme.B2B, PDF, "signed:1")
    assert [attachment.content for attachment in mail.attachments] == [b"%PDF-1.4"]


def test_the_text_of_the_notice_lines_its_amounts_up() -> None:
    text = notice(Language.ENGLISH).text
    ends = [len(line.rstrip()) for line in text.splitlines() if "€" in line and "collect" not in line]
    assert len(ends) == 3
    assert len(set(ends)) == 1
