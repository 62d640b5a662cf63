"""One-time codes over HTTP: tries, time, limits, mails that do not leave."""

from __future__ import annotations

import pytest

from connector.errors import Retriable, UnknownOutcome
from connector.ports import Mail
from tests.support.signing import (
    SIGNED,
    SigningDesk,
    another,
)


def test_five_wrong_codes_kill_the_code_even_if_the_sixth_is_right(desk: SigningDesk) -> None:
    window = desk.at_code()
    code = desk.read_code()
    left = []
    for _ in range(5):
        window.send(code=another(code))
        left.append(window.page.xpath("string(//*[@role='alert']//a)"))
    assert "nog 4 keer" in left[0]
    assert "nog één keer" in left[3]
    assert "te vaak" in left[4]
    answer = desk.client.post(desk.invite().link + "/code", data={"code": code, "draft": desk.draft(), "lang": "nl"})
    assert answer.status_code == 422
    assert not desk.has_signature()


def test_after_a_spent_code_a_new_one_signs(desk: SigningDesk) -> None:
    window = desk.at_code()
    for _ in range(5):
        window.send(code=another(desk.read_code()))
    desk.clock.forward(minutes=1)
    window.send()  # only the form for a new code is left
    assert window.send(code=desk.read_code()).heading == SIGNED


def test_a_code_works_ten_minutes(desk: SigningDesk) -> None:
    window = desk.at_code()
    desk.clock.forward(minutes=11)
    window.send(code=desk.read_code())
    assert "werkt niet meer" in window.page.text_content()
    assert not desk.has_signature()


def test_a_new_code_kills_the_former_one(desk: SigningDesk) -> None:
    window = desk.at_code()
    former = desk.read_code()
    desk.clock.forward(minutes=1)
    window.send_form(1)
    assert "nieuwe code is onderweg" in window.page.text_content()
    assert former != desk.read_code()
    assert window.send(code=former).status == 422
    assert window.send(code=desk.read_code()).heading == SIGNED


def test_a_new_code_can_not_be_asked_for_at_once(desk: SigningDesk) -> None:
    window = desk.at_code()
    window.send_form(1)
    assert window.status == 429
    assert "Over 30 seconden" in window.page.text_content()
    assert len(desk.mailer.sent) == 1


def test_codes_are_limited_per_hour_and_per_day(desk: SigningDesk) -> None:
    window = desk.at_code()
    statuses = []
    for _ in range(5):
        desk.clock.forward(minutes=1)
        statuses.append(window.send_form(1).status)
    assert statuses == [200, 200, 200, 200, 429]
    for _ in range(8):
        desk.clock.forward(hours=2)
        desk.client.post(desk.invite().link + "/again", data={"lang": "nl"})
    assert len(desk.mailer.sent) == 10


def test_changed_details_count_as_codes_too(desk: SigningDesk) -> None:
    link = desk.invite().link
    statuses = [desk.window(link).send(consent="yes", name=f"Name {number}").status for number in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 429]


def test_pressing_the_button_twice_sends_one_code(desk: SigningDesk) -> None:
    link = desk.invite().link
    first, second = desk.window(link), desk.window(link)
    first.send(consent="yes")
    second.send(consent="yes")
    assert len(desk.mailer.sent) == 1
    assert second.send(code=desk.read_code()).heading == SIGNED


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef"])
def test_what_is_no_code_costs_no_try(desk: SigningDesk, typed: str) -> None:
    window = desk.at_code().send(code=typed)
    assert window.errors == ["Vul de zes cijfers uit het bericht in."]
    assert window.send(code=desk.read_code()).heading == SIGNED


def test_a_mail_that_does_not_leave_is_said_and_can_be_tried_again(
    desk: SigningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(mail: Mail) -> str:
        raise Retriable("The mail server is away.", where="smtp")

    link = desk.invite().link
    with monkeypatch.context() as broken:
        broken.setattr(desk.mailer, "send", away)
        window = desk.window(link).send(consent="yes")
    assert "kon niet worden verstuurd" in window.page.text_content()
    desk.clock.forward(minutes=1)
    window.send_form(1)
    assert window.send(code=desk.read_code()).heading == SIGNED


def test_a_mail_whose_outcome_is_unknown_is_taken_as_sent(desk: SigningDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = desk.mailer.send

    def lost(mail: Mail) -> str:
        kept(mail)
        raise UnknownOutcome("The answer was lost.", where="smtp")

    monkeypatch.setattr(desk.mailer, "send", lost)
    window = desk.at_code()
    assert window.send(code=desk.read_code()).heading == SIGNED


def test_a_copy_that_can_not_be_mailed_does_not_undo_the_signature(
    desk: SigningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = desk.at_code()
    code = desk.read_code()

    def away(mail: Mail) -> str:
        raise Retriable("The mail server is away.", where="smtp")

    monkeypatch.setattr(desk.mailer, "send", away)
    window.send(code=code)
    assert window.heading == SIGNED
    assert "konden u het mandaat niet mailen" in window.page.text_content()
    assert desk.has_signature()


def test_the_mail_with_the_code_greets_by_the_name_that_the_creditor_knows(desk: SigningDesk) -> None:
    desk.at_code(name="Win a prize at evil.example")
    assert "evil.example" not in desk.mailer.sent[-1].text
    assert "Amélie Wauters" in desk.mailer.sent[-1].text
