"""The pages over HTTP, as a browser without script sees them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from connector.model.customer import Language
from tests.support.signing import (
    CREDITOR,
    OTHER_IBAN,
    SIGNED,
    SigningDesk,
    b2b_request,
    signing_desk,
)


def test_the_page_shows_creditor_mandate_and_what_is_known_of_the_debtor(desk: SigningDesk) -> None:
    window = desk.window(desk.invite().link)
    seen = window.page.text_content()
    for needed in (
        "Bakkerij <Peeters> & Zoon",
        "M-7",
        "BE69ZZZ0123456789",
        "Veldstraat 1, 9000 Gent, België",
        "8 weken",
    ):
        assert needed in seen
    assert window.value("name") == "Amélie Wauters"
    assert window.value("iban") == "BE71 0961 2345 6769"
    assert window.page.get("lang") == "nl"


def test_details_consent_and_code_make_a_signed_mandate(desk: SigningDesk) -> None:
    window = desk.at_code(iban="nl91 abna 0417 1643 00", name="A. Wauters")
    assert "NL91 ABNA 0417 1643 00" in window.page.text_content()
    window.send(code=desk.read_code())
    assert window.heading == SIGNED
    assert desk.has_signature()
    copy = desk.mailer.sent[-1]
    assert copy.attachments[0].content == desk.service.document("M-7").content
    window.send()
    assert window.response is not None
    assert window.response.headers["content-type"] == "application/pdf"
    assert window.response.content == copy.attachments[0].content


def test_a_code_may_be_typed_with_spaces(desk: SigningDesk) -> None:
    window = desk.at_code()
    code = desk.read_code()
    assert window.send(code=f" {code[:3]} {code[3:]} ").heading == SIGNED


def test_every_language_can_be_chosen_and_stays_chosen(desk: SigningDesk) -> None:
    link = desk.invite().link
    for language in Language:
        window = desk.window(f"{link}?lang={language}")
        assert window.page.get("lang") == language
        window.send(iban="")
        assert window.status == 422
        assert window.page.get("lang") == language
    assert desk.window(f"{link}?lang=xx").page.get("lang") == "nl"


def test_the_mail_with_the_code_is_in_the_language_that_was_chosen(desk: SigningDesk) -> None:
    desk.window(f"{desk.invite().link}?lang=fr").send(consent="yes")
    assert desk.mailer.sent[-1].language is Language.FRENCH


def test_what_a_creditor_is_called_is_never_markup(desk: SigningDesk) -> None:
    evil = replace(CREDITOR, name='<script src="//evil.example"></script>', email='"><img src=x>@evil.example')
    window = desk.window(desk.invite(creditor=evil).link)
    assert len(window.page.xpath("//script")) == 1
    assert not window.page.xpath("//img")


def test_b2b_has_its_own_text_consent_and_next_step(desk: SigningDesk) -> None:
    window = desk.window(desk.service.invite(b2b_request()).link)
    seen = window.page.text_content()
    assert "B2B" in seen
    assert "8 weken" not in seen
    assert "namens een onderneming" in seen
    assert "BE0123456749" in seen
    window.send(consent="yes").send(code=desk.read_code())
    assert "bezorg dit mandaat aan uw bank" in window.page.text_content()


def test_what_is_wrong_is_said_at_its_field_and_at_the_top(desk: SigningDesk) -> None:
    window = desk.window(desk.invite().link).send(name="", iban="BE71")
    assert window.status == 422
    assert len(window.errors) == 3
    summary = window.page.xpath("//*[@role='alert']//a/@href")
    assert summary == ["#name", "#iban", "#consent"]
    assert window.page.xpath("string(//*[@id='name']/@aria-describedby)") == "name-error"
    assert desk.mailer.sent == []


def test_an_account_outside_sepa_is_refused_with_a_clear_word(desk: SigningDesk) -> None:
    window = desk.window(desk.invite().link).send(consent="yes", iban="TR330006100519786457841326")
    assert window.errors == [
        "Rekeningen in Turkije doen niet mee aan SEPA-domiciliëring. Vul een rekening in een SEPA-land in."
    ]


def test_the_instant_check_tells_bank_or_mistake(desk: SigningDesk) -> None:
    link = desk.invite().link
    good = desk.client.post(f"{link}/iban", data={"iban": OTHER_IBAN, "lang": "en"}).json()
    assert good == {"good": True, "message": "Looks right: ABN AMRO BANK N.V."}
    bad = desk.client.post(f"{link}/iban", data={"iban": "NL91ABNA0417164301", "lang": "de"}).json()
    assert bad["good"] is False
    assert "vertippt" in bad["message"]


def test_a_text_that_changed_since_the_page_was_opened_is_shown_again(desk: SigningDesk, tmp_path: Path) -> None:
    window = desk.window(desk.invite().link)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "core.nl.yaml").write_text("id: new\ntitle: Nieuw\nparagraphs: ['Aan {creditor}']\n")
    later = signing_desk(f"sqlite:///{tmp_path / 'connector.db'}", tmp_path, texts=Path("texts"))
    window.client = later.client
    window.send(consent="yes", name="A. Wauters")
    assert window.status == 409
    assert "De tekst van het mandaat is veranderd" in window.page.text_content()
    assert window.value("name") == "A. Wauters"
    assert window.send(consent="yes").heading == "Vul uw code in"


def test_a_text_that_changed_before_the_code_was_given_is_shown_again(desk: SigningDesk, tmp_path: Path) -> None:
    window = desk.at_code()
    (tmp_path / "core.nl.yaml").write_text("id: new\ntitle: Nieuw\nparagraphs: ['Aan {creditor}']\n")
    later = signing_desk(f"sqlite:///{tmp_path / 'connector.db'}", tmp_path, texts=tmp_path)
    window.client = later.client
    window.send(code=desk.read_code())
    assert window.status == 409
    assert "Nieuw" in window.page.text_content()
    assert not desk.has_signature()
