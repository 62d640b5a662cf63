"""The database is put back to before an invitation, and the customer would not be invited any more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bankfiles.pain008.model import Scheme
from connector.engine import mandate_desk
from connector.engine.audit import audit
from connector.model.mandate import MandateEventKind, MandateState
from connector.model.rules import CollectRules, InviteRules, NotifyRules, Rules, WhomToInvite
from connector.store import exceptions, mandates, recoveries
from tests.flows.copies import copy_of, put_back
from tests.flows.world import World


def _invited_since_the_copy(world: World, copy: Path, url: str) -> str:
    """Ada is invited after the copy was made; then her one invoice is paid otherwise. Returns the mandate."""
    world.rules = Rules(
        invite=InviteRules(whom=WhomToInvite.WITH_OPEN_INVOICES), notify=NotifyRules(days=2), collect=CollectRules()
    )
    world.walk()
    copy_of(url, copy)
    world.customer("ada", direct_debit=None)
    world.invoice("ada", "ada")
    world.walk()
    world.package.put_invoice(replace(world.package.invoice("ada"), open_amount=Decimal(0)))
    return world.reference_of("ada")


def _restored(world: World, url: str, copy: Path) -> None:
    world.store.close()
    world.store = put_back(url, copy)


@pytest.mark.parametrize("signs_first", [True, False])
def test_a_mandate_whose_invitation_was_forgotten_is_taken_up_once_it_is_signed(
    world: World, database_url: str, tmp_path: Path, *, signs_first: bool
) -> None:
    copy = tmp_path / "copy"
    reference = _invited_since_the_copy(world, copy, database_url)
    mails = len(world.mailer.sent)
    if signs_first:
        world.sign("ada")
    _restored(world, database_url, copy)
    if not signs_first:
        world.sign("ada")
    world.nights(2)
    with world.store.reading() as connection:
        mandate = mandates.find(connection, reference)
        assert mandate is not None
        assert mandate.state is MandateState.ACTIVE
        assert mandate.signed_on == date(2026, 11, 24)
        assert exceptions.all_open(connection) == []
        assert recoveries.current(connection) is None
    assert world.package.mandates[reference].document is not None
    assert len(world.mailer.sent) == mails
    assert list(audit(world.installation, world.store)) == []
    world.invoice("new", "ada", "20.00", due_on=date(2026, 12, 8))
    world.nights(20)
    assert world.package.invoice("new").open_amount == 0
    assert max(Counter(mail.key for mail in world.mailer.sent).values()) == 1
    assert len(world.service.invited) == 1


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_a_user_stopped_stays_so_where_the_confirmation_of_the_bank_was_forgotten(
    world: World, database_url: str, tmp_path: Path, *, by_hand: bool
) -> None:
    """The package tells of the stop before the bank's word comes again, when the mandate can't be stopped yet."""

    def confirm() -> None:
        if by_hand:
            mandate_desk.tell(world.installation, world.store, reference, MandateEventKind.BANK_CONFIRMED, "Ann")

    world.rules = Rules(invite=InviteRules(scheme=Scheme.B2B), notify=NotifyRules(days=2))
    world.with_mandate("ada")
    reference, copy = world.reference_of("ada"), tmp_path / "copy"
    copy_of(database_url, copy)
    confirm()
    if not by_hand:
        world.service.tell(MandateEventKind.BANK_CONFIRMED, reference)
    world.walk()
    assert world.package.mandates[reference].mandate.state is MandateState.ACTIVE
    world.package.change_mandate(reference, MandateEventKind.SUSPENDED)
    _restored(world, database_url, copy)
    world.walk()
    confirm()
    world.invoice("ada", "ada")
    world.nights(10)
    with world.store.reading() as connection:
        mandate = mandates.find(connection, reference)
        assert exceptions.all_open(connection) == []
    assert mandate is not None
    assert mandate.state is MandateState.SUSPENDED
    assert world.bank.received == {}
    assert world.package.mandates[reference].mandate.state is MandateState.SUSPENDED
