"""Notices: who is told what, by whom, and what is not told any more."""

from __future__ import annotations

import pytest

from connector.engine.one_pass import Outcome
from connector.errors import Retriable
from connector.model.reason import ReasonCode
from connector.model.rules import NoticeChannel, NotifyRules, Rules
from connector.store import effects, exceptions
from tests.flows.world import World

AWAY = Retriable("Nobody answers.", where="test")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _seconds: None)


def test_where_the_invoice_announces_the_debit_no_mail_is_sent(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(channel=NoticeChannel.INVOICE))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.nights(12)
    assert [mail.key.partition(":")[0] for mail in world.mailer.sent] == ["invite"]
    assert world.package.invoice("2026-1").open_amount == 0


def test_one_mail_tells_all_invoices_of_a_day(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada", "10.00")
    world.invoice("2026-2", "ada", "20.50")
    world.walk()
    (notice,) = [mail for mail in world.mailer.sent if mail.key.startswith("notice")]
    assert "2026-1" in notice.text
    assert "2026-2" in notice.text
    assert "30,50" in notice.text
    assert notice.to == "ada@example.org"


def test_nothing_is_collected_while_the_notice_has_not_left(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.mailer.trouble.before("send", *[AWAY] * 3)
    assert world.walk().outcome is Outcome.FAILED
    assert world.bank.received == {}
    world.walk()
    assert len(world.bank.received) == 1


def test_a_notice_that_was_overtaken_before_it_left_is_not_sent(world: World) -> None:
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.mailer.trouble.before("send", *[AWAY] * 3)
    world.walk()
    world.invoice("2026-1", "ada", "150.00")
    world.walk()
    (notice,) = [mail for mail in world.mailer.sent if mail.key.startswith("notice")]
    assert "150,00" in notice.text
    with world.store.reading() as connection:
        assert effects.count_by_state(connection).keys() == {"done"}


def test_more_than_was_told_is_told_again_before_it_is_collected(world: World) -> None:
    world.rules = Rules(notify=NotifyRules(days=10))
    world.with_mandate("ada")
    world.invoice("2026-1", "ada")
    world.walk()
    world.invoice("2026-1", "ada", "150.00")
    world.nights(20)
    assert [payment.amount for payment in world.package.payments.values()] == [150]
    assert len([mail for mail in world.mailer.sent if mail.key.startswith("notice")]) == 2


def test_a_debtor_without_address_for_mail_is_shown_and_not_collected(world: World) -> None:
    world.with_mandate("ada")
    world.customer("ada", email="")
    world.invoice("2026-1", "ada")
    world.nights(3)
    assert world.bank.received == {}
    with world.store.reading() as connection:
        assert [one.reason.code for one in exceptions.all_open(connection)] == [ReasonCode.NO_EMAIL]


def test_an_invitation_that_the_service_lost_is_shown(world: World) -> None:
    world.customer("ada")
    world.mailer.trouble.before("send", *[AWAY] * 3)
    world.walk()
    world.service.invited.clear()
    world.walk()
    with world.store.reading() as connection:
        (shown,) = exceptions.all_open(connection)
    assert shown.reason.code is ReasonCode.EFFECT_FAILED
    assert "is gone from signing" in shown.reason.facts["why"]


def test_a_service_that_mails_itself_needs_no_mail_of_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(world.service), "delivers_invitations", True)
    world.customer("ada")
    world.walk()
    assert len(world.service.invited) == 1
    assert world.mailer.sent == []
