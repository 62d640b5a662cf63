"""A plan is the same pass on a store that forgets it: it tells all and changes nothing."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from sqlalchemy import func, select

from connector.engine.one_pass import rehearse
from connector.model.deed import DeedCode
from connector.store.tables import metadata
from tests.flows.world import World


def _rows(world: World) -> dict[str, int]:
    with world.store.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_a_plan_tells_what_the_pass_then_does(world: World) -> None:
    world.with_mandate("ada")
    world.customer("bob")
    world.invoice("2026-1", "ada")
    planned = rehearse(world.installation, world.store)
    assert Counter(deed.code for deed in planned.deeds) == {
        DeedCode.READ_CUSTOMERS: 1,
        DeedCode.READ_INVOICES: 1,
        DeedCode.INVITE: 1,
        DeedCode.NOTIFY: 1,
        DeedCode.COLLECT: 1,
        DeedCode.WRITE_FILE: 1,
        DeedCode.SEND_FILE: 1,
        DeedCode.SHOW_REMARK: 1,
    }
    assert world.walk().counts == planned.counts


def test_a_plan_changes_nothing_here_or_there(world: World) -> None:
    world.with_mandate("ada")
    world.customer("bob")
    world.invoice("2026-1", "ada")
    world.bank.put("garbage.xml", b"garbage")
    before = _rows(world)
    mails, invited = len(world.mailer.sent), len(world.service.invited)
    rehearse(world.installation, world.store)
    assert _rows(world) == before
    assert (len(world.mailer.sent), len(world.service.invited)) == (mails, invited)
    assert len(list(world.bank.fetch())) == 1
    assert not (world.folder / "received").exists()


def test_a_plan_counts_the_file_that_would_be_written(world: World) -> None:
    world.with_mandate("ada", "bob")
    world.invoice("2026-1", "ada")
    world.invoice("2026-2", "bob", "9.50")
    planned = rehearse(world.installation, world.store)
    (file,) = [deed for deed in planned.deeds if deed.code is DeedCode.WRITE_FILE]
    assert (file.facts["count"], file.facts["amount"]) == (2, Decimal("130.50"))
    assert world.bank.received == {}
    assert list((world.folder / "outgoing").glob("*.*ml*")) == []
