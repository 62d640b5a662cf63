"""Two tabs, the back button, pages left open: what was not seen is never signed, what is over stays over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from connector.model.mandate import MandateEventKind
from connector.signing.evidence import chain_faults
from connector.store import signing_invitations
from tests.support.signing import (
    IBAN,
    OTHER_IBAN,
    SIGNED,
    SigningDesk,
    Window,
    signing_desk,
)

ALREADY = "Dit mandaat is al ondertekend"


def test_two_tabs_with_different_accounts_never_sign_what_was_not_seen(desk: SigningDesk) -> None:
    link = desk.invite().link
    first = desk.window(link).send(consent="yes", iban=IBAN)
    first_code = desk.read_code()
    second = desk.window(link).send(consent="yes", iban=OTHER_IBAN)
    first.send(code=desk.read_code())
    assert first.status == 409
    assert "intussen veranderd" in first.page.text_content()
    assert first.value("iban") == "NL91 ABNA 0417 1643 00"
    assert second.send(code=first_code).status == 422
    assert second.send(code=desk.read_code()).heading == SIGNED


def test_going_back_after_signing_tells_only_that_it_is_signed(desk: SigningDesk) -> None:
    link = desk.invite().link
    old = desk.window(link)
    desk.at_code().send(code=desk.read_code())
    for window in (
        desk.window(link),
        desk.window(f"{link}/code"),
        desk.window(f"{link}/refuse"),
        old.send(consent="yes"),
    ):
        assert window.heading == ALREADY
        for secret in ("Amélie", "Meir", IBAN, "BE71", "M-7", "example.org"):
            assert secret not in window.page.text_content().replace("info@peeters.example", "")
        assert not window.page.forms


def test_the_right_code_sent_twice_shows_the_end_twice_and_signs_once(desk: SigningDesk) -> None:
    window = desk.at_code()
    code = desk.read_code()
    again = Window(desk.client)
    again.response = window.response
    assert window.send(code=code).heading == SIGNED
    assert again.send(code=code).heading == SIGNED
    assert len(desk.mailer.sent) == 2
    desk.clock.forward(minutes=11)
    again.response = desk.client.post(desk.invite().link + "/code", data={"code": code, "draft": desk.draft()})
    assert again.heading == ALREADY


def test_the_document_needs_the_ticket_of_the_one_who_signed(desk: SigningDesk) -> None:
    window = desk.at_code().send(code=desk.read_code())
    ticket = window.value("ticket")
    address = desk.invite().link + "/mandate"
    for forged in ({}, {"ticket": ticket[:-1] + "x"}, {"ticket": "9" + ticket}):
        assert desk.client.post(address, data={"x": "", **forged}).headers["content-type"].startswith("text/html")
    assert desk.client.get(address).status_code == 404
    assert desk.client.post(address, data={"ticket": ticket}).content.startswith(b"%PDF")
    desk.clock.forward(minutes=31)
    assert not desk.client.post(address, data={"ticket": ticket}).content.startswith(b"%PDF")


def test_an_invitation_that_ran_out_can_not_be_signed_with_a_page_still_open(desk: SigningDesk) -> None:
    link = desk.invite(expires_at=desk.clock.now + timedelta(minutes=5)).link
    window = desk.window(link).send(consent="yes")
    desk.clock.forward(minutes=5)
    window.send(code=desk.read_code())
    assert window.heading == "Deze uitnodiging is niet meer geldig"
    assert desk.window(link).heading == "Deze uitnodiging is niet meer geldig"
    assert not desk.has_signature()


def test_an_invitation_that_was_withdrawn_says_so(desk: SigningDesk) -> None:
    link = desk.invite().link
    desk.service.cancel("M-7", "mistake")
    assert desk.window(link).heading == "Deze uitnodiging is ingetrokken"


def test_refusing_asks_once_more_and_keeps_the_reason(desk: SigningDesk) -> None:
    link = desk.invite().link
    window = desk.window(f"{link}/refuse").send(reason="  liever  overschrijven ")
    assert window.heading == "U hebt dit mandaat geweigerd"
    assert desk.window(link).heading == "U hebt dit mandaat geweigerd"
    (event,) = [event for batch in desk.service.read_events("") for event in batch.records]
    assert (event.kind, event.reason) == (MandateEventKind.REFUSED, "liever overschrijven")


def test_the_code_page_without_details_leads_back_to_the_form(desk: SigningDesk) -> None:
    assert desk.window(f"{desk.invite().link}/code").value("name") == "Amélie Wauters"


def test_a_code_sent_by_many_at_once_signs_once(database_url: str, tmp_path: Path) -> None:
    desk = signing_desk(database_url, tmp_path)
    desk.at_code()
    address, form = desk.invite().link + "/code", {"code": desk.read_code(), "draft": desk.draft(), "lang": "nl"}
    with ThreadPoolExecutor(4) as many:
        answers = list(many.map(lambda _: desk.client.post(address, data=form).status_code, range(4)))
    assert answers == [200] * 4
    told = [event.kind for batch in desk.service.read_events("") for event in batch.records]
    assert told == [MandateEventKind.VIEWED, MandateEventKind.SIGNED]
    with desk.service.store.reading() as connection:
        row = signing_invitations.by_reference(connection, "signing", "M-7")
        assert row is not None
        assert chain_faults(connection, row) == ()
    desk.service.close()
